# SPDX-License-Identifier: MIT
"""`zocalo clients` beside Python's socketserver and socket, in both roles."""

import json
import socket
import socketserver
import subprocess
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

from running import HERE, Running
from support import PATIENCE, main, program, receive_all, reset, run


def setUpModule():
    socket.setdefaulttimeout(PATIENCE)


class keeper(socketserver.ThreadingTCPServer):
    """The list as somebody would write it who has Python."""

    daemon_threads = True
    allow_reuse_address = True

    class handler(socketserver.StreamRequestHandler):
        def handle(self):
            name = self.rfile.readline(255).decode("utf-8", "replace").rstrip("\n")
            with self.server.lock:
                if name and name not in self.server.names:
                    self.server.names.append(name)
                self.wfile.write(json.dumps(self.server.names).encode())

    def __init__(self, handler=handler):
        self.names, self.lock = [], threading.Lock()
        super().__init__((HERE, 0), handler)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class zocalo_as_client(unittest.TestCase):
    def test_joins_and_reads_the_list_of_a_socketserver(self):
        with keeper() as python:
            port = python.server_address[1]
            self.assertEqual(run("zocalo", "clients", "list", "-n", "Ana", HERE, port).stdout,
                             "Ana\n")
            self.assertEqual(run("zocalo", "clients", "list", "-n", "Žofie", HERE, port).stdout,
                             "Ana\nŽofie\n")
            done = run("zocalo", "clients", "list", "--json", HERE, port)
            self.assertEqual(json.loads(done.stdout), ["Ana", "Žofie"])
            self.assertEqual(python.names, ["Ana", "Žofie"])

    def test_many_at_once(self):
        with keeper() as python, ThreadPoolExecutor(8) as pool:
            names = {f"client {number}" for number in range(40)}
            lists = pool.map(lambda name: subprocess.run(
                [program("zocalo"), "clients", "list", "-n", name, HERE,
                 str(python.server_address[1])], capture_output=True, text=True,
                timeout=PATIENCE).stdout.splitlines(), names)
            for name, heard in zip(names, lists):
                self.assertIn(name, heard)
            self.assertEqual(set(python.names), names)

    def answered_with(self, answer):
        """What ours makes of a server that says `answer`."""
        class handler(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.recv(1000)
                self.request.sendall(answer)

        with keeper(handler) as python:
            return run("zocalo", "clients", "list", "-n", "x", HERE, python.server_address[1])

    def test_what_is_no_list_is_the_peers_fault(self):
        for answer in (b"", b"hello", b"[1, 2]", b'{"a": 1}', b'["cut', b'["\xff"]', b"[" * 100_000,
                       b"\x1b[2J\x1b]0;owned\x07"):
            with self.subTest(answer[:20]):
                done = self.answered_with(answer)
                self.assertEqual(done.returncode, 6)
                self.assertEqual(done.stdout, "")
                self.assertNotIn("\x1b", done.stderr)

    def test_names_cannot_command_a_terminal(self):
        done = self.answered_with(b'["\\u001b[31mred", "two\\nlines", "\\u202eback"]')
        self.assertEqual(done.stdout, "\\x1b[31mred\ntwo\\nlines\n\\xe2\\x80\\xaeback\n")


class zocalo_as_server(unittest.TestCase):
    def serving(self, *options):
        with socket.create_server((HERE, 0)) as probe:
            self.port = probe.getsockname()[1]
        us = Running("clients", "serve", "-v", *options, HERE, self.port)
        self.assertRegex(us.output.readline(), rb"keeping the list on 127\.0\.0\.1:\d+\n")
        return us

    def join(self, name, half_close=False):
        with socket.create_connection((HERE, self.port)) as client:
            client.sendall(name)
            if half_close:
                client.shutdown(socket.SHUT_WR)
            return json.loads(receive_all(client))

    def test_answers_python_whichever_way_its_name_ends(self):
        with self.serving() as us:
            self.assertEqual(self.join(b"with a line feed\n"), ["with a line feed"])
            self.assertEqual(self.join(b"with an end", half_close=True)[1:], ["with an end"])
            self.assertEqual(self.join(b"with silence")[2:], ["with silence"])
            self.assertEqual(len(self.join(b"", half_close=True)), 3)
            us.said('is "with silence"')
            self.assertEqual(us.stop(), 0)  # how a server ends

    def test_survives_clients_that_vanish_and_many_at_once(self):
        with self.serving() as us, ThreadPoolExecutor(20) as pool:
            for _ in range(20):
                client = socket.create_connection((HERE, self.port))
                client.sendall(b"half a na")
                reset(client)
            names = [b"n%d\n" % number for number in range(60)]
            longest = max(pool.map(self.join, names), key=len)
            self.assertLessEqual({f"n{number}" for number in range(60)}, set(longest))
            self.assertIsNone(us.process.poll())

    def test_holds_its_limits(self):
        with self.serving("--max-names", 3, "--max-length", 4):
            for number in range(6):
                heard = self.join(b"%d-long name\n" % number)
            self.assertEqual(heard, ["0-lo", "1-lo", "2-lo"])


if __name__ == "__main__":
    main()
