# SPDX-License-Identifier: MIT
"""Proxies that we did not write: microsocks (SOCKS 5), tinyproxy (CONNECT), ncat (both)."""

import http.server
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from running import HERE, free_port
from support import PATIENCE, cannot_run

PAGE = b"from behind the proxy"


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            cannot_run("no " + tool)


class page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_):
        pass


class WithProxies(unittest.TestCase):
    """Has a web server at `port`, which PAGE comes from, and a `folder`."""

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
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
        return self.start(port, "microsocks", "-i", HERE, "-p", port, *options)

    def tinyproxy(self, *lines):
        port = free_port()
        settings = self.folder / f"tinyproxy-{port}.conf"
        settings.write_text("\n".join([f"Port {port}", f"Listen {HERE}", f"Allow {HERE}",
                                       "Timeout 20", *lines]) + "\n")
        return self.start(port, "tinyproxy", "-d", "-c", settings)

    def ncat_proxy(self, kind, *options):
        port = free_port()
        return self.start(port, "ncat", "-l", "-k", "--proxy-type", kind, *options, HERE, port)
