# SPDX-License-Identifier: MIT
"""`zocalo serve` under attack, beside one that nobody attacks: how long good clients wait."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from support import PATIENCE, Program

ROUNDS, MOST_ROUNDS = 10, 40
ASKED = 30  # each round, of each of the two servers
SLACK = 0.02  # seconds: other work on this machine, where both answers take next to none


class Server:
    """A folder, served at a port of its own."""

    def __init__(self, folder, port, *more):
        self.port, self.served = port, folder
        self.program = Program("zocalo", "serve", "--gopher", "no", "--clients", "no", "--http",
                               str(port), *more, folder)

    def __enter__(self):
        self.program.__enter__()
        self.program.wait_for(r"open (http\S+) in a browser; what happens: .*")
        self.folder = Path(f"/proc/{self.program.process.pid}")
        return self

    def __exit__(self, *failure):
        self.program.__exit__(*failure)

    def memory(self):
        """KiB."""
        return memory_of(self.folder)

    def processor(self):
        """Seconds."""
        fields = (self.folder / "stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(folder):
    """KiB of the process whose folder in /proc that is."""
    return number_in(folder, "VmRSS:")


def number_in(folder, name):
    lines = (Path(folder) / "status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


@contextlib.contextmanager
def attack(script, *arguments, told):
    """A script that says "ready", attacks until its input ends, and says numbers then."""
    command = [sys.executable, "-B", script, *(str(each) for each in arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        try:
            if running.stdout.readline() != b"ready\n":
                raise AssertionError("nobody attacks")
            yield
        finally:
            told += [float(one) for one in running.communicate(timeout=PATIENCE)[0].split()]


def times_of(ask, times):
    for _ in range(ASKED):
        began = time.perf_counter()
        if ask() != b"Hello\n":
            raise AssertionError("not what was asked for")
        times.append(time.perf_counter() - began)


def percentile(times):
    return sorted(times)[len(times) * 99 // 100]


def ask_both(ask_lonely, ask_besieged, seconds=1):
    """In how many seconds 99 of 100 are answered under attack, and twice what it takes without.
    Both are asked in turn: what else runs on this machine meets both alike. When the first rounds
    say that one suffers, more decide."""
    alone, among, until = [], [], time.monotonic() + seconds
    for rounds in (ROUNDS, MOST_ROUNDS):
        while len(alone) < rounds * ASKED or time.monotonic() < until:
            times_of(ask_lonely, alone)
            times_of(ask_besieged, among)
        limit = 2 * percentile(alone) + SLACK
        if percentile(among) <= limit:
            break
    return percentile(among), limit
