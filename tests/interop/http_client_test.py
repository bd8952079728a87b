# SPDX-License-Identifier: MIT
"""Our end of a connection to HTTP servers that we did not write: Python's http.server, nginx."""

import functools
import http.server
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from sites import run_nginx
from support import PATIENCE, cannot_run, enter_own_network, main, run

LARGE = "".join(f"{i:1000}\n" for i in range(1000))


def setUpModule():
    enter_own_network()


class with_a_folder(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "small.txt").write_text("small\n")
        (self.folder / "large.txt").write_text(LARGE)
        os.chmod(self.folder, 0o755)

    def fetch(self, port, *paths):
        return run("examples/http_fetch", f"127.0.0.1:{port}", *paths, show_errors=False)

    def get(self, port, *paths, **environment):
        return run("examples/http_get", *(f"http://127.0.0.1:{port}{path}" for path in paths),
                   show_errors=False, env={**os.environ, **environment})


class python(with_a_folder):
    def serving(self, version):
        class handler(http.server.SimpleHTTPRequestHandler):
            protocol_version = version
            connections = set()

            def do_GET(self):
                self.connections.add(self.client_address)
                super().do_GET()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(handler, directory=self.folder))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_address[1], handler.connections

    def test_is_read_until_it_closes(self):
        port, connections = self.serving("HTTP/1.0")
        done = self.fetch(port, "/small.txt", "/large.txt", "/none")
        self.assertTrue(done.stdout.startswith("small\n" + LARGE))
        self.assertIn("/none: 404 Not Found", done.stderr)
        self.assertEqual(len(connections), 3)

    def test_is_asked_again_on_one_connection(self):
        port, connections = self.serving("HTTP/1.1")
        done = self.fetch(port, "/small.txt", "/large.txt", "/small.txt")
        self.assertEqual(done.stdout, "small\n" + LARGE + "small\n")
        self.assertEqual(len(connections), 1)

    def test_is_asked_by_the_client(self):
        for version, most in (("HTTP/1.0", 4), ("HTTP/1.1", 1)):
            port, connections = self.serving(version)
            connections.clear()
            (self.folder / "folder").mkdir(exist_ok=True)
            (self.folder / "folder" / "index.html").write_text("in a folder\n")
            done = self.get(port, "/small.txt", "/large.txt", "/folder")
            self.assertEqual(done.stdout, "small\n" + LARGE + "in a folder\n", version)
            self.assertIn("/folder: 301 Moved Permanently", done.stderr)
            self.assertEqual(len(connections), most, version)
            failed = self.get(port, "/none")
            self.assertEqual(failed.returncode, 1)
            self.assertIn("404 Not Found", failed.stderr)


class nginx(with_a_folder):
    def serving(self):
        run_nginx(self, self.folder, 8081, f"""
            location /zipped {{ gzip on; gzip_types *; alias {self.folder}; }}
            location /chunked {{ ssi on; ssi_types *; alias {self.folder}; }}
        """)
        return 8081

    def test_is_asked_again_and_again(self):
        done = self.fetch(self.serving(), "/small.txt", "/large.txt", "/chunked/small.txt", "/none")
        self.assertTrue(done.stdout.startswith("small\n" + LARGE + "small\n"))
        self.assertIn("/none: 404 Not Found, text/html", done.stderr)

    def test_is_asked_by_the_client(self):
        port = self.serving()
        done = self.get(port, "/small.txt", "/zipped/large.txt", "/chunked/small.txt")
        self.assertEqual(done.stdout, "small\n" + LARGE + "small\n")
        self.assertEqual(done.stderr.count("on the same connection"), 2)


class behind_a_proxy(with_a_folder):
    """tinyproxy, which is told whole URLs, wants a password, and is passed by for exceptions."""

    def test_is_asked(self):
        if shutil.which("tinyproxy") is None:
            cannot_run("there is no tinyproxy")
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(quiet, directory=self.folder))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        port = server.server_address[1]
        settings = self.folder / "tinyproxy.conf"
        settings.write_text("Port 8888\nListen 127.0.0.1\nBasicAuth Ada love\n")
        proxy = subprocess.Popen(["tinyproxy", "-d", "-c", settings], stdout=subprocess.DEVNULL)
        self.addCleanup(proxy.wait, PATIENCE)
        self.addCleanup(proxy.terminate)
        until = time.monotonic() + PATIENCE
        while not listens(8888) and time.monotonic() < until:
            time.sleep(0.02)

        done = self.get(port, "/small.txt", "/large.txt",
                        http_proxy="http://Ada:love@127.0.0.1:8888")
        self.assertEqual(done.stdout, "small\n" + LARGE)
        self.assertIn("tinyproxy", quiet.seen[-1].lower())
        refused = self.get(port, "/small.txt", http_proxy="http://Ada:hate@127.0.0.1:8888")
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stderr, "40[17]")  # tinyproxy says either
        self.assertNotIn("hate", refused.stderr)
        seen = len(quiet.seen)
        done = self.get(port, "/small.txt", http_proxy="http://127.0.0.1:8888",
                        no_proxy="127.0.0.0/8")
        self.assertEqual(done.stdout, "small\n")
        self.assertEqual(quiet.seen[seen:], [""])


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


class quiet(http.server.SimpleHTTPRequestHandler):
    """Remembers who asked on whose account."""

    seen = []

    def do_GET(self):
        self.seen.append(self.headers.get("Via", ""))
        super().do_GET()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    main()
