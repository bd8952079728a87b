# SPDX-License-Identifier: MIT
"""`zocalo get` and Gopher servers that stop early, send no end, or say that it is an error."""

import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from support import PATIENCE, enter_own_network, main, program

PEER, REFUSED = 6, 9
OLD = b"what was there before\n"
NO_SUCH = b"3'x' is not here\t\terror.host\t1\r\n.\r\n"


def setUpModule():
    enter_own_network()


class answers(unittest.TestCase):
    def setUp(self):
        self.here = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def get(self, sent, *options, path="/0/x"):
        """The exit code, what was said, and what stands in a file that was there before."""
        (self.here / "file").write_bytes(OLD)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            def serve():
                client, _ = listener.accept()
                with client:
                    client.recv(4096)
                    client.sendall(sent)
            thread = threading.Thread(target=serve)
            thread.start()
            url = f"gopher://127.0.0.1:{listener.getsockname()[1]}{path}"
            done = subprocess.run([program("zocalo"), "get", "-o", "file", *options, url],
                                  cwd=self.here, capture_output=True, text=True,
                                  timeout=PATIENCE)
            thread.join()
        return done.returncode, done.stderr, (self.here / "file").read_bytes()

    def test_a_whole_text_is_one(self):
        for options in ([], ["-f"], ["--fail-with-body"]):
            self.assertEqual(self.get(b"hello\r\n.\r\n", *options), (0, "", b"hello\n"))

    def test_a_text_that_ends_within_a_line_was_cut_off(self):
        for path in ("/0/x", "/1/x"):
            for options in ([], ["-f"], ["-s"]):
                code, said, kept = self.get(b"hello\r\nwor", *options, path=path)
                self.assertEqual((code, kept), (PEER, OLD))
                if "-s" not in options:
                    self.assertIn("cut off within a line", said)

    def test_a_text_without_its_dot_is_told(self):
        code, said, kept = self.get(b"hello\r\n")
        self.assertEqual((code, kept), (0, b"hello\n"))
        self.assertIn("no end", said)
        self.assertEqual(self.get(b"hello\r\n", "-s"), (0, "", b"hello\n"))
        for option in ("-f", "--fail-with-body"):
            code, said, kept = self.get(b"hello\r\n", option)
            self.assertEqual((code, kept), (PEER, OLD))
            self.assertIn("no end", said)

    def test_bytes_end_with_the_connection(self):
        self.assertEqual(self.get(b"\0hello", "-f", path="/9/x"), (0, "", b"\0hello"))

    def test_an_error_is_one_with_fail(self):
        for path in ("/0/x", "/1/x", "/9/x"):
            self.assertEqual(self.get(NO_SUCH, path=path)[0], 0)
            code, said, kept = self.get(NO_SUCH, "-f", path=path)
            self.assertEqual((code, kept), (REFUSED, OLD))
            self.assertIn("'x' is not here", said)
            code, said, kept = self.get(NO_SUCH, "--fail-with-body", path=path)
            self.assertEqual(code, REFUSED)
            self.assertIn(b"is not here", kept)
        self.assertEqual(self.get(b"3 of them\r\n.\r\n", "-f"), (0, "", b"3 of them\n"))

    def test_an_error_of_gopher_plus_is_one_with_fail(self):
        path = "/0/x%09%09+"
        sent = b"--1\r\n1 Ada <ada@example.org>\r\nnot here\r\n.\r\n"
        self.assertEqual(self.get(sent, path=path)[0], 0)
        code, said, kept = self.get(sent, "-f", path=path)
        self.assertEqual((code, kept), (REFUSED, OLD))
        self.assertIn("1 Ada", said)


if __name__ == "__main__":
    main()
