# SPDX-License-Identifier: MIT
"""The browser server with a real browser, and with clients that are worse than one."""

import http.client
import os
import shutil
import socket
import tempfile
import time
import unittest

from support import PATIENCE, Program, cannot_run, enter_own_network, main, receive_all, reset, run

HERE = ("127.0.0.1", 8081)
GREETING = "Hello, browser!"


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


def browse(url):
    """What chromium makes of a page, as HTML."""
    chromium = shutil.which("chromium")
    if not chromium:
        cannot_run("no chromium")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        done = run(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                   "--no-first-run", "--disable-background-networking", "--disable-sync",
                   "--disable-component-update", "--disable-dev-shm-usage",
                   "--user-data-dir=" + home + "/profile", "--dump-dom", url,
                   patience=60, show_errors=False, env={**os.environ, "HOME": home})
    return done.stdout


class browser_server(unittest.TestCase):
    def listening(self, *arguments):
        server = Program("examples/browser_server", *arguments)
        server.wait_for("open http://127.0.0.1:8081/ in a browser")
        return server

    def get(self):
        connection = http.client.HTTPConnection(*HERE)
        connection.request("GET", "/")
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        self.assertIn(GREETING, answer.read().decode())
        connection.close()

    def test_shows_chromium_a_page(self):
        with self.listening() as server:
            page = browse("http://127.0.0.1:8081/")
            self.assertIn(f"<h1>{GREETING}</h1>", page)
            server.wait_for(r'request from 127\.0\.0\.1:\d+: "GET / HTTP/1\.1\\r\\nHost: '
                            r'127\.0\.0\.1:8081\\r\\n.*\\r\\n\\r\\n"')

    def test_is_silent_as_in_the_tutorial(self):
        with self.listening("8081", "--silent") as server:
            page = browse("http://127.0.0.1:8081/silent")
            server.wait_for(r'request from .*: "GET /silent HTTP/1\.1\\r\\n.*')
        self.assertNotIn(GREETING, page)

    def test_answers_while_others_are_idle(self):
        with self.listening():
            idle = [socket.create_connection(HERE) for _ in range(20)]
            started = time.monotonic()
            self.get()
            self.assertLess(time.monotonic() - started, 4)
            for connection in idle:
                connection.close()

    def test_ends_at_once_while_others_are_idle(self):
        server = self.listening()
        with server, socket.create_connection(HERE):
            self.get()
            started = time.monotonic()
            self.assertEqual(server.interrupt(), 0)
            self.assertLess(time.monotonic() - started, 4)

    def test_survives_resets_and_goes_on(self):
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with self.listening():
            for size in range(len(request) + 1):
                client = socket.create_connection(HERE)
                client.send(request[:size])
                reset(client)
            self.get()

    def test_its_answer_outlives_what_it_has_not_read(self):
        with self.listening():
            for _ in range(20):
                with socket.create_connection(HERE) as client:
                    client.sendall(b"GET / HTTP/1.1\r\n\r\n" + b"x" * 60000)
                    time.sleep(0.01)
                    self.assertIn(GREETING.encode(), receive_all(client))

    def test_puts_up_with_heads_of_any_kind(self):
        for request, answer in ((b"GET /favicon.ico HTTP/1.1\r\n\r\n", b"HTTP/1.1 404 "),
                                (b"HEAD / HTTP/1.1\r\n\r\n", b"HTTP/1.1 404 "),
                                (b"\x16\x03\x01\x1b[2J\r\n\r\n", b"HTTP/1.1 404 "),
                                (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 2000, b"HTTP/1.1 200 "),
                                (b"", b"")):
            with self.subTest(request[:20]), self.listening() as server:
                with socket.create_connection(HERE) as client:
                    client.sendall(request)
                    client.shutdown(socket.SHUT_WR)
                    self.assertEqual(receive_all(client)[:len(answer) or None], answer)
                server.wait_for("request from .*")
                self.assertNotIn("\x1b", "".join(server.lines))

    def test_reads_a_request_byte_by_byte(self):
        with self.listening(), socket.create_connection(HERE) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in b"GET / HTTP/1.1\r\nHost: a\r\n\r\n":
                client.send(bytes([byte]))
            self.assertIn(GREETING.encode(), receive_all(client))


if __name__ == "__main__":
    main()
