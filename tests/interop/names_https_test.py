# SPDX-License-Identifier: MIT
"""Names over HTTPS (RFC 8484): what we ask, read by a server that knows nothing of our code."""

import http.server
import ssl
import struct
import tempfile
import threading
import unittest

from pki import Authority
from support import PATIENCE, main, run

NAMES = {"www.example.test": "192.0.2.1"}


class answering(http.server.BaseHTTPRequestHandler):
    """Knows addresses of IPv4."""

    protocol_version = "HTTP/1.1"
    asked = []

    def log_message(self, *_):
        pass

    def do_POST(self):
        question = self.rfile.read(int(self.headers["Content-Length"]))
        number, flags, count, *_ = struct.unpack("!6H", question[:12])
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += 1 + question[at]
        kind, _ = struct.unpack("!2H", question[at + 1:at + 5])
        name = ".".join(labels).lower()
        answering.asked.append((self.path, self.headers["Content-Type"], number, count, name, kind))
        address = NAMES.get(name)
        record = b""
        if address and kind == 1:
            record = struct.pack("!3HIH4B", 0xC00C, 1, 1, 300, 4, *map(int, address.split(".")))
        header = struct.pack("!6H", number, 0x8180 if address else 0x8183, 1, bool(record), 0, 0)
        message = header + question[12:at + 5] + record
        self.send_response(200)
        self.send_header("Content-Type", "application/dns-message")
        self.send_header("Content-Length", str(len(message)))
        self.end_headers()
        self.wfile.write(message)


class names_over_https(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.authority = Authority(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.authority.for_servers())
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), answering)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # clients that do not trust it are part of the test
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.url = f"https://127.0.0.1:{server.server_address[1]}/dns-query"
        answering.asked = []

    def resolve(self, *words):
        return run("zocalo", "resolve", "--doh-url", self.url, *words)

    def test_names_are_looked_up(self):
        trusted = ("--cacert", self.authority.certificate)
        done = self.resolve(*trusted, "-t", "A", "www.example.test")
        self.assertEqual((done.returncode, done.stdout),
                         (0, "www.example.test 300 A 192.0.2.1\n"), done.stderr)
        self.assertEqual(answering.asked, [("/dns-query", "application/dns-message", 0, 1,
                                            "www.example.test", 1)])
        done = self.resolve(*trusted, "-t", "A", "nobody.example.test")
        self.assertEqual(done.returncode, 3)

    def test_the_server_has_to_prove_who_it_is(self):
        done = self.resolve("-t", "A", "www.example.test")
        self.assertEqual(done.returncode, 6, done.stderr)
        done = run("zocalo", "get", "--insecure", "--doh-url", self.url, "http://www.example.test/")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(answering.asked, [])


if __name__ == "__main__":
    main()
