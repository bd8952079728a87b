# SPDX-License-Identifier: MIT
"""`zocalo listen --vsock` and `zocalo connect --vsock` beside Python's socket.

Loopback (context 1) is a module that many kernels do not load. Where it is missing, ours must say
what Python says; all else needs no peer.
"""

import os
import socket
import unittest

from running import connect, listen
from support import PATIENCE, cannot_run, main, receive_all, run

LOCAL, ANY_PORT = 1, socket.VMADDR_PORT_ANY


def setUpModule():
    socket.setdefaulttimeout(PATIENCE)
    try:
        socket.socket(socket.AF_VSOCK).close()
    except OSError as error:
        cannot_run(f"no vsock: {error}")


def loopback():
    """A listener of Python's at the loopback context, or the error that there is none."""
    listener = socket.socket(socket.AF_VSOCK)
    try:
        listener.bind((LOCAL, ANY_PORT))
        listener.listen()
        return listener
    except OSError as error:
        listener.close()
        return error


class loopback_or_its_absence(unittest.TestCase):
    def test_listen(self):
        python = loopback()
        if isinstance(python, OSError):
            done = run("zocalo", "listen", "--vsock", "local", 4711)
            self.assertEqual(done.stderr,
                             f"zocalo: bind vsock:1:4711: {os.strerror(python.errno)}\n")
            self.assertEqual(done.returncode, 8)
            return
        port = python.getsockname()[1] + 1
        python.close()
        with listen("-v", "--vsock", "local", port, input=b"from ours") as us:
            us.said(f"listening on vsock:1:{port}")
            with socket.socket(socket.AF_VSOCK) as client:
                client.connect((LOCAL, port))
                client.sendall(b"from Python")
                client.shutdown(socket.SHUT_WR)
                self.assertEqual(receive_all(client), b"from ours")
            self.assertEqual(us.end(), (b"from Python", 0))

    def test_connect(self):
        python = loopback()
        if isinstance(python, OSError):
            done = run("zocalo", "connect", "-w", "300ms", "--vsock", "local", 4711)
            self.assertRegex(done.stderr, r"^zocalo: connect local:4711 \(vsock:1:4711\)")
            self.assertIn(done.returncode, (4, 5))  # as the kernel's transport answers or not
            return
        with python, connect("--vsock", *python.getsockname(), input=b"from ours") as us:
            connection, _ = python.accept()
            with connection:
                self.assertEqual(receive_all(connection), b"from ours")
                connection.sendall(b"from Python")
            self.assertEqual(us.end(), (b"from Python", 0))


class without_a_peer(unittest.TestCase):
    def test_listens_at_any_context(self):
        for words in ((), ("any",)):
            with self.subTest(words), socket.socket(socket.AF_VSOCK) as probe:
                probe.bind((socket.VMADDR_CID_ANY, ANY_PORT))
                port = probe.getsockname()[1] + 1
                with listen("-v", "--vsock", *words, port) as us:
                    us.said(f"listening on vsock:any:{port}")
                    with self.assertRaises(OSError), socket.socket(socket.AF_VSOCK) as second:
                        second.bind((socket.VMADDR_CID_ANY, port))  # ours has it
                    self.assertEqual(us.stop(), 130)

    def test_a_taken_port_is_told(self):
        with socket.socket(socket.AF_VSOCK) as taken:
            taken.bind((socket.VMADDR_CID_ANY, ANY_PORT))
            taken.listen()
            port = taken.getsockname()[1]
            done = run("zocalo", "listen", "--vsock", port)
            self.assertEqual(done.returncode, 8)
            self.assertEqual(done.stderr,
                             f"zocalo: bind vsock:any:{port}: Address already in use\n")

    def test_what_is_no_context_or_port_is_named(self):
        for words in (("guest", 5), ("local", "http"), (2**32, 5), (1, 2**32), ("-1", 5), (1, "")):
            done = run("zocalo", "connect", "--vsock", *words)
            self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(run("zocalo", "listen", "--vsock", "1", "2", "3").returncode, 2)
        self.assertEqual(run("zocalo", "listen", "--vsock", "-u", "5").returncode, 2)


if __name__ == "__main__":
    main()
