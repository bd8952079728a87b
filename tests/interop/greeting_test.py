# SPDX-License-Identifier: MIT
"""The greeting as tasks, on every core, with TLS, and in a simulated network.

Peers: Python and OpenSSL.
"""

import os
import socket
import ssl
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import PATIENCE, Program, main, program, receive_all, reset

HERE = "127.0.0.1"
THANKS = b"Thank you for connecting"


def setUpModule():
    socket.setdefaulttimeout(PATIENCE)


def port_of(server):
    return int(server.wait_for(r"listening on .*:(\d+)")[1])


class greeting_tasks(unittest.TestCase):
    def test_greets_on_every_backend_until_ctrl_c(self):
        for backend in ("poll", "epoll", "uring"):
            with self.subTest(backend), \
                    Program("examples/greeting_tasks", HERE + ":0",
                            env={**os.environ, "ZOCALO_BACKEND": backend}) as server:
                server.wait_for("waiting with " + backend)
                port = port_of(server)
                for _ in range(3):
                    with socket.create_connection((HERE, port)) as client:
                        self.assertEqual(receive_all(client), THANKS)

    def test_a_client_that_says_nothing_keeps_nobody_waiting(self):
        with Program("examples/greeting_tasks", HERE + ":0") as server:
            port = port_of(server)
            with socket.create_connection((HERE, port)):
                with socket.create_connection((HERE, port)) as client:
                    self.assertEqual(receive_all(client), THANKS)

    def test_a_client_that_vanishes_does_not_end_it(self):
        with Program("examples/greeting_tasks", HERE + ":0") as server:
            port = port_of(server)
            for _ in range(20):
                reset(socket.create_connection((HERE, port)))
            with socket.create_connection((HERE, port)) as client:
                self.assertEqual(receive_all(client), THANKS)
            server.interrupt()
            for line in server.errors:  # none for those that vanished after they were thanked
                self.assertRegex(line, r"^(send to|finish the connection to) 127.0.0.1:\d+: "
                                       "(Connection reset|Broken pipe|.*not connected)")
            server.errors.clear()


class greeting_cores(unittest.TestCase):
    def test_greets_side_by_side_and_says_whom_it_had(self):
        with Program("examples/greeting_cores", HERE + ":0") as server:
            port = port_of(server)
            silent = [socket.create_connection((HERE, port)) for _ in range(10)]
            for _ in range(20):
                with socket.create_connection((HERE, port)) as client:
                    self.assertEqual(receive_all(client), THANKS)
            for client in silent:
                self.assertEqual(receive_all(client), THANKS)
                client.close()
            server.interrupt()
            server.wait_for("30 clients, 720 bytes")


class greeting_tls(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.certificate = str(Path(folder.name) / "greeting.pem")
        self.server = Program("examples/greeting_tls", HERE + ":0", self.certificate)
        self.server.__enter__()
        self.addCleanup(self.server.__exit__, None, None, None)
        self.port = port_of(self.server)

    def greeting(self, context, name):
        with socket.create_connection((HERE, self.port)) as raw:
            with context.wrap_socket(raw, server_hostname=name) as client:
                return receive_all(client)

    def test_is_verified_by_python(self):
        context = ssl.create_default_context(cafile=self.certificate)
        self.assertEqual(self.greeting(context, "localhost"), THANKS)
        with self.assertRaisesRegex(ssl.SSLCertVerificationError, "example.org"):
            self.greeting(context, "example.org")
        self.server.complaint('TLS handshake with .*: the peer sent the alert "bad certificate"')
        self.assertEqual(self.greeting(context, "127.0.0.1"), THANKS)  # and goes on

    def test_is_not_trusted_by_those_who_were_not_told_to(self):
        with self.assertRaisesRegex(ssl.SSLCertVerificationError, "self.signed"):
            self.greeting(ssl.create_default_context(), "localhost")
        self.server.complaint('TLS handshake with .*: the peer sent the alert "unknown CA"')

    def test_is_verified_by_openssl(self):
        done = subprocess.run(
            ["openssl", "s_client", "-quiet", "-connect", f"{HERE}:{self.port}", "-CAfile",
             self.certificate, "-verify_return_error", "-verify_hostname", "localhost"],
            stdin=subprocess.PIPE, capture_output=True, timeout=PATIENCE, check=True)
        self.assertEqual(done.stdout, THANKS)


class greeting_world(unittest.TestCase):
    def day(self, number):
        return subprocess.run([program("examples/greeting_world"), number], capture_output=True,
                              text=True, timeout=PATIENCE)

    def test_the_client_is_thanked_in_the_end_and_the_day_can_be_repeated(self):
        for number in map(str, range(50)):
            with self.subTest(number):
                one = self.day(number)
                self.assertEqual((one.returncode, one.stderr), (0, ""))
                self.assertIn("\nThank you for connecting\n", one.stdout)
                self.assertIn("server: crash", one.stdout)
                self.assertEqual(one.stdout, self.day(number).stdout)

    def test_what_is_no_number_is_refused(self):
        done = self.day("one")
        self.assertEqual((done.returncode, done.stderr),
                         (1, 'greeting_world: not a number: "one"\n'))


if __name__ == "__main__":
    main()
