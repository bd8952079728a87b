# SPDX-License-Identifier: MIT
"""The bench of the engine names every target that it has missed, and none that it has reached."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import engine  # noqa: E402  # pylint: disable=wrong-import-position
from engine import EPOLL, FLOOR, OFFLOAD, URING, Result  # noqa: E402


def result(cost=1.0, rate=1.0, microseconds=1.0):
    """Costs and rates in terms of the floor."""
    return Result(microseconds, 100_000, 500, cost, rate, 1.0)


class missed_targets(unittest.TestCase):
    def check(self, cell, results, *expected):
        said = engine.missed(cell, {FLOOR: result(), **results})
        self.assertEqual(len(said), len(expected), said)
        for line, words in zip(said, expected):
            self.assertIn(cell, line)
            for word in words:
                self.assertIn(word, line)

    def test_in_terms_of_the_floor(self):
        for cell in engine.CELLS:
            self.check(cell, {EPOLL: result(1.04, rate=3.0, microseconds=0.2),
                              URING: result(0.89, rate=3.0, microseconds=0.2)})
        self.check("1 × 4 KiB", {EPOLL: result(1.06)}, (EPOLL, "1.06", "1.05"))
        self.check("64 × 64 B", {URING: result(0.91)}, (URING, "0.91", "0.90"))
        self.check("1,000 × 64 B", {URING: result(0.91)}, (URING, "0.91", "0.90"))
        for count in ("1", "64", "1,000", "10,000"):
            self.check(f"{count} × 64 KiB", {URING: result(1.01)}, (URING, "1.01", "1.00"))
        self.check("10,000 × 64 B", {URING: result(2.0)}, (URING, "2.00", "1.50"))
        self.check("1 × 4 KiB", {URING: result(2.0)})

    def test_in_terms_of_rivals(self):
        for rival in ("Asio callbacks", "Asio coroutines", "libuv", "libevent", "Go"):
            self.check("1 × 4 KiB", {EPOLL: result(1.04), rival: result(1.03)},
                       (EPOLL, "1.04", rival, "1.03"))
            self.check("1 × 4 KiB", {EPOLL: result(1.04), rival: result(1.05)})
        self.check("1 × 4 KiB", {EPOLL: result(1.04), "bare io_uring": result(0.5)})

    def test_in_requests_a_second(self):
        spinning, pipelined = engine.SPINNING, engine.PIPELINED
        self.check(spinning, {EPOLL: result(9.0, rate=2.4), URING: result(9.0, rate=1.0)},
                   ("2.40", "2.5"))
        self.check(spinning, {EPOLL: result(9.0, rate=2.6), URING: result(9.0, rate=1.0)})
        self.check(pipelined, {EPOLL: result(rate=0.98)}, ("0.98", "1.0"))

    def test_of_datagrams(self):
        cell = engine.DATAGRAMS_CELL
        asio = result(2.0, microseconds=1.6)
        self.check(cell, {EPOLL: result(microseconds=1.0), "Asio callbacks": asio})
        self.check(cell, {EPOLL: result(microseconds=1.1), "Asio callbacks": asio},
                   (EPOLL, "1.45", "1.6"))
        self.check(OFFLOAD, {URING: result(microseconds=0.26)}, (URING, "0.26", "0.25"))

    def test_of_memory(self):
        sizes = {EPOLL: 301.0, URING: 299.0, FLOOR: 0.0, "Go": 5000.0}
        row, engine.idle_row = engine.idle_row, lambda server, _, count: (
            f"{count:,} idle: {server}", sizes.get(server, 310.0))
        try:
            rows, late = engine.idle_rows([FLOOR, EPOLL, URING, "Go"])
        finally:
            engine.idle_row = row
        self.assertEqual([size for _, size in rows], ["0", "301", "299", "5,000", "310"])
        self.assertEqual(len(late), 2)
        self.assertIn("301 bytes", late[0])
        self.assertIn("three loops: 310 bytes", late[1])


if __name__ == "__main__":
    unittest.main()
