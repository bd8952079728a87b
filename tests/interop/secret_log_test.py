# SPDX-License-Identifier: MIT
"""Nothing that a visitor of `zocalo serve` keeps secret is in its log or in what it says (threat
C10), however the request went and however much it is to say."""

import base64
import socket
import tempfile
import unittest
from pathlib import Path

from support import PATIENCE, Program, enter_own_network, main, receive_all

HERE, PORT = "127.0.0.1", 8080
SECRET = "CANARY"


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


def basic(user, password):
    return "Authorization: Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


# What a visitor sends beside the first line, and the status that it hears.
VISITS = [
    (basic("ada", SECRET), 200),
    (basic("ada", SECRET + "x"), 401),
    (basic(SECRET, "x"), 401),
    (f"Authorization: Bearer {SECRET}", 401),
    (f"Authorization: Basic {SECRET}", 401),
    (f'Authorization: Digest username="ada", response="{SECRET}"', 401),
    (f"Cookie: session={SECRET}", 401),
    (f"Authorization: Basic {SECRET}\1", 400),
    (f"Authorization : {SECRET}", 400),
    (f"Cookie: {SECRET}" + "x" * 20_000, 431),
]


class secrets(unittest.TestCase):
    def test_are_in_no_log(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "site").mkdir()
        (folder / "site/readme.txt").write_text("Hello\n")
        (folder / "passwords").write_text(f"ada:{SECRET}\n")
        (folder / "passwords").chmod(0o600)
        server = Program("zocalo", "serve", "-vv", "--log", folder / "log", "--gopher", "no",
                         "--clients", "no", "--http", PORT, "--passwords", folder / "passwords",
                         folder / "site")
        server.wait_for(r"open (http\S+) in a browser; what happens: .*")
        for said, status in VISITS:
            with self.subTest(said[:60]), socket.create_connection((HERE, PORT)) as line:
                line.sendall(b"GET /readme.txt HTTP/1.1\r\nHost: localhost\r\n"
                             b"Connection: close\r\n" + said.encode() + b"\r\n\r\n")
                heard = receive_all(line).decode()
                self.assertTrue(heard.startswith(f"HTTP/1.1 {status} "), heard[:40])
                self.assertNotIn(SECRET, heard)
        self.assertEqual(server.interrupt(), 0)
        log = (folder / "log").read_text()
        self.assertGreaterEqual(len(log.splitlines()), 7)
        hidden = [SECRET] + [said.split()[-1] for said, _ in VISITS if "Basic" in said]
        for text in (log, *server.lines, *server.errors):
            for each in hidden:
                self.assertNotIn(each, text)
        for stream in (server.process.stdout, server.process.stderr):
            stream.close()


if __name__ == "__main__":
    main()
