# SPDX-License-Identifier: MIT
"""Tunnels through proxies that we did not write: microsocks (SOCKS 5) and tinyproxy (CONNECT)."""

import http.server
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from support import PATIENCE, cannot_run, main, program

HERE = "127.0.0.1"
PAGE = b"from behind the proxy"


def setUpModule():
    for tool in ("microsocks", "tinyproxy"):
        if not shutil.which(tool):
            cannot_run("no " + tool)


class page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_):
        pass


def free_port():
    with socket.create_server((HERE, 0)) as one:
        return one.getsockname()[1]


class tunnels(unittest.TestCase):
    def setUp(self):
        server = http.server.ThreadingHTTPServer((HERE, 0), page)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.port = server.server_port
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def start(self, port, *command):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                socket.create_connection((HERE, port)).close()
                return port
            except ConnectionRefusedError:
                time.sleep(0.02)
        self.fail(f"{command[0]} does not listen")

    def microsocks(self, *options):
        port = free_port()
        return self.start(port, "microsocks", "-i", HERE, "-p", str(port), *options)

    def tinyproxy(self, *lines):
        port = free_port()
        settings = self.folder / f"tinyproxy-{port}.conf"
        settings.write_text("\n".join([f"Port {port}", f"Listen {HERE}", f"Allow {HERE}",
                                       "Timeout 20", *lines]) + "\n")
        return self.start(port, "tinyproxy", "-d", "-c", str(settings))

    def ask(self, *proxies, host=HERE):
        return subprocess.run([program("tests/tunnel_probe"), *proxies, host, str(self.port)],
                              input=b"GET / HTTP/1.0\r\n\r\n", capture_output=True,
                              timeout=PATIENCE)

    def assert_answers(self, *proxies, host=HERE):
        done = self.ask(*proxies, host=host)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertTrue(done.stdout.endswith(PAGE), done.stdout)

    def assert_complains(self, what, *proxies):
        done = self.ask(*proxies)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertRegex(done.stderr.decode(), what)

    def test_socks(self):
        port = self.microsocks()
        self.assert_answers(f"socks5://{HERE}:{port}")
        self.assert_answers(f"socks5h://{HERE}:{port}", host="localhost")

    def test_socks_with_a_password(self):
        port = self.microsocks("-u", "me", "-P", "secret")
        self.assert_answers(f"socks5h://me:secret@{HERE}:{port}")
        self.assert_complains("wrong user or password", f"socks5h://me:other@{HERE}:{port}")
        self.assert_complains("wants a user and a password", f"socks5h://{HERE}:{port}")

    def test_http(self):
        port = self.tinyproxy()
        self.assert_answers(f"http://{HERE}:{port}")
        self.assert_answers(f"http://{HERE}:{port}", host="localhost")

    def test_http_with_a_password(self):
        port = self.tinyproxy("BasicAuth me secret")
        self.assert_answers(f"http://me:secret@{HERE}:{port}")
        self.assert_complains("HTTP/1.[01] 40[17] .*Permission denied|Connection refused",
                              f"http://me:other@{HERE}:{port}")

    def test_what_cannot_be_reached(self):
        self.port = free_port()
        self.assert_complains("Connection refused", f"socks5://{HERE}:{self.microsocks()}")
        self.assert_complains("HTTP/1.[01] 50", f"http://{HERE}:{self.tinyproxy()}")

    def test_one_through_the_other(self):
        socks, web = self.microsocks(), self.tinyproxy()
        self.assert_answers(f"http://{HERE}:{web}", f"socks5://{HERE}:{socks}")
        self.assert_answers(f"socks5h://{HERE}:{socks}", f"http://{HERE}:{web}")


if __name__ == "__main__":
    main()
