# SPDX-License-Identifier: MIT
"""`zocalo serve` with many clients, with HAProxy in front, and with a successor."""

import contextlib
import http.client
import json
import shutil
import socket
import threading
import time

from running import foreign, free_port
from served_folder import with_folder
from support import PATIENCE, cannot_run, enter_own_network, main, receive_all, run

WHERE = ("127.0.0.1", 8080)
ASK = b"GET /readme.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


class many_clients(with_folder):
    def connected(self):
        return self.enterContext(socket.create_connection(WHERE))

    def test_of_one_address(self):
        self.serving("--per-address", "2", "--threads", "1")  # so that the last one comes last
        for _ in range(2):
            self.connected().sendall(b"GET /")
        self.assertTrue(receive_all(self.connected()).startswith(b"HTTP/1.1 429"))

    def test_of_one_address_too_fast(self):
        self.serving("--address-rate", "1")
        answers = []
        for _ in range(12):
            with socket.create_connection(WHERE) as client:
                client.sendall(ASK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
                with contextlib.suppress(ConnectionResetError):
                    answers.append(receive_all(client)[:12])
        self.assertEqual(answers[:10], [b"HTTP/1.1 200"] * 10)
        self.assertNotEqual(answers[-1], b"HTTP/1.1 200")

    def test_who_say_nothing(self):
        self.serving("--idle", "500ms")
        began = time.monotonic()
        self.assertEqual(receive_all(self.connected()), b"")
        self.assertGreater(time.monotonic() - began, 0.4)

    def test_as_a_file_says(self):
        options = self.elsewhere / "options.toml"
        options.write_text('per-address = 1\nidle = "20s"\n'
                           'proxy-protocol = ["10.0.0.0/8", "unix"]\n')
        self.serving("--config", options, "--threads", "1")
        self.connected().sendall(b"GET /")
        self.assertTrue(receive_all(self.connected()).startswith(b"HTTP/1.1 429"))

    def test_what_is_wrong_in_a_file_has_its_line(self):
        options = self.elsewhere / "options.toml"
        for text, why in (("# a\nper-address = -1\n", ":2:"), ('idle = "soon"\n', ":1:"),
                          ('\nproxy-protocol = "10"\n', ":2:"),
                          ("acept-rate = 1\n", "accept-rate")):
            options.write_text(text)
            done = run("zocalo", "serve", "--config", options, self.folder, show_errors=False)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(why, done.stderr)


class who_rests(with_folder):
    """A client with which nobody talks is parked, and is the same one afterwards."""

    def state(self):
        return json.loads(self.get("/.zocalo/status.json")[2])

    def test_is_counted_once(self):
        self.serving("--clients", "no")
        with contextlib.closing(http.client.HTTPConnection(*WHERE)) as client:
            for number in range(1, 4):
                client.request("GET", "/readme.txt")
                self.assertEqual(client.getresponse().read(), b"Hello\n")
                time.sleep(0.6)  # more than limits::park
                mine = [each for each in self.state()["visitors"] if each["requests"] == number]
                self.assertEqual(len(mine), 1)
            self.assertEqual(self.state()["accepted"], 1 + 4)
        end = time.monotonic() + PATIENCE
        while self.state()["open"] != 1:  # who asks
            self.assertLess(time.monotonic(), end)


class behind_haproxy(with_folder):
    def proxied(self, how):
        haproxy = shutil.which("haproxy") or cannot_run("there is no haproxy")
        port = free_port()
        config = self.elsewhere / "haproxy.cfg"
        config.write_text(f"defaults\n mode tcp\n timeout connect 10s\n timeout client 10s\n"
                          f" timeout server 10s\nlisten all\n bind 0.0.0.0:{port}\n"
                          f" server one 127.0.0.1:8080 {how}\n")
        self.enterContext(foreign(haproxy, "-f", str(config), port=port))
        return port

    def ask(self, port, path, source):
        asked = http.client.HTTPConnection("127.0.0.1", port, source_address=(source, 0))
        with contextlib.closing(asked):
            asked.request("GET", path, headers={"Host": "localhost"})
            answer = asked.getresponse()
            return answer.status, answer.read()

    def test_the_client_is_whom_it_names(self):
        log = self.elsewhere / "log"
        self.serving("--proxy-protocol", "127.0.0.1/32", "--log", log)
        for how, source in (("send-proxy", "127.0.0.7"), ("send-proxy-v2", "127.0.0.8")):
            port = self.proxied(how)
            self.assertEqual(self.ask(port, "/readme.txt", source), (200, b"Hello\n"))
            self.assertIn(f"peer={source}:", log.read_text())
            # From which of its own hosts it speaks only it knows.
            self.assertEqual(self.ask(port, "/.zocalo/", source)[0], 403)

    def test_who_is_not_named_says_nothing_of_others(self):
        self.serving("--proxy-protocol", "192.0.2.0/24")
        port = self.proxied("send-proxy")
        self.assertEqual(self.ask(port, "/readme.txt", "127.0.0.7")[0], 400)
        self.assertEqual(self.get("/readme.txt")[0], 200)


class a_successor(with_folder):
    def test_takes_over_and_nobody_waits(self):
        door = self.elsewhere / "door"
        first = self.serving("--hand-over", door)
        failures, asked, done = [], [0], threading.Event()
        def ask():
            while not done.is_set():
                try:
                    content = self.get("/readme.txt")[2]
                    if content != b"Hello\n":
                        failures.append("other content")
                except OSError as error:
                    failures.append(repr(error))
                asked[0] += 1
        slow = self.enterContext(socket.create_connection(WHERE))
        slow.sendall(b"GET /docs/large.bin HTTP/1.1\r\nHost: localhost\r\n"
                     b"Connection: close\r\n\r\n")
        head = slow.recv(1000)
        asking = threading.Thread(target=ask)
        asking.start()
        try:
            second = self.serving("--hand-over", door)
            before = asked[0]
            while asked[0] < before + 50:
                time.sleep(0.01)
            self.assertIsNone(second.process.poll())
        finally:
            done.set()
            asking.join()
        self.assertEqual(failures, [])
        whole = head + receive_all(slow)
        self.assertTrue(whole.endswith((self.folder / "docs" / "large.bin").read_bytes()))
        self.assertEqual(first.process.wait(PATIENCE), 0)
        self.assertEqual(self.get("/readme.txt")[2], b"Hello\n")

    def test_the_last_one_leaves_no_files(self):
        door, there = self.elsewhere / "door", self.elsewhere / "there"
        options = ("--hand-over", door, "-l", f"unix:{there}", "-l", "127.0.0.1")
        first = self.serving(*options)
        second = self.serving(*options)
        self.assertEqual(first.process.wait(PATIENCE), 0)
        self.assertTrue(door.is_socket() and there.is_socket())
        self.assertEqual(self.get("/readme.txt")[2], b"Hello\n")
        second.process.terminate()
        self.assertEqual(second.process.wait(PATIENCE), 0)
        self.assertFalse(door.exists() or there.exists())

    def test_wants_ports_that_stay(self):
        done = run("zocalo", "serve", "--hand-over", self.elsewhere / "door", "--http", "0",
                   self.folder, show_errors=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))


if __name__ == "__main__":
    main()
