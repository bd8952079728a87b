# SPDX-License-Identifier: MIT
"""What the loops of `zocalo` wait with, and why: it says so, and refuses what is none."""

import os
import subprocess
import tempfile
import unittest

from running import HERE, Running, connect, listen
from support import PATIENCE, main, program

USAGE = 2


def with_backend(name):
    """The environment of a program whose loops are to be of that kind; None: of the usual one."""
    rest = {key: value for key, value in os.environ.items() if key != "ZOCALO_BACKEND"}
    return rest if name is None else dict(rest, ZOCALO_BACKEND=name)


class backends(unittest.TestCase):
    def test_are_named_with_the_reason(self):
        for name, line in ((None, "loops on epoll: the default"),
                           ("poll", "loops on poll: ZOCALO_BACKEND says so"),
                           ("epoll", "loops on epoll: ZOCALO_BACKEND says so"),
                           ("uring", "loops on (uring: ZOCALO_BACKEND says so|"
                                     "epoll: ZOCALO_BACKEND says uring, but: .+)")):
            with self.subTest(name):
                with listen("-v", HERE, 0, env=with_backend(name)) as us:
                    us.said(line + "$")
                    with connect("-vv", HERE, us.port(), env=with_backend(name)) as client:
                        client.said(line + "$")
                with tempfile.TemporaryDirectory() as folder:
                    us = Running("serve", "-v", "--http", "0", "--gopher", "no", folder,
                                 env=with_backend(name))
                    with us:
                        us.said(line + "$")

    def test_are_not_named_to_who_does_not_ask(self):
        with listen(HERE, 0, env=with_backend("poll")) as us:
            us.port()
            self.assertFalse([line for line in us.says if "loops on" in line])

    def test_that_are_none_are_refused(self):
        done = subprocess.run([program("zocalo"), "listen", HERE, "0"], check=False, text=True,
                              capture_output=True, timeout=PATIENCE, env=with_backend("kqueue"))
        self.assertEqual(done.returncode, USAGE, done.stderr)
        self.assertEqual(done.stderr, 'zocalo: ZOCALO_BACKEND: "kqueue" is none of poll, epoll, '
                                      'uring\n')


if __name__ == "__main__":
    main()
