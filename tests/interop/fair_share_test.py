# SPDX-License-Identifier: MIT
"""At the limit of descriptors a loop with many clients leaves some to the loops with few."""

import collections
import contextlib
import os
import resource
import socket
import struct
import tempfile
import threading
import time
import unittest

from support import PATIENCE, Program, enter_own_network, main

LOOPS = 4
ROOM = 4  # descriptors that clients may have, all of them together
MANY = 30  # clients of one loop
HELD = 0.02  # seconds that each keeps its descriptor
FIRST_PORT = 20_000  # of clients: the kernel chooses the loop by it, always the same
SECONDS = 5
SETTINGS = f"connections 20000\nper_address 0\npatience 86400\nloops {LOOPS}\n"


def setUpModule():
    enter_own_network()


class Crowd:
    """Clients of a serve_probe, each from a port of its own."""

    def __init__(self, process, port):
        self.process, self.port = process, port
        self.by_loop = collections.defaultdict(list)
        for source in range(FIRST_PORT, FIRST_PORT + 3 * LOOPS * MANY):
            self.by_loop[self.ask(source, b"loop?\n")].append(source)
        self.until = time.monotonic() + SECONDS
        self.longest = collections.defaultdict(float)
        self.failed = []

    def ask(self, source, line, hold=0.0):
        with socket.socket() as client:
            client.settimeout(PATIENCE)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Closing resets, and the port is free at once.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.bind(("127.0.0.1", source))
            client.connect(("127.0.0.1", self.port))
            client.sendall(line)
            answer = client.recv(100)
            time.sleep(hold)
            return answer

    def leave_little_room(self):
        numbers = [int(each) for each in os.listdir(f"/proc/{self.process.pid}/fd")]
        limit = max(numbers) + 1 + ROOM
        resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE, (limit, limit))

    def come_back(self, loop, source, hold, rest):
        try:
            while time.monotonic() < self.until:
                begin = time.monotonic()
                self.ask(source, b"hello\n", hold)
                self.longest[loop] = max(self.longest[loop], time.monotonic() - begin)
                time.sleep(rest)
        except OSError as error:
            self.failed.append(error)

    def waits(self):
        """The longest that a client has waited at the loop with many, and at each of the others."""
        busy, *others = sorted(self.by_loop)
        threads = [threading.Thread(target=self.come_back, args=(busy, source, HELD, 0))
                   for source in self.by_loop[busy][:MANY]]
        threads += [threading.Thread(target=self.come_back, args=(each, self.by_loop[each][0], 0,
                                                                  0.01)) for each in others]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        return self.longest[busy], [self.longest[each] for each in others]


@contextlib.contextmanager
def serving(backend):
    with tempfile.NamedTemporaryFile("w") as settings:
        settings.write(SETTINGS)
        settings.flush()
        with Program("tests/serve_probe", settings.name,
                     env=dict(os.environ, ZOCALO_BACKEND=backend)) as program:
            port = int(program.wait_for(r"serving at 127\.0\.0\.1:(\d+)")[1])
            yield Crowd(program.process, port)


class loops(unittest.TestCase):
    def share(self, backend):
        """Who is the only client of his loop waits no longer than those who are many. (Without
        turns it was 5 to 20 times as long.)"""
        with serving(backend) as crowd:
            self.assertEqual(len(crowd.by_loop), LOOPS)
            crowd.leave_little_room()
            busy, others = crowd.waits()
            print(f"    longest waits in s, of {MANY} clients: {busy:.3f}, "
                  f"of single ones: {[round(each, 3) for each in others]}")
            self.assertEqual(crowd.failed, [])
            self.assertLess(max(others), 2 * busy)

    def test_share_the_last_descriptors_on_epoll(self):
        self.share("epoll")

    def test_share_the_last_descriptors_on_io_uring(self):
        self.share("uring")


if __name__ == "__main__":
    main()
