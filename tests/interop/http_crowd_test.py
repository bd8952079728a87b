# SPDX-License-Identifier: MIT
"""Thousands of clients of HTTP that are slow on purpose, or only there (threat N1): who asks beside
them is answered as before, the slow ones have an end, and the idle ones cost next to nothing."""

import http.client
import os
import re
import socket
import tempfile
import time
import unittest
from pathlib import Path

import http_crowds
from served_folder import with_folder
from siege import Server, ask_both, attack, memory_of, number_in
from support import PATIENCE, Program, enter_own_network, main

HERE = "127.0.0.1"
SLOW = 1500
HEARD = 10  # seconds until one that sends slowly is ended
TAKEN = 60  # until one is that takes slowly: so long for each 64 KiB
LATE = 15  # seconds more: the machine may be busy
IDLE = 3000
SPOKEN = 2000


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


def asker(port):
    """Asks on a connection of its own each time, as who comes for the first time does."""
    def ask():
        line = http.client.HTTPConnection(HERE, port)
        line.request("GET", "/readme.txt")
        content = line.getresponse().read()
        line.close()
        return content
    return ask


class slow_crowds(unittest.TestCase):
    MOST_MEMORY = 64  # KiB for each of the slow ones
    MOST_PROCESSOR = 0.5  # of one processor, good clients included

    def check(self, kind, limit_of_one, *more):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "readme.txt").write_text("Hello\n")
        with open(folder / "large", "wb") as large:
            large.truncate(1 << 30)
        lonely, besieged = (self.enterContext(Server(folder, port, "-m", 20000, *more))
                            for port in (8081, 8082))
        memory, processor, told = besieged.memory(), besieged.processor(), []
        began = time.monotonic()
        with attack(http_crowds.__file__, kind, besieged.port, SLOW, told=told):
            took, limit = ask_both(asker(lonely.port), asker(besieged.port), limit_of_one + LATE)
            grown = besieged.memory() - memory
        share = (besieged.processor() - processor) / (time.monotonic() - began)
        ended, longest = told
        print(f"    {kind}: 99 % in {1000 * took:.1f} of {1000 * limit:.1f} ms, {grown} KiB, "
              f"{100 * share:.0f} % of a processor, {ended:.0f} ended, {longest:.1f} s at most")
        self.assertLessEqual(took, limit)
        self.assertLessEqual(grown, SLOW * self.MOST_MEMORY)
        self.assertLessEqual(share, self.MOST_PROCESSOR)
        self.assertGreaterEqual(ended, SLOW)
        self.assertLessEqual(longest, limit_of_one + LATE)

    def test_of_heads(self):
        self.check("heads", HEARD)

    def test_of_contents(self):
        self.check("contents", HEARD, "--upload")

    def test_of_readers(self):
        self.check("readers", TAKEN)


class idle_crowds(unittest.TestCase):
    """One process, some thousand clients that say nothing any more."""

    def setUp(self):
        self.probe = self.enterContext(Program("tests/site_probe"))
        self.port = int(self.probe.wait_for(r"serving at 127\.0\.0\.1:(\d+)")[1])
        self.folder = f"/proc/{self.probe.process.pid}"

    def begin(self, target, until):
        """One client that has asked, and heard so much."""
        line = socket.create_connection((HERE, self.port))
        line.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        said = b""
        while until not in said:
            more = line.recv(65536)
            if not more:
                raise AssertionError(f"ended behind {said}")
            said += more
        return line

    def crowd(self, count, target, until, most):
        for _ in range(100):  # what comes with the first ones comes once
            self.begin(target, until).close()
        threads, memory = number_in(self.folder, "Threads:"), memory_of(self.folder)
        lines = [self.begin(target, until) for _ in range(count)]
        time.sleep(1)  # they are parked
        grown = memory_of(self.folder) - memory
        print(f"    {count} of {target}: {grown} KiB, {grown / count:.2f} for each")
        self.assertEqual(number_in(self.folder, "Threads:"), threads)
        self.assertGreaterEqual(len(os.listdir(self.folder + "/fd")), count)
        self.assertLessEqual(grown, count * most)
        return lines

    def test_of_connections_that_are_kept(self):
        lines = self.crowd(IDLE, b"/", b"\r\n\r\nhere", 4)
        for line in lines[::100]:  # each of them is still heard
            line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertTrue(re.search(rb"\r\n\r\nhere$", line.recv(65536)))
        for line in lines:
            line.close()

    def test_of_event_streams(self):
        lines = self.crowd(SPOKEN, b"/events", b"data: welcome", 16)
        self.begin(b"/say", b"\r\n\r\nsaid").close()
        for line in lines:  # and all of them hear what is said now
            said = b""
            while b"data: news" not in said:
                said += line.recv(65536)
            line.close()


class clients_of_serve(with_folder):
    """Those with whom nobody talks are parked."""

    PATIENCE_TO_PARK = 1  # seconds: more than limits::park

    def ask(self, line):
        line.sendall(b"GET /readme.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertIn(b"200 OK", line.recv(4096))

    def test_hold_little(self):
        served = self.serving("--clients", "no", "--threads", "1", "-m", "5000")
        clients = []

        def memory_with(count):
            for _ in range(count):
                clients.append(self.enterContext(socket.create_connection((HERE, 8080))))
                self.ask(clients[-1])
            time.sleep(self.PATIENCE_TO_PARK)
            return memory_of(f"/proc/{served.process.pid}")

        before = memory_with(100)
        self.assertLess((memory_with(400) - before) / 400, 4)  # KiB for each
        self.ask(clients[0])


if __name__ == "__main__":
    main()
