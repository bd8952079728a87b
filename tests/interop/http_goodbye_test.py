# SPDX-License-Identifier: MIT
"""What servers that we did not write hear when our client closes a connection that rests."""

import socket
import ssl
import tempfile
import threading
import unittest
from pathlib import Path

from http2_client_test import tool
from pki import Authority
from running import HERE, foreign, free_port
from support import PATIENCE, enter_own_network, main, run


def setUpModule():
    enter_own_network()


class goodbyes(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "file").write_text("Hello\n")
        self.authority = Authority(self.folder)
        self.certificate, self.key = map(str, self.authority.for_servers())

    def get(self, *arguments):
        done = run("zocalo", "get", "-sS", "--cacert", self.authority.certificate, *arguments)
        self.assertEqual((done.returncode, done.stdout), (0, "Hello\n"), done.stderr)

    def test_nghttpd_hears_goaway(self):
        for how, scheme, more in (([], "https", [self.key, self.certificate]),
                                  (["--http2-prior-knowledge"], "http", ["--no-tls"])):
            with self.subTest(scheme):
                port = free_port()
                proof = more if scheme == "https" else []
                options = [] if proof else more
                with foreign(tool("nghttpd"), "-v", *options, "-d", str(self.folder), str(port),
                             *proof, port=port) as server:
                    self.get(*how, f"{scheme}://localhost:{port}/file")
                    heard = b""
                    while b"] closed" not in heard:
                        more_said = server.process.stdout.readline()
                        self.assertTrue(more_said, heard)
                        heard += more_said
                self.assertRegex(heard, rb"recv.* GOAWAY frame")
                self.assertIn(b"error_code=NO_ERROR", heard)

    def test_openssl_hears_close_notify(self):
        """By Python, which tells an end with a goodbye from one without."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        heard = []

        def answer(listening):
            line, _ = listening.accept()
            line.settimeout(PATIENCE)
            with context.wrap_socket(line, server_side=True,
                                     suppress_ragged_eofs=False) as secured:
                secured.recv(65536)
                secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nHello\n")
                try:
                    heard.append(secured.recv(1))
                except OSError as error:
                    heard.append(error)

        with socket.create_server((HERE, 0)) as listening:
            server = threading.Thread(target=answer, args=(listening,))
            server.start()
            self.get("--http1.1", f"https://localhost:{listening.getsockname()[1]}/file")
            server.join()
        self.assertEqual(heard, [b""])


if __name__ == "__main__":
    main()
