# SPDX-License-Identifier: MIT
"""How `zocalo serve --tls` counts visits: none that is over as it should be has failed."""

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import struct
import tempfile
import time
import unittest
from pathlib import Path

from served_folder import with_folder
from support import BUILD, PATIENCE, Program, cannot_run, enter_own_network, main, run

SCRIPT = Path(__file__).resolve().parents[1] / "browser" / "visits.mjs"
NODE_FOLDER = BUILD / "node"  # where ./dev test puts playwright-core
HOST = "127.0.0.1", 8080
HTTPS = "https://127.0.0.1:8080"


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


def anybody():
    made = ssl.create_default_context()
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    return made


def connect():
    return anybody().wrap_socket(socket.create_connection(HOST))


class the_visits(with_folder):
    def setUp(self):
        super().setUp()
        served = Program("zocalo", "serve", "--tls", "--metrics", "--gopher", "no", self.folder)
        self.enterContext(served)
        served.complaint(r"zocalo: a certificate for this run, SHA-256 [0-9a-f]{64}")
        served.wait_for(r"open https://127\.0\.0\.1:8080/ in a browser; .*")
        self.watching = http.client.HTTPSConnection(*HOST, context=anybody())
        self.addCleanup(self.watching.close)

    def read(self, path):
        self.watching.request("GET", path)
        return self.watching.getresponse().read()

    def ended(self, how):
        text = self.read("/.zocalo/metrics").decode()
        found = re.search(rf'\nzocalo_connections_ended_total{{[^}}]*how="{how}"}} (\d+)', text)
        return int(found[1])

    def errors(self):
        return json.loads(self.read("/.zocalo/status.json"))["errors"]

    def until_ended(self, count):
        """Waits for connections to end, other than the one that watches."""
        end = time.monotonic() + PATIENCE
        while self.ended("handled") + self.ended("failed") < count:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)

    def expect_handled(self, count):
        self.until_ended(count)
        self.assertEqual((self.ended("failed"), self.errors()), (0, []))

    def test_of_our_own_program(self):
        for version in ((), ("--http1.1",)):
            self.assertEqual(run("zocalo", "get", "-k", *version, f"{HTTPS}/readme.txt").stdout,
                             "Hello\n")
        self.expect_handled(2)

    def test_of_curl(self):
        curl = shutil.which("curl") or cannot_run("there is no curl")
        for version in ("--http2", "--http1.1"):
            self.assertEqual(run(curl, "-sSk", version, f"{HTTPS}/readme.txt").stdout, "Hello\n")
        self.expect_handled(2)

    def test_of_python(self):
        """It says no goodbye (close_notify)."""
        for _ in range(3):
            visit = http.client.HTTPSConnection(*HOST, context=anybody())
            visit.request("GET", "/readme.txt")
            self.assertEqual(visit.getresponse().read(), b"Hello\n")
            visit.close()
        with connect():
            pass  # and asks for nothing
        self.expect_handled(4)

    def test_of_chromium(self):
        node, chromium = shutil.which("node"), shutil.which("chromium")
        if not node or not chromium or not (NODE_FOLDER / "node_modules/playwright-core").exists():
            cannot_run("no node, no chromium or no playwright-core; ./dev test installs them")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            done = run(node, SCRIPT, HTTPS, patience=180, env={
                **os.environ, "HOME": home, "ZOCALO_NODE": str(NODE_FOLDER),
                "ZOCALO_CHROMIUM": chromium})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_that_end_with_a_reset(self):
        with connect() as visit:
            visit.sendall(b"GET /readme.txt HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n")
            self.assertIn(b"200 OK", visit.recv(4096))
            visit.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.expect_handled(1)

    def test_that_are_cut_off_have_failed(self):
        with connect() as visit:
            visit.sendall(b"GET /readme.txt HT")
        self.until_ended(1)
        self.assertEqual(self.ended("failed"), 1)
        [error] = self.errors()
        self.assertRegex(error["text"], r"127\.0\.0\.1:\d+: .*"
                                        r"(without close_notify|Connection reset by peer)")


if __name__ == "__main__":
    main()
