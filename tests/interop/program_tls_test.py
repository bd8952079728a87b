# SPDX-License-Identifier: MIT
"""`zocalo listen --ssl` and `zocalo connect --ssl`, with each other and beside others."""

import base64
import contextlib
import hashlib
import random
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from pki import Authority
from running import HERE, connect, foreign, free_port, listen
from support import PATIENCE, cannot_run, main, receive_all

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

    def pin(self, certificate):
        key = subprocess.run(["openssl", "x509", "-pubkey", "-noout", "-in", certificate],
                             capture_output=True, check=True).stdout
        der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key,
                             capture_output=True, check=True).stdout
        return "sha256//" + base64.b64encode(hashlib.sha256(der).digest()).decode()

    def test_a_server_has_the_key_that_is_pinned(self):
        right, wrong = self.pin(self.server[0]), self.pin(self.root)
        with listen("-k", *self.as_server, HERE, 0) as server:
            port = server.port()
            for pins in (right, f"{wrong};{right}"):
                with connect(*self.as_client, "--pinnedpubkey", pins, HERE, port,
                             input=b"") as client:
                    self.assertEqual(client.end()[1], 0, client.says)
            for trust in (self.as_client, ("--ssl", "--insecure")):
                with connect(*trust, "--pinnedpubkey", wrong, HERE, port, input=b"") as client:
                    client.said(r"none of the pinned ones")
                    self.assertEqual(client.end()[1], 6)
            for pins in ("sha256//short", right[:-1], "md5//" + right[8:], right + ";x"):
                with connect(*self.as_client, "--pinnedpubkey", pins, HERE, port,
                             input=b"") as client:
                    self.assertEqual(client.end()[1], 2)

    def test_a_server_keeps_the_key_that_it_had_first(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "known"
            known = ("--ssl", "--ssl-known-keys", path)
            with listen("-k", *self.as_server, HERE, 0) as server:
                port = server.port()
                for _ in range(2):
                    with connect(*known, HERE, port, input=b"") as client:
                        self.assertEqual(client.end()[1], 0, client.says)
                    self.assertEqual(path.read_text(),
                                     f"{HERE}:{port} {self.pin(self.server[0])}\n")
            path.write_text(f"{HERE}:{port} {self.pin(self.root)}\n")
            with listen("-k", "-v", *self.as_server, HERE, port) as server:
                server.port()
                with connect(*known, HERE, port, input=b"") as client:
                    client.said(r"not the one that it has shown before")
                    self.assertEqual(client.end()[1], 6)

    def test_who_is_to_be_trusted_is_said_once(self):
        for options in (("--insecure", "--ssl-trustfile", self.root),
                        ("--ssl-known-keys", "x", "--ssl-trustfile", self.root),
                        ("--ssl-known-keys", "x", "--insecure")):
            with connect("--ssl", *options, HERE, 1, input=b"") as client:
                self.assertEqual(client.end()[1], 2)

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
        self.ask_for_certificates("--ssl-verify", "--ssl-trustfile", self.root)

    def test_whom_to_trust_says_that_clients_have_to_show_one(self):
        self.ask_for_certificates("--cacert", self.root)

    def ask_for_certificates(self, *how):
        asks = (*self.as_server, *how)
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

    def test_hundreds_of_clients_on_one_thread(self):
        for options in (("-e", "cat"), ()):
            with self.subTest(options):
                self.serve_many(500, *options)

    def serve_many(self, number, *options):
        """All of them are there at once; without a program all get what we type."""
        context = ssl.create_default_context(cafile=self.root)
        with listen("-k", "-m", 1000, *self.as_server, *options, HERE, 0,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
                    ) as us, contextlib.ExitStack() as all_of_them:
            where = (HERE, us.port())
            clients = [all_of_them.enter_context(context.wrap_socket(
                socket.create_connection(where, timeout=PATIENCE), server_hostname=HERE))
                for _ in range(number)]
            for at, client in enumerate(clients):
                client.sendall(b"I am %04d\n" % at)
            if not options:
                self.assertEqual(len(us.output.read(10 * number)), 10 * number)
                us.write(b"You are one")
            for at, client in enumerate(clients):
                said = b"I am %04d\n" % at if options else b"You are one"
                self.assertEqual(client.recv(11), said)
            with open(f"/proc/{us.process.pid}/status", encoding="ascii") as status:
                self.assertIn("Threads:\t1\n", status.read())
            self.assertEqual(us.stop(), 130)

    def test_renewed_certificates_on_hang_up(self):
        def shown_by(where):
            context = ssl.create_default_context(cafile=self.root)
            with socket.create_connection(where, timeout=PATIENCE) as plain:
                with context.wrap_socket(plain, server_hostname=HERE) as client:
                    return client.getpeercert()["serialNumber"]

        live, key = Path(self.root).parent / "live.pem", Path(self.root).parent / "live.key"
        shutil.copy(self.server[0], live), shutil.copy(self.server[1], key)
        with listen("-k", "-v", "--ssl", "--ssl-cert", live, "--ssl-key", key, "-e", "true", HERE,
                    0) as us:
            where = (HERE, us.port())
            before = shown_by(where)
            for made, old in zip(self.authority.for_servers("renewed"), (live, key)):
                shutil.copy(made, old)
            us.process.send_signal(signal.SIGHUP)
            us.said("the certificate was read again")
            after = shown_by(where)
            self.assertNotEqual(after, before)
            live.write_text("garbage")
            us.process.send_signal(signal.SIGHUP)
            us.said("the certificate stays as it was: .*live.pem")
            self.assertEqual(shown_by(where), after)
            self.assertEqual(us.stop(), 130)

    def test_beside_python(self):
        context = ssl.create_default_context(cafile=self.root)
        with listen(*self.as_server, "-c", "read line; echo got $line", HERE, 0) as us:
            with socket.create_connection((HERE, us.port()), timeout=PATIENCE) as plain:
                with context.wrap_socket(plain, server_hostname="localhost") as peer:
                    peer.sendall(b"hello\n")
                    self.assertEqual(receive_all(peer), b"got hello\n")
                    peer.unwrap().close()  # says close_notify, too
            self.assertEqual(us.end(), (b"", 0), us.says)

    def test_beside_socat(self):
        if not shutil.which("socat"):
            cannot_run("no socat")
        with listen("-k", *self.as_server, "-e", "cat", HERE, 0) as us:
            done = subprocess.run(
                ["socat", "-t", "5", "-", f"OPENSSL:{HERE}:{us.port()},cafile={self.root}"],
                input=DATA, capture_output=True, timeout=PATIENCE)
            self.assertTrue(done.stdout == DATA, done.stderr)
        port = free_port()
        with foreign("socat", f"OPENSSL-LISTEN:{port},bind={HERE},reuseaddr,verify=0,"
                     f"cert={self.server[0]},key={self.server[1]}", "EXEC:cat", port=port), \
                connect(*self.as_client, HERE, port) as us:
            us.write(b"there and back\n")
            self.assertEqual(us.output.readline(), b"there and back\n")

    def test_to_a_server_of_openssl(self):
        port = free_port()
        with foreign("openssl", "s_server", "-quiet", "-accept", f"{HERE}:{port}", "-cert",
                     str(self.server[0]), "-key", str(self.server[1]), port=port) as peer, \
                connect(*self.as_client, HERE, port) as us:
            us.write(b"hello\n")  # and no end, which it would take for that of everything
            self.assertEqual(peer.process.stdout.readline(), b"hello\n")
            peer.process.stdin.write(b"and back\n")
            peer.process.stdin.flush()
            self.assertEqual(us.output.readline(), b"and back\n")

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
