# SPDX-License-Identifier: MIT
"""`zocalo serve` flooded by clients of HTTP/2 (threats H1 to H6): who asks beside them is answered
as before, and no flood stays in memory."""

import contextlib
import socket
import tempfile
import time
import unittest
from pathlib import Path

import http2_floods
import http2_frames as h2
from http2_frames import frame
from siege import Server, ask_both, attack
from support import PATIENCE, enter_own_network, main

HERE = "127.0.0.1"


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


class floods(unittest.TestCase):
    MOST_MEMORY = 128 * 1024  # KiB that are added: what 200 connections of an attacker may hold
    MOST_PROCESSOR = 0.01  # seconds for each connection of an attacker

    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "readme.txt").write_text("Hello\n")
        self.lonely = self.enterContext(Server(folder, 8081))
        self.flooded = self.enterContext(Server(folder, 8082))

    def check(self, name):
        memory, processor, told = self.flooded.memory(), self.flooded.processor(), []
        clients = [h2.good_client(each.port) for each in (self.lonely, self.flooded)]
        with attack(http2_floods.__file__, name, self.flooded.port, told=told):
            took, limit = ask_both(*(each.ask for each in clients))
            grown = self.flooded.memory() - memory
        for each in clients:
            each.close()
        spent = (self.flooded.processor() - processor) / told[0]
        print(f"    {name}: 99 % in {1000 * took:.1f} of {1000 * limit:.1f} ms, {grown} KiB, "
              f"{1000 * spent:.2f} ms of the processor for each of {told[0]:.0f} connections")
        self.assertLessEqual(took, limit)
        self.assertLessEqual(grown, self.MOST_MEMORY)
        self.assertLessEqual(spent, self.MOST_PROCESSOR)

    def test_harm_nobody_else(self):
        for name in http2_floods.FLOODS:
            with self.subTest(name):
                self.check(name)

    def test_stalled_streams_have_a_bound(self):
        """1,000 streams that are asked for much, and take nothing (H6)."""
        memory = self.flooded.memory()
        (self.flooded.served / "large").write_bytes(bytes(3_000_000))
        lines = []
        for _ in range(10):
            line = self.enterContext(socket.create_connection((HERE, self.flooded.port)))
            line.sendall(h2.preface(h2.setting(4, 0)) + b"".join(
                http2_floods.asking(2 * i + 1, b"/large") for i in range(100)))
            lines.append(line)
        good = h2.good_client(self.flooded.port)
        until = time.monotonic() + 1
        while time.monotonic() < until:
            self.assertEqual(good.ask(), b"Hello\n")
        grown = self.flooded.memory() - memory
        print(f"    1,000 stalled streams: {grown} KiB")
        good.close()
        self.assertLessEqual(grown, 1000 * 256)

    def test_resets_that_nobody_takes_have_a_bound(self):
        """Wrong requests, as fast as they go, on a line on which no answer goes (H2, H4)."""
        (self.flooded.served / "large").write_bytes(bytes(8_000_000))
        line = self.enterContext(socket.socket())
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect((HERE, self.flooded.port))
        line.sendall(h2.preface(h2.setting(4, 0x7FFFFFFF)) + frame(
            h2.WINDOW, 0, 0, (0x7FFF0000).to_bytes(4, "big")) + http2_floods.asking(1, b"/large"))
        time.sleep(1)
        memory, sent = self.flooded.memory(), 0
        line.settimeout(2)
        with contextlib.suppress(TimeoutError, ConnectionError):
            for first in range(3, 2_000_001, 20_000):
                line.sendall(b"".join(http2_floods.asking(stream, b"no-path")
                                      for stream in range(first, first + 20_000, 2)))
                sent += 10_000
        grown = self.flooded.memory() - memory
        print(f"    {sent} wrong requests: {grown} KiB")
        self.assertLessEqual(grown, 8 * 1024)
        self.assertLess(sent, 1_000_000, "whoever was given up is still read")


if __name__ == "__main__":
    main()
