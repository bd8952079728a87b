# SPDX-License-Identifier: MIT
"""What the other tests rely on without seeing it."""

import sys
import unittest
from unittest import mock

import support
from support import Program, main

BUSY = """
import signal
signal.signal(signal.SIGINT, lambda *_: exit(0))
print("here", flush=True)
while True:
    pass
"""
RESTING = """
import signal
signal.signal(signal.SIGINT, lambda *_: exit(0))
print("here", flush=True)
signal.pause()
"""


class programs(unittest.TestCase):
    def run_one(self, text):
        with Program(sys.executable, "-c", text) as one:
            one.wait_for("here")

    def test_that_rest_are_ended(self):
        self.run_one(RESTING)

    def test_that_are_busy_with_nothing_are_found_out(self):
        with mock.patch.object(support, "PATIENCE", 1.0):
            with self.assertRaisesRegex(AssertionError, "busy, and nobody wants anything"):
                self.run_one(BUSY)


if __name__ == "__main__":
    main()
