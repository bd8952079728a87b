# SPDX-License-Identifier: MIT
"""Level one beside the bare system calls, Python's socket and Asio; see docs/performance.md."""

import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import report

BUILD = report.ROOT / "build" / "bench"
CALLS = 500
MOST_INSTRUCTIONS = 40  # over the bare call
LEAST_RATIO = 0.97      # of the datagrams per second of bare sendmmsg and recvmmsg
ROUNDS = 41
BATCH, BATCHES, SIZE = 32, 400, 64


def instructions():
    """{function: instructions of a call} for the functions of bench/net_calls.cpp."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        # Symbols are bound before, not by the first call.
        subprocess.run(["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={out}",
                        BUILD / "net_calls", str(CALLS)], check=True, stdout=subprocess.DEVNULL,
                       env=dict(os.environ, LD_BIND_NOW="1"))
        text = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", out],
                              check=True, capture_output=True, text=True).stdout
    found = re.findall(r"^\s*([\d,]+) .*:measured::(\w+)\(", text, re.MULTILINE)
    return {name: int(count.replace(",", "")) / CALLS for count, name in found}


def calls_table():
    """(table, whether the promise holds)."""
    counted = instructions()
    rows, holds = [], True
    for verb in ("send", "recv", "accept", "connect"):
        bare, ours = counted[f"bare_{verb}"], counted[f"zocalo_{verb}"]
        holds = holds and ours - bare <= MOST_INSTRUCTIONS
        rows.append((verb, f"{bare:.0f}", f"{ours:.0f}", f"{ours - bare:.0f}"))
    return report.table(("call", "bare", "net::socket", "over it"), rows), holds


class Python:
    """Python's socket at the same work, one call for each datagram."""

    def __init__(self):
        self.here, self.there = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in "ab")
        for end in (self.here, self.there):
            end.bind(("127.0.0.1", 0))
        self.here.connect(self.there.getsockname())
        self.there.connect(self.here.getsockname())

    def nanoseconds(self):
        data, room = bytes(SIZE), bytearray(SIZE)
        send, recv = self.here.send, self.there.recv_into
        begin = time.thread_time_ns()
        for _ in range(BATCHES):
            for _ in range(BATCH):
                send(data)
            for _ in range(BATCH):
                recv(room)
        return (time.thread_time_ns() - begin) / (BATCHES * BATCH)


def datagram_rounds():
    """Rows of nanoseconds for a datagram: bare, send_many, send, Asio, Python."""
    python = Python()
    with subprocess.Popen([BUILD / "net_datagrams"], stdin=subprocess.PIPE, text=True,
                          stdout=subprocess.PIPE) as rivals:
        def one_round():
            rivals.stdin.write("\n")
            rivals.stdin.flush()
            return [float(word) for word in rivals.stdout.readline().split()]

        one_round()  # caches, frequency, the first page faults
        rows = [one_round() + [python.nanoseconds()] for _ in range(ROUNDS)]
        rivals.stdin.close()
    return rows


def datagrams_table():
    names = ("bare sendmmsg, recvmmsg", "zocalo send_many, recv_many", "zocalo send, recv",
             "Asio send, receive", "Python send, recv_into")
    measured = datagram_rounds()
    # Against the bare calls of the same round, which ran within the same milliseconds.
    ratios = [statistics.median(row[0] / row[i] for row in measured) for i in range(len(names))]
    rows = []
    for name, column, ratio in zip(names, zip(*measured), ratios):
        rows.append((name, f"{1e9 / statistics.median(column):,.0f}", f"{ratio:.2f}"))
    return report.table(("way", "datagrams/s", "of bare"), rows), ratios[1] >= LEAST_RATIO


def main():
    calls, few = calls_table()
    datagrams, fast = datagrams_table()
    text = "\n".join([
        report.machine(), "",
        "Instructions of one call that succeeds, in the process, the kernel's apart:", "",
        calls, "",
        f"UDP datagrams of {SIZE} bytes over loopback in batches of {BATCH}, there and back,",
        f"for each second that the one thread runs; {ROUNDS} rounds in turn, medians:", "",
        datagrams])
    print(text)
    report.write("level-one", text)
    if not few:
        print(f"\nMore than {MOST_INSTRUCTIONS} instructions over the bare call.")
    if not fast:
        print(f"\nLess than {LEAST_RATIO} of the bare calls' datagrams.")
    return 0 if few and fast else 1


if __name__ == "__main__":
    sys.exit(main())
