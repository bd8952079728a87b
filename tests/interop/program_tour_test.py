# SPDX-License-Identifier: MIT
"""`zocalo tour`: what a newcomer sees first."""

import os
import pty
import re
import socket
import subprocess
import unittest

from support import enter_own_network, main, program, run


def setUpModule():
    enter_own_network()


class tour(unittest.TestCase):
    def test_all_exchanges_go_as_told(self):
        done = run("zocalo", "tour")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"✓ 8 of 8 exchanges went as told, in \d+\.\d seconds")
        self.assertNotIn("\x1b", done.stdout)
        for line in ("Socket successfully created", "socket bound to 40674", "socket is listening",
                     "Got connection from 127.0.0.1:", "Thank you for connecting",
                     "Got your message!", "frame check sequence"):
            self.assertIn(line, done.stdout)

    def test_takes_other_ports_when_the_tutorials_are_taken(self):
        with socket.create_server(("127.0.0.1", 40674)):
            done = run("zocalo", "tour")
        self.assertEqual(done.returncode, 0)
        other = re.search(r"port 40674 is taken on this machine, so port (\d+)", done.stdout)[1]
        self.assertIn(f"socket bound to {other}", done.stdout)

    def test_colours_on_a_terminal_unless_refused(self):
        for refusal, coloured in ({}, True), ({"NO_COLOR": "1"}, False):
            ours, theirs = pty.openpty()
            with subprocess.Popen([program("zocalo"), "tour", "--pause", "0"], stdout=theirs,
                                  env={"PATH": os.environ["PATH"], "TERM": "xterm"} | refusal):
                os.close(theirs)
                shown = b""
                try:
                    while data := os.read(ours, 65536):
                        shown += data
                except OSError:  # Linux says EIO when the last writer has gone
                    pass
            os.close(ours)
            self.assertIn("✓".encode(), shown)
            self.assertEqual(b"\x1b[" in shown, coloured)

    def test_says_which_program_is_not_built(self):
        here = os.path.dirname(program("zocalo"))
        with open(os.path.join(here, "zocalo"), "rb") as original:
            alone = os.memfd_create("zocalo", 0)
            os.write(alone, original.read())
        done = subprocess.run([f"/proc/self/fd/{alone}", "tour"], pass_fds=[alone],
                              capture_output=True, text=True, timeout=60)
        os.close(alone)
        self.assertEqual(done.returncode, 1)
        self.assertIn("greeting_server has not been built", done.stdout)


if __name__ == "__main__":
    main()
