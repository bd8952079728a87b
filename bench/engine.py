# SPDX-License-Identifier: MIT
"""The engine beside its floor, an echo server of bare epoll calls; see docs/performance.md.

The server has one core and the load another one. What counts is the server's processor time for a
request: the load is as dear as the server, so requests per second say little. Every round runs all
servers in turn, and each is compared with the floor of the same round.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

import report

BUILD = report.ROOT / "build" / "bench"
SERVER_CORE, LOAD_CORE = "0", "1"

FLOOR = "bare epoll"
SERVERS = {
    FLOOR: [BUILD / "floor_epoll"],
    "zocalo on epoll": [BUILD / "echo_server", "--backend", "epoll"],
    "zocalo on uring": [BUILD / "echo_server", "--backend", "uring"],
}

# Name: connections, bytes of a message, messages on their way on each connection.
CELLS = {
    "1 × 64 B": (1, 64, 1),
    "64 × 64 B": (64, 64, 1),
    "1,000 × 64 B": (1000, 64, 1),
    "10,000 × 64 B": (10_000, 64, 1),
    "64 × 64 B, 16 at once": (64, 64, 16),
    "64 × 4 KiB": (64, 4096, 1),
    "64 × 64 KiB": (64, 65536, 1),
}
# The most that ours may cost in terms of the floor: issue 3, "Speed".
TARGETS = {
    "zocalo on epoll": {name: 1.05 for name in CELLS},
    "zocalo on uring": {"64 × 64 B": 0.90, "1,000 × 64 B": 0.90, "64 × 64 KiB": 1.00},
}


class Server:
    """A server under test, on its core, while the block lasts."""

    def __init__(self, command):
        self._process = subprocess.Popen(["taskset", "-c", SERVER_CORE, *command],
                                         stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        found = re.search(r":(\d+) with", line)
        if not found:
            raise SystemExit(f"{command} did not start: {line}")
        self.port = int(found[1])

    def nanoseconds(self):
        """Of processor time so far, its threads in the kernel included."""
        tasks = Path(f"/proc/{self._process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


def measure(command, cell, seconds):
    """(microseconds of the server for a request, requests a second, microseconds of the p99)."""
    connections, size, depth = cell
    with Server(command) as server, subprocess.Popen(
            ["taskset", "-c", LOAD_CORE, BUILD / "echo_load", "--port", str(server.port),
             "--connections", str(connections), "--size", str(size), "--depth", str(depth),
             "--seconds", str(seconds)], stdout=subprocess.PIPE, text=True) as load:
        if load.stdout.readline() != "go\n":
            raise SystemExit(f"the load did not begin on {command}")
        begin = server.nanoseconds()
        line = load.stdout.readline()
        spent = server.nanoseconds() - begin
    if not line:
        raise SystemExit(f"the load broke off on {command}")
    rate, _, p99, requests = line.split()
    return spent / 1e3 / max(int(requests), 1), float(rate), float(p99)


def rows_of(name, servers, rounds, seconds):
    """A row for each server in that cell, and the ratio of each to the floor."""
    measured = {server: [] for server in servers}
    for _ in range(rounds):
        for server in servers:
            measured[server].append(measure(SERVERS[server], CELLS[name], seconds))
    floor = measured.get(FLOOR)
    rows, ratios = [], {}
    for server, runs in measured.items():
        cost, rate, p99 = (statistics.median(column) for column in zip(*runs))
        ratio = statistics.median(run[0] / base[0] for run, base in zip(runs, floor or runs))
        ratios[server] = ratio
        rows.append((f"{name}: {server}", f"{cost:.2f}", f"{ratio:.2f}", f"{rate:,.0f}",
                     f"{p99:,.0f}"))
    return rows, ratios


def missed(name, ratios):
    """A line for each target that was not reached."""
    for server, ratio in ratios.items():
        most = TARGETS.get(server, {}).get(name)
        if most is not None and ratio > most:
            yield f"{name}: {server} costs {ratio:.2f} × the floor, more than {most:.2f}."


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--cell", action="append", choices=list(CELLS), metavar="CELL",
                        help=f"one of: {'; '.join(CELLS)}")
    parser.add_argument("--server", action="append", choices=list(SERVERS), metavar="SERVER",
                        help=f"beside the floor: {'; '.join(SERVERS)}")
    parser.add_argument("--print-only", action="store_true",
                        help="leave docs/performance.md as it is")
    return parser.parse_args()


def main():
    if os.cpu_count() < 2:
        raise SystemExit("the server and the load need a core each")
    wanted = options()
    servers = [FLOOR, *(wanted.server or [name for name in SERVERS if name != FLOOR])]
    rows, failures = [], []
    for name in wanted.cell or CELLS:
        found, ratios = rows_of(name, servers, wanted.rounds, wanted.seconds)
        rows += found
        failures += missed(name, ratios)
    table = report.table(("connections × message: server", "µs/request", "of the floor",
                          "requests/s", "p99 µs"), rows)
    text = "\n".join([
        report.machine(), "",
        "Echo over loopback, the server on one core and the load on another: processor time of",
        f"the server for a request; {wanted.rounds} rounds in turn, medians:", "", table])
    print(text)
    if not (wanted.print_only or wanted.cell or wanted.server):
        report.write("engine", text)
    for line in failures:
        print(line)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
