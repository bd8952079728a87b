# SPDX-License-Identifier: MIT
"""A `zocalo` on a terminal, and what that gets."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading

from support import PATIENCE, program


class on_a_terminal:
    """A `zocalo` whose stderr is a terminal; `shown` is what that has got so far.

    With `stdout=None` its output goes to the terminal, too.
    """

    def __init__(self, *arguments, term="xterm", stdout=subprocess.DEVNULL, data=b"", columns=80,
                 lines=24, **options):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.shown = b""
        self.news = threading.Condition()
        self.process = subprocess.Popen(
            [program("zocalo"), *map(str, arguments)], stdin=subprocess.PIPE,
            stdout=theirs if stdout is None else stdout, stderr=theirs,
            env={**os.environ, "TERM": term}, **options)
        os.close(theirs)
        self.process.stdin.write(data)
        self.process.stdin.flush()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        try:
            while data := os.read(self.ours, 4096):
                with self.news:
                    self.shown += data
                    self.news.notify_all()
        except OSError:  # Linux says EIO when the last writer has gone
            pass

    def wait_for(self, text, times=1):
        """Until the terminal has got this, so often."""
        with self.news:
            if not self.news.wait_for(lambda: self.shown.count(text) >= times, PATIENCE):
                raise AssertionError(f"no {text!r} in {self.shown!r}")

    def end(self):
        """The exit code."""
        self.process.stdin.close()
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.reader.join(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
        os.close(self.ours)
