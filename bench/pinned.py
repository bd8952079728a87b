# SPDX-License-Identifier: MIT
"""Programs under test, each on a core of its own, and what they cost."""

import re
import subprocess
import time
from pathlib import Path

SERVER_CORE, LOAD_CORE = "0", "1"


class Pinned:
    """A program that keeps to its core while the block lasts; it says when it is ready."""

    def __init__(self, command, core):
        self.command = command
        self._process = subprocess.Popen(["taskset", "-c", core, *map(str, command)],
                                         stdout=subprocess.PIPE, text=True)

    def line(self):
        """The next that it prints."""
        text = self._process.stdout.readline()
        if not text:
            raise SystemExit(f"{self.command} broke off")
        return text

    def nanoseconds(self):
        """Of processor time so far, that of threads which have ended included."""
        clock = ~self._process.pid << 3 | 2  # as clock_getcpuclockid(3) makes it
        return time.clock_gettime_ns(clock)

    def memory(self):
        """Bytes of its own: not the pages of its file, which the kernel takes and brings back."""
        rollup = Path(f"/proc/{self._process.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Anonymous:\s+(\d+) kB", rollup, re.MULTILINE)[1]) * 1024

    def close(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Server(Pinned):
    """One that prints where it listens, in one of its first lines: `... 127.0.0.1:1234 ...`."""

    def __init__(self, command):
        super().__init__(command, SERVER_CORE)
        found = None
        while not found:
            found = re.search(r"127\.0\.0\.1:(\d+)", self.line())
        self.port = int(found[1])


class Load(Pinned):
    """One that drives a server; it says `go` when it is warm, and at its end what came of it."""

    def __init__(self, command):
        super().__init__(command, LOAD_CORE)
        if self.line() != "go\n":
            raise SystemExit(f"{command} did not begin")
