# SPDX-License-Identifier: MIT
"""Passwords and keys that `zocalo` holds reach no core file (threat C10), unless its user wants
core files: then they are in there, which shows that this test would find them."""

import base64
import os
import resource
import signal
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from pki import Authority
from support import PATIENCE, Program, cannot_run, enter_own_network, main

HERE, PORT = "127.0.0.1", 8080
SECRET = "CANARY-5f1c-of-nobody-else"
BASIC = base64.b64encode(f"ada:{SECRET}".encode())


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


class Silent:
    """A server that asks for a password, and answers nothing once it has been told one."""

    def __init__(self):
        self.listener = socket.create_server((HERE, 0))
        self.port = self.listener.getsockname()[1]
        self.asked = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        line, _ = self.listener.accept()
        heard = b""
        while BASIC not in heard:
            got = line.recv(65536)
            heard += got
            if got and heard.endswith(b"\r\n\r\n") and b"Authorization" not in heard:
                line.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n"
                             b"WWW-Authenticate: Basic realm=\"x\"\r\n\r\n")
        self.line = line
        self.asked.set()


def allow_cores():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class core_files(unittest.TestCase):
    def setUp(self):
        pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
        if "/" in pattern or pattern.startswith("|") or not pattern:
            cannot_run("core files are not written where a program is: " + pattern)
        if resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY:
            cannot_run("core files have a limit")

    def folder(self):
        return Path(self.enterContext(tempfile.TemporaryDirectory()))

    def core_of(self, running, folder):
        """Ends it as a crash does; the core that it leaves, or nothing."""
        os.kill(running.process.pid, signal.SIGABRT)
        ended = os.waitid(os.P_PID, running.process.pid, os.WEXITED | os.WNOWAIT)
        running.wait()
        running.process.stdout.close()
        running.process.stderr.close()
        self.assertIn(ended.si_code, (os.CLD_KILLED, os.CLD_DUMPED))
        cores = list(folder.glob("core*"))
        self.assertEqual(ended.si_code == os.CLD_DUMPED, bool(cores))
        return cores[0].read_bytes() if cores else None

    def hold(self, secrets, begin):
        """`begin` gives a program with these secrets, run in a folder with an environment."""
        for wanted in (False, True):
            with self.subTest(core_files=wanted):
                folder = self.folder()
                environment = {**os.environ, "HOME": str(folder)}
                environment.pop("ZOCALO_CORE_FILES", None)
                if wanted:
                    environment["ZOCALO_CORE_FILES"] = "1"
                running = begin(folder, {"cwd": folder, "env": environment,
                                         "preexec_fn": allow_cores})
                core = self.core_of(running, folder)
                if not wanted:
                    self.assertIsNone(core)
                    continue
                self.assertIsNotNone(core)
                for secret in secrets:
                    self.assertIn(secret, core)

    def test_have_no_password_of_the_command_line(self):
        def begin(_, options):
            server = Silent()
            running = Program("zocalo", "get", "-u", f"ada:{SECRET}",
                              f"http://{HERE}:{server.port}/", **options)
            self.assertTrue(server.asked.wait(PATIENCE))
            return running

        self.hold([SECRET.encode(), BASIC], begin)

    def test_have_no_password_of_netrc(self):
        def begin(folder, options):
            server = Silent()
            (folder / ".netrc").write_text(f"machine {HERE} login ada password {SECRET}\n")
            (folder / ".netrc").chmod(0o600)
            running = Program("zocalo", "get", "-n", f"http://{HERE}:{server.port}/", **options)
            self.assertTrue(server.asked.wait(PATIENCE))
            return running

        self.hold([SECRET.encode(), BASIC], begin)

    def test_have_no_passwords_of_visitors(self):
        def begin(folder, options):
            (folder / "passwords").write_text(f"ada:{SECRET}\n")
            (folder / "passwords").chmod(0o600)
            (folder / "site").mkdir()
            server = Program("zocalo", "serve", "--gopher", "no", "--http", PORT, "--passwords",
                             folder / "passwords", folder / "site", **options)
            server.wait_for(r"open (http\S+) in a browser; .*")
            line = self.enterContext(socket.create_connection((HERE, PORT)))
            line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic " + BASIC +
                         b"\r\n\r\n")
            self.assertTrue(line.recv(65536).startswith(b"HTTP/1.1 200"))
            return server

        self.hold([SECRET.encode()], begin)

    def test_have_no_key(self):
        authority = Authority(self.folder())
        certificate, key = authority.for_servers()
        listed = subprocess.run(["openssl", "ec", "-in", key, "-text", "-noout"], check=True,
                                capture_output=True, text=True).stdout
        number = bytes.fromhex(listed.split("priv:")[1].split("pub:")[0].replace(":", ""))[-32:]

        def begin(_, options):
            server = Program("zocalo", "listen", "-v", "--ssl", "--ssl-cert", certificate,
                             "--ssl-key", key, f"{HERE}:{PORT}", **options)
            server.wait_for(r".*listen.*", "err")
            return server

        # As a number in OpenSSL's memory its lowest byte is first.
        self.hold([number[::-1]], begin)


if __name__ == "__main__":
    main()
