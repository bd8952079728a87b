# SPDX-License-Identifier: MIT
"""WebSocket servers beside their rivals: each sends back what comes, a message at a time on each of
64 connections, not compressed.

The server has one core and what drives it the other one. What counts is its processor time for a
message. Every round runs all servers in turn, and each is compared with Beast in the same round.
"""

import argparse
import statistics
import sys
from pathlib import Path

import report
from pinned import Load, Server

HERE = Path(__file__).resolve().parent
BUILD = report.ROOT / "build" / "bench"
RIVALS = BUILD / "rivals"
BEAST, NODE = "Beast", "Node ws"
EPOLL, URING = "zocalo on epoll", "zocalo on io_uring"
NODE_SCRIPT = HERE / "rivals" / "node_websocket.js"
NODE_MODULES = "/usr/share/nodejs"  # where Debian puts those of Node
SERVERS = {
    BEAST: [RIVALS / "beast_websocket"],
    EPOLL: [BUILD / "websocket_server", "--backend", "epoll"],
    URING: [BUILD / "websocket_server", "--backend", "uring"],
    NODE: ["env", f"NODE_PATH={NODE_MODULES}", "node", NODE_SCRIPT],
}
NEEDS = {NODE: Path(NODE_MODULES) / "ws"}
CELLS = {"64 B": 64, "4 KiB": 4096, "64 KiB": 65536}
CONNECTIONS = 64

# What was promised, of Beast's processor time.
MOST_COST = {(cell, EPOLL): 0.7 for cell in CELLS}


def run(command, size, seconds):
    """(microseconds of processor for a message, messages a second, microseconds of the p99)."""
    with Server(command) as server:
        with Load([BUILD / "echo_load", "--websocket", "--port", server.port, "--connections",
                   CONNECTIONS, "--size", size, "--seconds", seconds]) as load:
            begin = server.nanoseconds()
            rate, _, late, messages = load.line().split()
            return ((server.nanoseconds() - begin) / 1e3 / int(messages), float(rate),
                    float(late))


def is_here(name):
    return all(path.exists() for path in SERVERS[name] if isinstance(path, Path)) and (
        NEEDS.get(name, HERE).exists())


def ratio(found, name, column):
    return statistics.median(mine[column] / base[column]
                             for mine, base in zip(found[name], found[BEAST]))


def measure(cell, wanted):
    """A row for each server, and what it missed of the promises, in words."""
    found = {name: [] for name in SERVERS if is_here(name)}
    if BEAST not in found:
        raise SystemExit("no Beast to compare with; `./dev setup bench` installs it")
    for _ in range(wanted.rounds):
        for name, runs in found.items():
            runs.append(run(SERVERS[name], CELLS[cell], wanted.seconds))
    rows, missed = [], []
    for name, runs in found.items():
        cost, speed, late = (statistics.median(column) for column in zip(*runs))
        is_now = ratio(found, name, 0)
        rows.append((f"{cell}: {name}", f"{cost:.2f}", f"{is_now:.2f}", f"{speed:,.0f}",
                     f"{ratio(found, name, 1):.2f}", f"{late:,.0f}"))
        limit = MOST_COST.get((cell, name))
        if limit and is_now > limit:
            missed.append(f"{cell}: {name} costs {is_now:.2f} × {BEAST}; promised: {limit}.")
    return rows, missed


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--cell", action="append", choices=CELLS, metavar="CELL",
                        help=f"one of: {'; '.join(CELLS)}")
    parser.add_argument("--print-only", action="store_true",
                        help="leave docs/performance.md as it is")
    return parser.parse_args()


def main():
    wanted = options()
    rows, missed = [], []
    for cell in wanted.cell or CELLS:
        more, late = measure(cell, wanted)
        rows += more
        missed += late
    absent = [f"**Absent, so not compared: {name}.** `./dev setup bench` installs it."
              for name in SERVERS if not is_here(name)]
    text = "\n\n".join([report.machine(), *absent,
                        f"{CONNECTIONS} connections; {wanted.rounds} rounds in turn, medians:",
                        report.table(("message: server", "µs/message", "of Beast", "messages/s",
                                      "of Beast", "p99 µs"), rows)])
    print(text)
    if not (wanted.print_only or wanted.cell):
        report.write("websocket", text)
    for line in missed:
        print(line)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
