# SPDX-License-Identifier: MIT
"""The TLS examples beside peers that we did not write: Python's ssl, OpenSSL, curl, ncat, socat."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from pki import Authority
from support import PATIENCE, Program, cannot_run, main, run

HERE = "127.0.0.1"
REQUEST = b"GET / HTTP/1.0\r\n\r\n"
PAGE = b"HTTP/1.0 200 OK\r\n\r\nhello from another\n"


def setUpModule():
    for tool in ("openssl", "curl", "ncat", "socat"):
        if not shutil.which(tool):
            cannot_run(f"no {tool}")


class WithAuthority(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.authority = Authority(folder.name)
        cls.server = cls.authority.for_servers()
        cls.client = cls.authority.for_clients()
        cls.root = cls.authority.certificate


class OurServer(WithAuthority):
    """Others ask our server for its page."""

    @contextlib.contextmanager
    def serving(self, *more):
        with Program("examples/tls_server", "0", *self.server, *more) as server:
            yield server, int(server.wait_for(r"listening on .*:(\d+)")[1])

    def ask(self, *command):
        done = subprocess.run(list(map(str, command)), input=REQUEST, capture_output=True,
                              timeout=PATIENCE)
        return done.stdout

    def test_python(self):
        context = ssl.create_default_context(cafile=self.root)
        with self.serving() as (_, port):
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                context.maximum_version = version
                with socket.create_connection((HERE, port), PATIENCE) as plain, \
                        context.wrap_socket(plain, server_hostname="localhost") as peer:
                    peer.sendall(REQUEST)
                    answer = b"".join(iter(lambda: peer.recv(4096), b""))
                    self.assertIn(b"Hello over TLSv1." + (b"2", b"3")[version == 0x304], answer)
                    # The end was announced: Python's unwrap() finds the close_notify.
                    peer.unwrap()

    def test_python_goes_on_with_a_session(self):
        context = ssl.create_default_context(cafile=self.root)
        session = None
        with self.serving() as (_, port):
            for resumed in (False, True, True):
                with socket.create_connection((HERE, port), PATIENCE) as plain, \
                        context.wrap_socket(plain, server_hostname="localhost",
                                            session=session) as peer:
                    peer.sendall(REQUEST)
                    answer = b"".join(iter(lambda: peer.recv(4096), b""))
                    self.assertEqual(peer.session_reused, resumed)
                    self.assertEqual(answer.endswith(b", again\n"), resumed)
                    session = peer.session

    def test_openssl(self):
        with self.serving() as (_, port):
            answer = self.ask("openssl", "s_client", "-connect", f"{HERE}:{port}", "-CAfile",
                              self.root, "-verify_return_error", "-verify_hostname", "localhost",
                              "-quiet")
            self.assertIn(b"Hello over TLSv1.3", answer)

    def test_curl(self):
        with self.serving() as (server, port):
            answer = self.ask("curl", "-sS", "--cacert", self.root, "--resolve",
                              f"localhost:{port}:{HERE}", f"https://localhost:{port}/")
            self.assertEqual(answer, b"Hello over TLSv1.3\n")
            self.assertEqual(self.ask("curl", "-s", f"https://{HERE}:{port}/"), b"")
            server.complaint(r"TLS handshake with 127.*the peer sent the alert \"unknown CA\"")

    def test_ncat(self):
        with self.serving() as (_, port):
            answer = self.ask("ncat", "-4", "--ssl-verify", "--ssl-trustfile", self.root,
                              "localhost", port)
            self.assertIn(b"Hello over TLSv1.3", answer)

    def test_socat(self):
        with self.serving() as (_, port):
            answer = self.ask("socat", "-t5", "-",
                              f"OPENSSL:localhost:{port},pf=ip4,cafile={self.root}")
            self.assertIn(b"Hello over TLSv1.3", answer)

    def test_client_certificates(self):
        certificate, key = self.client
        with self.serving(self.root) as (server, port):
            answer = self.ask("curl", "-sS", "--cacert", self.root, "--cert", certificate, "--key",
                              key, f"https://{HERE}:{port}/")
            self.assertEqual(answer, b"Hello over TLSv1.3 to CN=client\n")
            self.assertEqual(self.ask("curl", "-s", "--cacert", self.root,
                                      f"https://{HERE}:{port}/"), b"")
            server.complaint(r"TLS handshake with 127.*did not return a certificate")

    def test_plaintext_is_told_what_it_is(self):
        with self.serving() as (server, port):
            self.ask("curl", "-s", f"http://{HERE}:{port}/")
            server.complaint(r"TLS handshake with 127.*: http request")

    def test_old_versions_are_not_spoken(self):
        with self.serving() as (server, port):
            self.ask("openssl", "s_client", "-connect", f"{HERE}:{port}", "-tls1_1", "-cipher",
                     "DEFAULT:@SECLEVEL=0")
            server.complaint(r"TLS handshake with 127.*unsupported protocol")


class OurClient(WithAuthority):
    """Our client asks others for their page."""

    def ask(self, port, *more, host="localhost", authorities=None):
        return run("examples/tls_client", host, port, authorities or self.root, *more)

    @contextlib.contextmanager
    def foreign(self, *command):
        """A foreign server; PORT in its words is replaced by one that is free."""
        with socket.socket() as probe:
            probe.bind((HERE, 0))
            port = probe.getsockname()[1]
        words = [str(word).replace("PORT", str(port)) for word in command]
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        try:
            while f":{port:04X} 00000000:0000 0A" not in Path("/proc/net/tcp").read_text():
                self.assertIsNone(process.poll(), words)
            yield port
        finally:
            process.kill()
            process.communicate()

    @contextlib.contextmanager
    def python(self, context, clients=1, unwraps=True):
        """A server of Python's ssl, in a thread."""
        listener = socket.create_server(("", 0))

        def serve():
            for _ in range(clients):
                plain, _ = listener.accept()
                with contextlib.suppress(OSError), plain, \
                        context.wrap_socket(plain, server_side=True) as peer:
                    peer.recv(4096)
                    peer.sendall(PAGE)
                    if unwraps:
                        peer.unwrap()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with listener:
            yield listener.getsockname()[1]
            thread.join(PATIENCE)

    def context(self):
        made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        made.load_cert_chain(*self.server)
        return made

    def test_python(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = self.context()
            context.maximum_version = version
            with self.python(context) as port:
                done = self.ask(port)
                self.assertIn("hello from another", done.stdout)
                self.assertEqual(done.returncode, 0)

    def test_python_that_announces_no_end(self):
        with self.python(self.context(), unwraps=False) as port:
            done = self.ask(port)
            self.assertEqual(done.returncode, 1)
            self.assertIn("without close_notify", done.stderr)

    def test_python_that_asks_who_we_are(self):
        context = self.context()
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(self.root)
        with self.python(context) as port:
            self.assertIn("hello from another", self.ask(port, *self.client).stdout)
        with self.python(context) as port:
            done = self.ask(port)
            self.assertEqual(done.returncode, 1)
            self.assertIn("certificate required", done.stderr)

    def test_refusals_say_why(self):
        other = Authority(tempfile.mkdtemp(dir=self.folder))
        with self.python(self.context()) as port:
            done = self.ask(port, authorities=other.certificate)
            self.assertIn('"CN=root" is not trusted', done.stderr)
        with self.python(self.context()) as port:
            done = self.ask(port, host="127.0.0.2")
            self.assertIn("the certificate is for localhost, 127.0.0.1 and not for 127.0.0.2",
                          done.stderr)

    def test_openssl(self):
        certificate, key = self.server
        with self.foreign("openssl", "s_server", "-accept", f"{HERE}:PORT", "-cert", certificate,
                          "-key", key, "-www") as port:
            done = self.ask(port)
            self.assertIn("s_server", done.stdout)

    def test_ncat(self):
        certificate, key = self.server
        with self.foreign("ncat", "--ssl", "--ssl-cert", certificate, "--ssl-key", key, "-l", HERE,
                          "PORT", "--sh-exec", "head -n 1; printf 'hello from ncat'") as port:
            done = self.ask(port)
            self.assertIn("hello from ncat", done.stdout)

    def test_socat(self):
        certificate, key = self.server
        with self.foreign("socat", f"OPENSSL-LISTEN:PORT,bind={HERE},cert={certificate},key={key},"
                          "verify=0", "SYSTEM:head -n 1; echo hello-from-socat") as port:
            done = self.ask(port)
            self.assertIn("hello-from-socat", done.stdout)


if __name__ == "__main__":
    main()
