# SPDX-License-Identifier: MIT
"""A server among clients that nobody wants: nothing of them stays, and nobody else notices."""

import contextlib
import os
import socket
import ssl
import statistics
import subprocess
import tempfile
import time
import unittest

from pki import Authority
from support import PATIENCE, Program, enter_own_network, main, program

KILLED = 100_000
WARM_UP = 20_000  # until free lists and tables have their size
KILL_ROUNDS, MOST_KILL_ROUNDS = 5, 15
HANDSHAKES = 10_000  # that are broken off
SLOW = 10_000
ASK_ROUNDS, MOST_ASK_ROUNDS = 15, 45
# Nothing times out while a slow machine takes its time.
NO_LIMITS = "connections 20000\nper_address 0\npatience 86400\n"


def setUpModule():
    enter_own_network()


def crowd(what, port, count, *other):
    """What crowd_probe prints."""
    command = [program("tests/crowd_probe"), what, *(str(each) for each in (port, count, *other))]
    return subprocess.run(command, check=True, capture_output=True).stdout


@contextlib.contextmanager
def slow_clients(port, count):
    command = [program("tests/crowd_probe"), "slow", str(port), str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as clients:
        if clients.stdout.readline() != b"ready\n":
            raise AssertionError("the slow clients did not come")
        yield


class Server:
    """A running serve_probe without limits on how many may come."""

    def __init__(self, backend, more=""):
        with tempfile.NamedTemporaryFile("w", delete=False) as settings:
            settings.write(NO_LIMITS + more)
        self.settings = settings.name
        self.program = Program("tests/serve_probe", self.settings,
                               env=dict(os.environ, ZOCALO_BACKEND=backend))
        self.port = int(self.program.wait_for(r"serving at 127\.0\.0\.1:(\d+)")[1])
        self.folder = f"/proc/{self.program.process.pid}"

    def descriptors(self):
        return len(os.listdir(self.folder + "/fd"))

    def memory(self):
        """KiB that it has in memory."""
        with open(self.folder + "/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def allocated(self):
        """Bytes that it has allocated; it speaks TLS."""
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as plain, \
                trusting.wrap_socket(plain) as client:
            client.sendall(b"held?\n")
            return int(client.makefile().readline())

    def wait_for_descriptors(self, count):
        until = time.monotonic() + 6 * PATIENCE
        while self.descriptors() != count:
            if time.monotonic() > until:
                raise AssertionError(f"{self.descriptors()} descriptors instead of {count}")
            time.sleep(0.02)

    def __enter__(self):
        self.program.__enter__()
        return self

    def __exit__(self, *failure):
        os.unlink(self.settings)
        self.program.__exit__(*failure)


def ratio(pairs):
    """Of what is usual among slow clients to what is usual alone: a server that suffers in most
    rounds does not pass, however lucky it is in the others."""
    alone, among = zip(*pairs)
    return statistics.median(among) / statistics.median(alone)


class ratios(unittest.TestCase):
    def test_are_those_of_most_rounds(self):
        triples = [(100, 300)] * 8
        self.assertGreater(ratio(triples + [(100, 90)] * 7), 2)
        self.assertGreater(ratio(triples + [(1000, 100)] * 7), 2)
        self.assertLess(ratio([(100, 110)] * 8 + [(100, 9000)] * 7), 2)


class crowds(unittest.TestCase):
    def kill_many(self, backend, how="kill", count=KILLED, warm_up=WARM_UP, more=""):
        """What every client leaves behind would make every round grow; a new peak does not."""
        with Server(backend, more) as server:
            descriptors = server.descriptors()
            crowd(how, server.port, warm_up)
            server.wait_for_descriptors(descriptors)
            memory = [server.memory()]
            growth = []
            while len(growth) < KILL_ROUNDS or (
                    len(growth) < MOST_KILL_ROUNDS and KILL_ROUNDS * min(growth) > memory[0] / 100):
                crowd(how, server.port, count // KILL_ROUNDS)
                server.wait_for_descriptors(descriptors)
                memory.append(server.memory())
                growth.append(memory[-1] - memory[-2])
            print(f"    KiB after each {count // KILL_ROUNDS} clients: {memory}")
            self.assertLessEqual(KILL_ROUNDS * min(growth), memory[0] / 100)

    def test_leave_nothing_behind_on_epoll(self):
        self.kill_many("epoll")

    def test_leave_nothing_behind_on_io_uring(self):
        self.kill_many("uring")

    def test_leave_nothing_behind_in_a_handshake(self):
        with tempfile.TemporaryDirectory() as folder:
            chain, key = Authority(folder).for_servers()
            for backend in ("epoll", "uring"):
                self.kill_many(backend, "hello", HANDSHAKES, HANDSHAKES,
                               f"certificate {chain} {key}\n")

    def kill_in_tls(self, backend, certificate):
        """What is in memory grows in jumps here, with epoll as with io_uring: each client has some
        100 blocks of OpenSSL's for a moment, and the allocator keeps what a moment with more
        clients, or an unlucky order, once needed. (Of 50,000 it had its last MB behind the
        14,000th.) What is allocated says it better: a leak makes it grow in every round."""
        with Server(backend, certificate) as server:
            descriptors = server.descriptors()
            crowd("tls", server.port, HANDSHAKES // 2)
            held = []
            for _ in range(KILL_ROUNDS + 1):
                server.wait_for_descriptors(descriptors)
                held.append(server.allocated())
                crowd("tls", server.port, HANDSHAKES // KILL_ROUNDS)
            print(f"    bytes allocated after each {HANDSHAKES // KILL_ROUNDS} clients: {held}")
            growth = min(after - before for before, after in zip(held, held[1:]))
            smallest_block = 24  # of the allocator's; a leak is at least one for each client
            self.assertLess(growth, smallest_block * (HANDSHAKES // KILL_ROUNDS) // 3)
            self.assertLess(held[-1], 2 * held[0])

    def test_leave_nothing_behind_in_a_dialogue_within_tls(self):
        with tempfile.TemporaryDirectory() as folder:
            chain, key = Authority(folder).for_servers()
            for backend in ("epoll", "uring"):
                self.kill_in_tls(backend, f"certificate {chain} {key}\n")

    def serve_beside_slow_ones(self, backend):
        """Two servers, one of them with slow clients, are asked in turn, one question here and one
        there: what else runs on this machine meets both alike. When the first rounds say that one
        suffers, three times as many decide."""
        with Server(backend) as lonely, Server(backend) as crowded:
            descriptors = crowded.descriptors()
            with slow_clients(crowded.port, SLOW):
                pairs = []
                for rounds in (ASK_ROUNDS, MOST_ASK_ROUNDS):
                    while len(pairs) < rounds:
                        both = crowd("ask", lonely.port, 1000, crowded.port).split()
                        pairs.append(tuple(int(one) for one in both))
                    if ratio(pairs) <= 2:
                        break
                self.assertGreaterEqual(crowded.descriptors(), SLOW)
            print(f"    99th percentiles alone and among {SLOW} slow ones, in us: {pairs}")
            print(f"    {ratio(pairs):.2f} times")
            self.assertLessEqual(ratio(pairs), 2)
            crowded.wait_for_descriptors(descriptors)

    def test_of_slow_clients_harm_nobody_on_epoll(self):
        self.serve_beside_slow_ones("epoll")

    def test_of_slow_clients_harm_nobody_on_io_uring(self):
        self.serve_beside_slow_ones("uring")


if __name__ == "__main__":
    main()
