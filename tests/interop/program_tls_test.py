# SPDX-License-Identifier: MIT
"""`zocalo listen --ssl` and `zocalo connect --ssl`, with each other and beside others."""

import random
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from pki import Authority
from running import HERE, connect, listen
from support import PATIENCE, cannot_run, main

DATA = random.Random(7).randbytes(2_000_000)


def setUpModule():
    for tool in ("openssl", "ncat"):
        if not shutil.which(tool):
            cannot_run(f"no {tool}")


class OverTls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.authority = Authority(folder.name)
        cls.root = cls.authority.certificate
        cls.server, cls.client = cls.authority.for_servers(), cls.authority.for_clients()
        cls.as_server = ("--ssl", "--ssl-cert", cls.server[0], "--ssl-key", cls.server[1])
        cls.as_client = ("--ssl", "--ssl-trustfile", cls.root)

    def test_much_to_the_end_either_way(self):
        with listen(*self.as_server, HERE, 0, input=b"") as server, \
                connect(*self.as_client, HERE, server.port(), input=DATA) as client:
            received, code = server.end()
            self.assertEqual((received == DATA, code), (True, 0), server.says)
            self.assertEqual(client.end(), (b"", 0), client.says)
        with listen(*self.as_server, HERE, 0) as server, \
                connect(*self.as_client, HERE, server.port(), input=b"") as client:
            threading.Thread(target=lambda: (server.write(DATA), server.end_input())).start()
            received, code = client.end()
            self.assertEqual((received == DATA, code), (True, 0), client.says)
            self.assertEqual(server.end(), (b"", 0), server.says)

    def test_what_was_agreed_is_told(self):
        with listen(*self.as_server, "--ssl-alpn", "b,a", HERE, 0, input=b"") as server, \
                connect("-v", *self.as_client, "--ssl-alpn", "a,b", HERE, server.port(),
                        input=b"") as client:
            client.said(r"TLSv1\.3, TLS_AES_\w+, b, CN=server$")

    def test_a_server_has_to_prove_who_it_is(self):
        with listen("-k", *self.as_server, HERE, 0) as server:
            for options in ((), ("--ssl-trustfile", self.root, "--ssl-servername", "b.example")):
                with connect("--ssl", *options, HERE, server.port(), input=b"secret") as client:
                    client.said(r"TLS handshake with .*certificate verify failed")
                    self.assertEqual(client.end()[1], 6)
            with connect("-v", "--ssl", "--insecure", HERE, server.port(), input=b"") as client:
                client.said(r"CN=server \(not verified\)")
            server.stop()
            self.assertEqual(server.output.read(), b"")

    def test_a_certificate_for_one_run(self):
        with listen("--ssl", HERE, 0) as server:
            server.said(r"a certificate for this run, SHA-256 [0-9a-f]{64}$")
            with connect("--ssl", "--insecure", HERE, server.port(), input=b"hello"):
                self.assertEqual(server.end(), (b"hello", 0))

    def test_many_clients_at_once_and_some_that_speak_no_tls(self):
        with listen("-k", "-v", *self.as_server, "-c", "cat", HERE, 0) as server:
            port = server.port()
            plain = [socket.create_connection((HERE, port)) for _ in range(3)]
            plain[0].sendall(b"GET / HTTP/1.0\r\n\r\n")
            clients = [connect(*self.as_client, HERE, port, input=DATA[:100_000 + at])
                       for at in range(5)]
            for at, client in enumerate(clients):
                with client:
                    self.assertEqual(client.end(), (DATA[:100_000 + at], 0), client.says)
            server.said(r"http request")
            for each in plain:
                each.close()

    def test_clients_have_to_show_a_certificate(self):
        asks = (*self.as_server, "--ssl-verify", "--ssl-trustfile", self.root)
        shows = ("--ssl-cert", self.client[0], "--ssl-key", self.client[1])
        with listen(*asks, HERE, 0) as server, \
                connect(*self.as_client, *shows, HERE, server.port(), input=b"hello"):
            self.assertEqual(server.end(), (b"hello", 0))
        with listen(*asks, HERE, 0) as server, \
                connect(*self.as_client, HERE, server.port(), input=b"hello") as client:
            server.said("peer did not return a certificate")
            self.assertEqual(server.end(), (b"", 6))
            client.said("certificate required|Broken pipe|reset by peer")
            self.assertEqual(client.end()[1], 6)

    def test_a_peer_without_tls_is_named(self):
        with listen(HERE, 0, input=b"220 hello\r\n") as server, \
                connect(*self.as_client, HERE, server.port(), input=b"") as client:
            client.said("may not speak TLS here")
            self.assertEqual(client.end()[1], 6)

    def test_a_silent_peer_costs_no_longer_than_asked(self):
        with socket.create_server((HERE, 0)) as silent:
            port = silent.getsockname()[1]
            with connect(*self.as_client, "-w", "0.2", HERE, port, input=b"") as client:
                self.assertEqual(client.end()[1], 5, client.says)

    def test_an_end_that_was_not_announced(self):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*self.server)
        with socket.create_server((HERE, 0)) as listener:
            port = listener.getsockname()[1]
            with connect(*self.as_client, "--no-shutdown", HERE, port) as client:
                plain, _ = listener.accept()
                with context.wrap_socket(plain, server_side=True) as peer:
                    peer.sendall(b"part")
                client.end_input()
                client.said("without close_notify")
                self.assertEqual(client.end(), (b"part", 6))

    def test_beside_ncat(self):
        with listen(*self.as_server, "-c", "read line; echo got $line", HERE, 0) as server:
            done = subprocess.run(
                ["ncat", "--ssl-verify", "--ssl-trustfile", self.root, "-4", "localhost",
                 str(server.port())], input=b"hello\n", capture_output=True, timeout=PATIENCE)
            self.assertEqual((done.stdout, done.returncode), (b"got hello\n", 0), done.stderr)
            server.said("without close_notify")  # it has closed half of the connection only

    def test_beside_openssl(self):
        with listen("-k", *self.as_server, "-c", "cat", HERE, 0) as server:
            done = subprocess.run(
                ["openssl", "s_client", "-connect", f"{HERE}:{server.port()}", "-CAfile", self.root,
                 "-verify_return_error", "-quiet", "-no_ign_eof"],
                input=b"hello\n", capture_output=True, timeout=PATIENCE)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_wrong_options(self):
        for wrong in (("--ssl-cert", "x"), ("--ssl", "-u"), ("--ssl", "--ssl-key", "x"),
                      ("--ssl", "--insecure", "--ssl-verify"), ("--insecure",)):
            with connect(*wrong, HERE, 1, input=b"") as client:
                self.assertEqual(client.end()[1], 2, wrong)
        missing = str(Path(self.root).parent / "none.pem")
        with listen("--ssl", "--ssl-cert", missing, HERE, 0, input=b"") as server:
            server.said("none.pem")
            self.assertEqual(server.end()[1], 1)


if __name__ == "__main__":
    main()
