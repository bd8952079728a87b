# SPDX-License-Identifier: MIT
"""SIGHUP: new certificates and limits while clients are served; farewells; stapled answers."""

import contextlib
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest
import unittest.mock
from pathlib import Path

from pki import Authority, openssl
from support import PATIENCE, Program, main, run

HERE = "127.0.0.1"
TOO_MANY = b"421 0\r\n"


class Client:
    """A connection that can be asked things."""

    def __init__(self, port, context=None):
        self.socket = socket.create_connection((HERE, port), PATIENCE)
        if context:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.file = self.socket.makefile("rb")

    def ask(self, what):
        self.socket.sendall(what + b"\n")
        return self.file.readline().rstrip(b"\n")

    def rest(self):
        return self.file.read()

    def certificate(self):
        return self.socket.getpeercert(True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()


class WithSettings(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.settings = self.folder / "settings"

    @contextlib.contextmanager
    def serving(self, *lines):
        self.settings.write_text("".join(line + "\n" for line in lines))
        with Program("tests/serve_probe", self.settings) as server:
            yield server, int(server.wait_for(r"serving at 127\.0\.0\.1:(\d+)")[1])

    def reload(self, server, *lines):
        self.settings.write_text("".join(line + "\n" for line in lines))
        server.process.send_signal(signal.SIGHUP)


class limits(WithSettings):
    def test_change(self):
        with self.serving("per_address 2") as (server, port), Client(port) as first, \
                Client(port) as second:
            self.assertEqual(first.ask(b"one"), b"one")
            self.assertEqual(second.ask(b"two"), b"two")
            with Client(port) as refused:
                self.assertEqual(refused.rest(), TOO_MANY)
            self.reload(server, "per_address 3")
            server.wait_for("reloaded")
            with Client(port) as third:
                self.assertEqual(third.ask(b"three"), b"three")
                with Client(port) as refused:
                    self.assertEqual(refused.rest(), TOO_MANY)
            self.assertEqual(first.ask(b"still"), b"still")

    def test_stay_when_the_new_ones_make_no_sense(self):
        with tempfile.TemporaryDirectory() as folder, \
                socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, \
                unittest.mock.patch.dict("os.environ", NOTIFY_SOCKET=folder + "/notify"):
            manager.bind(folder + "/notify")
            manager.settimeout(PATIENCE)
            with self.serving("per_address 1") as (server, port):
                self.reload(server, "nonsense")
                told = b""
                while b"STATUS=" not in told:
                    told = manager.recv(4096)
                self.assertIn(b"reload failed: what is nonsense?", told)
                with Client(port) as one:
                    self.assertEqual(one.ask(b"here"), b"here")
                    with Client(port) as other:
                        self.assertEqual(other.rest(), TOO_MANY)


class certificates(WithSettings):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.folder)
        self.context = ssl.create_default_context(cafile=self.authority.certificate)

    def issue(self, name, more=""):
        chain, key = self.authority.issue(
            name, "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n" + more)
        return chain, f"certificate {chain} {key}"

    def test_change(self):
        (_, old), (_, new) = self.issue("old"), self.issue("new")
        with self.serving(old) as (server, port), Client(port, self.context) as before:
            self.assertEqual(before.ask(b"old"), b"old")
            self.reload(server, new)
            server.wait_for("reloaded")
            with Client(port, self.context) as after:
                self.assertEqual(after.ask(b"new"), b"new")
                self.assertNotEqual(after.certificate(), before.certificate())
            self.assertEqual(before.ask(b"still"), b"still")
            self.reload(server, f"certificate {self.settings} {self.settings}")  # no such thing
            with Client(port, self.context) as client:
                self.assertEqual(client.ask(b"goes on"), b"goes on")

    def answer(self, chain):
        """The authority's word that it has not revoked that certificate."""
        index, answer = self.folder / "index", self.folder / "answer.der"
        serial = subprocess.run(["openssl", "x509", "-in", chain, "-noout", "-serial"], check=True,
                                capture_output=True, text=True).stdout.strip().split("=")[1]
        index.write_text(f"V\t491231235959Z\t\t{serial}\tunknown\t/CN=server\n")
        root = self.authority.certificate
        openssl("ocsp", "-index", index, "-CA", root, "-rsigner", root, "-rkey",
                self.folder / "root.key", "-issuer", root, "-cert", chain, "-ndays", "1",
                "-respout", answer)
        return answer

    def test_are_shown_with_their_authoritys_word(self):
        chain, line = self.issue("stapled", "tlsfeature=status_request\n")
        with chain.open("a") as file:  # curl looks for the issuer there
            file.write(self.authority.certificate.read_text())
        with self.serving(line, f"staple {self.answer(chain)}") as (_, port):
            done = subprocess.run(["openssl", "s_client", "-connect", f"{HERE}:{port}", "-status",
                                   "-CAfile", self.authority.certificate], input=b"hello\n",
                                  capture_output=True, timeout=PATIENCE, check=False)
            self.assertIn(b"OCSP Response Status: successful", done.stdout)
            self.assertIn(b"Cert Status: good", done.stdout)
            done = subprocess.run(["curl", "-sv", "--cert-status", "--max-time", "2", "--cacert",
                                   self.authority.certificate, "--resolve",
                                   f"localhost:{port}:{HERE}", f"https://localhost:{port}/"],
                                  capture_output=True, timeout=PATIENCE, check=False)
            self.assertIn(b"SSL certificate status: good", done.stderr)

    def test_with_a_promise_are_looked_at(self):
        chain, line = self.issue("promising", "tlsfeature=status_request\n")
        key = line.split()[2]
        self.assertEqual(self.ask_foreign(chain, key, "-status_file", self.answer(chain)), "")
        self.assertIn("which the certificate promises", self.ask_foreign(chain, key))

    def ask_foreign(self, chain, key, *more):
        """What our client complains about with a server of OpenSSL's."""
        with socket.create_server((HERE, 0)) as free:
            port = free.getsockname()[1]
        with subprocess.Popen(["openssl", "s_server", "-accept", f"{HERE}:{port}", "-cert", chain,
                               "-key", key, "-www", *more], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                while f":{port:04X} 00000000:0000 0A" not in Path("/proc/net/tcp").read_text():
                    self.assertIsNone(server.poll())
                done = run("examples/tls_client", "localhost", port, self.authority.certificate)
            finally:
                server.kill()
        return "" if done.returncode == 0 else done.stderr

    def test_give_no_right_to_early_data(self):
        _, line = self.issue("early")
        session = self.folder / "session"
        early = self.folder / "early"
        early.write_bytes(b"POST /pay\n")
        with self.serving(line) as (_, port):
            self.assertIn(b"Max Early Data: 0", self.say_hello(port, "-sess_out", session))
            answer = self.say_hello(port, "-sess_in", session, "-early_data", early)
            self.assertIn(b"Early data was not sent", answer)
            self.assertIn(b"Reused", answer)

    def say_hello(self, port, *more):
        """What s_client prints until the answer has come."""
        command = ["openssl", "s_client", "-connect", f"{HERE}:{port}", "-CAfile",
                   self.authority.certificate, *more]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as client:
            client.stdin.write(b"hello\n")
            client.stdin.flush()
            printed = b""
            while not printed.endswith(b"hello\n"):
                line = client.stdout.readline()
                self.assertTrue(line, printed)
                printed += line
            client.stdin.close()
            return printed + client.stdout.read()


if __name__ == "__main__":
    main()
