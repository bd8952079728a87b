# SPDX-License-Identifier: MIT
"""WebSocket servers beside their rivals: each sends back what comes, a message at a time on each of
64 connections, not compressed.

The server has one core and what drives it the other one. What counts is its processor time for a
message. Every round runs all servers in turn, and each is compared with Beast in the same round.
"""

import sys
from pathlib import Path

import comparing
import report
from comparing import BUILD, RIVALS, RIVALS_HERE
from pinned import Load, Server

BEAST, NODE = "Beast", "Node ws"
EPOLL, URING = "zocalo on epoll", "zocalo on io_uring"
NODE_SCRIPT = RIVALS_HERE / "node_websocket.js"
NODE_MODULES = "/usr/share/nodejs"  # where Debian puts those of Node
SERVERS = {
    BEAST: [RIVALS / "beast_websocket"],
    EPOLL: [BUILD / "websocket_server", "--backend", "epoll"],
    URING: [BUILD / "websocket_server", "--backend", "uring"],
    NODE: ["env", f"NODE_PATH={NODE_MODULES}", "node", NODE_SCRIPT],
}
NEEDS = {NODE: [Path(NODE_MODULES) / "ws"]}
CELLS = {"64 B": 64, "4 KiB": 4096, "64 KiB": 65536}
CONNECTIONS = 64

# What was promised, of Beast's processor time.
MOST_COST = {(cell, EPOLL, BEAST): 0.7 for cell in CELLS}


def run(command, size, seconds):
    """(microseconds of processor for a message, messages a second, microseconds of the p99)."""
    with Server(command) as server:
        with Load([BUILD / "echo_load", "--websocket", "--port", server.port, "--connections",
                   CONNECTIONS, "--size", size, "--seconds", seconds]) as load:
            begin = server.nanoseconds()
            rate, _, late, messages = load.line().split()
            return ((server.nanoseconds() - begin) / 1e3 / int(messages), float(rate),
                    float(late))


def measure(cell, wanted):
    runs = {name: lambda command=command: run(command, CELLS[cell], wanted.seconds)
            for name, command in SERVERS.items()
            if comparing.exists(name, command, *NEEDS.get(name, []))}
    if BEAST not in runs:
        raise SystemExit("no Beast to compare with; `./dev setup bench` installs it")
    return comparing.rounds_of(wanted, runs)


def main():
    wanted = comparing.options(__doc__, CELLS, rounds=5, seconds=1.0)
    rows, missed = [], []
    for cell in wanted.cell or CELLS:
        found = measure(cell, wanted)
        rows += comparing.rows_of(cell, found)
        missed += comparing.too_costly(cell, found, MOST_COST)
    text = "\n\n".join([report.machine(), *comparing.absent(),
                        f"{CONNECTIONS} connections; {wanted.rounds} rounds in turn, medians:",
                        report.table(("message: server", "µs/message", "of Beast", "messages/s",
                                      "of Beast", "p99 µs"), rows)])
    return comparing.end("websocket", wanted, text, missed)


if __name__ == "__main__":
    sys.exit(main())
