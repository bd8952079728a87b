# SPDX-License-Identifier: MIT
"""The engine beside its floor, an echo server of bare epoll calls, and its rivals.

The server has one core and the load another one. What counts is the server's processor time for a
request: the load is as dear as the server, so requests per second say little. Every round runs all
servers in turn, and each is compared with the floor of the same round.
"""

import argparse
import math
import os
import statistics
import subprocess
import sys
import typing

import report
from pinned import Load, Server

BUILD = report.ROOT / "build" / "bench"
RIVALS = BUILD / "rivals"

FLOOR = "bare epoll"
EPOLL, URING = "zocalo on epoll", "zocalo on uring"
SERVERS = {
    FLOOR: [RIVALS / "floor_epoll"],
    "bare io_uring": [RIVALS / "floor_uring"],
    EPOLL: [BUILD / "echo_server", "--backend", "epoll"],
    URING: [BUILD / "echo_server", "--backend", "uring"],
    "Asio callbacks": [RIVALS / "asio_callbacks"],
    "Asio coroutines": [RIVALS / "asio_coroutines"],
    "libuv": [RIVALS / "libuv_echo"],
    "libevent": [RIVALS / "libevent_echo"],
    "Go": [RIVALS / "go_echo"],
}
# What can be won by not sleeping: only in the cell that asks that.
SPINNERS = {
    "bare epoll, spinning": [RIVALS / "floor_epoll", "--spin"],
    "bare recv, spinning": [RIVALS / "floor_epoll", "--recv"],
}
RIVAL_NAMES = ["Asio callbacks", "Asio coroutines", "libuv", "libevent", "Go"]
DATAGRAMS = [FLOOR, EPOLL, URING, "Asio callbacks", "Go"]


class Cell:
    """What the load does, and who takes part; the options of servers and of the load beside."""

    def __init__(self, connections, size, depth=1, *, load=(), server=(), program="echo_load",
                 only=tuple(SERVERS), ours=()):
        self.load = [BUILD / program, "--connections", connections, "--size", size,
                     "--depth", depth, *load]
        self.only, self._server, self._ours = only, server, ours

    def command(self, server):
        own = self._ours if server in (EPOLL, URING) else ()
        return [*(SERVERS | SPINNERS)[server], *self._server, *own]


SPINNING, PIPELINED = "1 × 64 B, spinning", "64 × 64 B, 16 at once"
DATAGRAMS_CELL = "datagrams, 16 × 64 B, 16 at once"
SIZES = {"64 B": 64, "4 KiB": 4096, "64 KiB": 65536}
CELLS = {f"{count:,} × {name}": Cell(count, size)
         for count in (1, 64, 1000, 10_000) for name, size in SIZES.items()}
CELLS[SPINNING] = Cell(1, 64, only=[FLOOR, EPOLL, URING, *SPINNERS], ours=["--spin"])
CELLS[PIPELINED] = Cell(64, 64, 16)
CELLS["a new connection each"] = Cell(64, 64, load=["--churn"])
CELLS[DATAGRAMS_CELL] = Cell(
    16, 64, 16, server=["--udp"], program="datagram_load", only=DATAGRAMS)
OFFLOAD = "datagrams, 4 × 1,200 B, 48 at once, with offload"
CELLS[OFFLOAD] = Cell(4, 1200, 48, load=["--offload"], server=["--udp"], program="datagram_load",
                      only=[FLOOR, EPOLL, URING], ours=["--offload"])

# The most that ours may cost in terms of the floor. Beside that it may cost no more than any rival.
TARGETS = {
    EPOLL: {name: 1.05 for name in CELLS if name != SPINNING},
    URING: {"64 × 64 B": 0.90, "1,000 × 64 B": 0.90,
            **{f"{count} × 64 KiB": 1.00 for count in ("1", "64", "1,000", "10,000")},
            # It must not collapse there.
            "10,000 × 64 B": 1.50, "10,000 × 4 KiB": 1.50},
}
# The least of the floor's requests a second that ours must reach.
LEAST_RATE = {SPINNING: 2.5, PIPELINED: 1.0}
MOST_OF_ASIO = 1 / 1.6  # of a datagram, in terms of what Asio's callbacks cost
MOST_OFFLOADED = 0.25  # microseconds of a datagram
MOST_BLOCKING = 1.10
MOST_IDLE_BYTES = 300
IDLE = 10_000
MOST_IDLE = 50_000


def measure(server, cell, seconds):
    """(microseconds of the server for a request, requests a second, microseconds of the p99)."""
    with Server(cell.command(server)) as running, \
            Load([*cell.load, "--port", running.port, "--seconds", seconds]) as load:
        begin = running.nanoseconds()
        rate, _, p99, requests = load.line().split()
        spent = running.nanoseconds() - begin
    return spent / 1e3 / max(int(requests), 1), float(rate), float(p99)


class Result(typing.NamedTuple):
    """Medians of a server in a cell: as they are, and in terms of the floor of the same round."""
    cost: float
    rate: float
    p99: float
    cost_ratio: float
    rate_ratio: float
    p99_ratio: float


def rows_of(name, servers, rounds, seconds):
    """A row for each server in that cell, and the result of each."""
    servers = [server for server in [*servers, *SPINNERS] if server in CELLS[name].only]
    measured = {server: [] for server in servers}
    for _ in range(rounds):
        for server in servers:
            measured[server].append(measure(server, CELLS[name], seconds))
    rows, results = [], {}
    for server, runs in measured.items():
        own = (statistics.median(column) for column in zip(*runs))
        ratios = (statistics.median(run[i] / base[i] for run, base in zip(runs, measured[FLOOR]))
                  for i in range(3))
        one = results[server] = Result(*own, *ratios)
        rows.append((f"{name}: {server}", f"{one.cost:.2f}", f"{one.cost_ratio:.2f}",
                     f"{one.rate:,.0f}", f"{one.rate_ratio:.2f}", f"{one.p99:,.0f}",
                     f"{one.p99_ratio:.2f}"))
    return rows, results


def too_dear(name, results):
    """Where ours costs more than it may in terms of the floor, or than a rival does."""
    for server, most in TARGETS.items():
        if server in results and results[server].cost_ratio > most.get(name, math.inf):
            yield (f"{name}: {server} costs {results[server].cost_ratio:.2f} × the floor, "
                   f"more than {most[name]:.2f}.")
    if EPOLL not in results:
        return
    ours = results[EPOLL].cost_ratio
    for rival in RIVAL_NAMES:
        if rival in results and ours > results[rival].cost_ratio:
            yield (f"{name}: {EPOLL} costs {ours:.2f} × the floor, "
                   f"more than {rival} with {results[rival].cost_ratio:.2f}.")


def too_slow(name, results):
    """Where ours makes fewer requests a second than it has to."""
    if name not in LEAST_RATE:
        return
    best = max((results[server].rate_ratio for server in (EPOLL, URING) if server in results),
               default=math.inf)
    if best < LEAST_RATE[name]:
        yield f"{name}: {best:.2f} × the floor's rate, less than {LEAST_RATE[name]:.1f}."


def dear_datagrams(name, results):
    """Where a datagram costs more than it may."""
    for server in (EPOLL, URING):
        if server not in results:
            continue
        cost = results[server].cost
        if name == OFFLOAD and cost > MOST_OFFLOADED:
            yield f"{name}: {server} needs {cost:.2f} µs, more than {MOST_OFFLOADED}."
        asio = results.get("Asio callbacks")
        if name == DATAGRAMS_CELL and asio and cost > asio.cost * MOST_OF_ASIO:
            yield f"{name}: {server} has {asio.cost / cost:.2f} × Asio's rate, less than 1.6."


def missed(name, results):
    """What does not keep its promise, in words."""
    return [*too_dear(name, results), *too_slow(name, results), *dear_datagrams(name, results)]


def idle_row(server, command, count):
    """Memory of a server for each of so many connections that do nothing."""
    processes = -(-count // 15_000)
    with Server(command) as running:
        before = running.memory()
        loads = [Load([BUILD / "echo_load", "--connections", count // processes, "--idle",
                       "--source", i, "--port", running.port, "--seconds", 600])
                 for i in range(processes)]
        after = running.memory()
        for load in loads:
            load.close()
    return f"{count:,} idle: {server}", (after - before) / count


def idle_rows(servers):
    """A row for each server; what it is too much for, in words."""
    found = [idle_row(server, SERVERS[server], IDLE) for server in servers]
    if URING in servers:  # one loop has as many slots as the hard limit of descriptors says
        loops = [*SERVERS[URING], "--threads", "3"]
        found.append(idle_row(f"{URING}, three loops", loops, MOST_IDLE))
    late = [f"{name}: {size:.0f} bytes, more than {MOST_IDLE_BYTES}."
            for name, size in found if "zocalo" in name and size > MOST_IDLE_BYTES]
    return [(name, f"{size:,.0f}") for name, size in found], late


def blocking():
    """A sentence about what get() costs, and whether that is too much."""
    bare, ours, ratio = subprocess.run([BUILD / "blocking_calls"], check=True,
                                       capture_output=True, text=True).stdout.split()
    text = (f"A thread that blocks in `get()`, a round trip of 64 bytes over TCP: {ours} ns of "
            f"its processor time,\n{ratio} × what bare `send` and `recv` cost ({bare} ns).")
    late = f"get() costs {ratio} × bare calls, more than {MOST_BLOCKING:.2f}."
    return text, [late] if float(ratio) > MOST_BLOCKING else []


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--cell", action="append", choices=[*CELLS, "idle", "blocking"],
                        metavar="CELL",
                        help=f"one of: {'; '.join(CELLS)}; idle; blocking")
    parser.add_argument("--server", action="append", choices=list(SERVERS), metavar="SERVER",
                        help=f"beside the floor: {'; '.join(SERVERS)}")
    parser.add_argument("--print-only", action="store_true",
                        help="leave docs/performance.md as it is")
    return parser.parse_args()


def present(servers):
    """Those that were built, the floor first; says loudly which ones were not."""
    absent = [name for name in servers if not SERVERS[name][0].exists()]
    loud = [f"**Absent, so not compared: {name}.** `./dev setup bench` installs it."
            for name in absent]
    return [FLOOR, *(name for name in servers if name not in absent and name != FLOOR)], loud


def text_of(rows, idle, loud, wanted):
    parts = [report.machine(), *loud]
    if rows:
        parts += ["Echo over loopback, the server on one core and the load on another: processor "
                  f"time of\nthe server for a request; {wanted.rounds} rounds in turn, medians:",
                  report.table(("connections × message: server", "µs/request", "of the floor",
                                "requests/s", "of the floor", "p99 µs", "of the floor"), rows)]
    if idle:
        limit = os.sysconf("SC_OPEN_MAX")
        parts += [f"Memory of the process for each connection that does nothing; the limit of\n"
                  f"descriptors is {limit:,}:",
                  report.table(("connections: server", "bytes"), idle)]
    return "\n\n".join(parts)


def main():
    if os.cpu_count() < 2:
        raise SystemExit("the server and the load need a core each")
    wanted = options()
    servers, loud = present(wanted.server or list(SERVERS))
    rows, failures = [], []
    for name in wanted.cell or CELLS:
        if name in ("idle", "blocking"):
            continue
        found, results = rows_of(name, servers, wanted.rounds, wanted.seconds)
        rows += found
        failures += missed(name, results)
    idle, late = idle_rows(servers) if not wanted.cell or "idle" in wanted.cell else ([], [])
    failures += late
    text = text_of(rows, idle, loud, wanted)
    if not wanted.cell or "blocking" in wanted.cell:
        sentence, late = blocking()
        text += "\n\n" + sentence
        failures += late
    print(text)
    if not (wanted.print_only or wanted.cell or wanted.server):
        report.write("engine", text)
    for line in failures:
        print(line)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
