# SPDX-License-Identifier: MIT
"""`zocalo listen -u` and `zocalo connect -u` beside Python's socket: UDP and Unix datagrams."""

import os
import socket
import tempfile
import time
import unittest

from running import HERE, connect, listen
from support import PATIENCE, main


def setUpModule():
    socket.setdefaulttimeout(PATIENCE)


def udp(address=(HERE, 0)):
    ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ours.bind(address)
    return ours


class listening(unittest.TestCase):
    def test_each_peer_has_a_conversation_of_its_own(self):
        with listen("-u", "-k", "-e", "cat", HERE, 0) as us:
            where = (HERE, us.port())
            peers = [udp() for _ in range(10)]
            for number, peer in enumerate(peers):
                peer.sendto(b"first of %d" % number, where)
            for number, peer in reversed(list(enumerate(peers))):
                self.assertEqual(peer.recv(100), b"first of %d" % number)
                peer.sendto(b"second of %d" % number, where)
                self.assertEqual(peer.recv(100), b"second of %d" % number)
                peer.close()

    def test_datagrams_keep_their_boundaries(self):
        with listen("-u", "-k", "-e", "cat", HERE, 0) as us, udp() as peer:
            where = (HERE, us.port())
            sizes = (1, 2, 1472, 9000, 60000)
            for size in sizes:
                peer.sendto(os.urandom(1) * size, where)
            self.assertEqual(tuple(len(peer.recv(65536)) for _ in sizes), sizes)

    def test_input_goes_to_all_peers_and_output_comes_from_all(self):
        with listen("-u", "-k", "-v", HERE, 0) as us, udp() as one, udp() as two:
            for peer in (one, two):
                peer.sendto(b"hello\n", (HERE, us.port()))
            us.said("connection from", times=2)
            us.write(b"to both\n")
            self.assertEqual((one.recv(100), two.recv(100)), (b"to both\n",) * 2)
            self.assertEqual(us.output.read(12), b"hello\nhello\n")

    def test_an_idle_peer_is_forgotten_and_may_come_back(self):
        with listen("-u", "-k", "-v", "-i", "200ms", HERE, 0) as us, udp() as peer:
            peer.sendto(b"1", (HERE, us.port()))
            us.said(" ended after")
            peer.sendto(b"2", (HERE, us.port()))
            us.said("connection from", times=2)

    def test_without_keep_only_the_first_peer_counts(self):
        with listen("-u", "-q", "200ms", HERE, 0) as us, udp() as first, udp() as second:
            where = (HERE, us.port())
            first.sendto(b"mine\n", where)
            self.assertEqual(us.output.read(5), b"mine\n")
            second.sendto(b"not mine\n", where)
            us.write(b"answer")
            self.assertEqual(first.recv(100), b"answer")
            self.assertEqual(us.end(), (b"", 0))

    def test_each_address_of_ours_answers_for_itself(self):
        for ours, everywhere in ((("127.0.0.1", "127.0.0.2"), "0.0.0.0"), (("::1",), "::")):
            family = socket.AF_INET6 if ":" in everywhere else socket.AF_INET
            with listen("-u", "-k", "-e", "cat", everywhere, 0) as us, \
                    socket.socket(family, socket.SOCK_DGRAM) as peer:
                port = us.port()
                for here in ours * 2:
                    peer.sendto(b"to %s" % here.encode(), (here, port))
                    answer, where = peer.recvfrom(100)
                    self.assertEqual(answer, b"to %s" % here.encode())
                    self.assertEqual(where[:2], (here, port))

    def test_empty_datagrams_cost_no_processor(self):
        with listen("-u", "-k", "-v", HERE, 0) as us, udp() as peer:
            for _ in range(100):
                peer.sendto(b"", (HERE, us.port()))
            us.said("connection from")
            time.sleep(0.5)
            with open(f"/proc/{us.process.pid}/stat", encoding="ascii") as stat:
                ticks = sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))
            self.assertLess(ticks / os.sysconf("SC_CLK_TCK"), 0.25)


class connecting(unittest.TestCase):
    def test_one_datagram_and_its_answer(self):
        with udp() as server, \
                connect("-u", "-q", "0.5", *server.getsockname(), input=b"Hello") as us:
            data, peer = server.recvfrom(100)
            self.assertEqual(data, b"Hello")
            server.sendto(b"Got your message!", peer)
            self.assertEqual(us.end(), (b"Got your message!", 0))

    def test_nobody_there_is_a_failed_connection(self):
        with udp() as probe:
            port = probe.getsockname()[1]
        with connect("-u", HERE, port) as us:
            us.write(b"anybody?")
            self.assertEqual(us.process.wait(PATIENCE), 4)

    def test_unix_datagrams_in_both_roles(self):
        with tempfile.TemporaryDirectory() as folder:
            path, mine = os.path.join(folder, "socket"), os.path.join(folder, "mine")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
                peer.bind(mine)
                with listen("-v", "-u", "-U", "-k", "-e", "cat", path) as us:
                    us.said("listening on")
                    peer.sendto(b"echo", path)
                    self.assertEqual(peer.recv(100), b"echo")
                    us.stop()
                self.assertFalse(os.path.exists(path))
                with connect("-u", "-U", "-q", "0.5", mine, input=b"hello") as us:
                    data, sender = peer.recvfrom(100)
                    self.assertEqual(data, b"hello")
                    peer.sendto(b"back", sender)
                    self.assertEqual(us.end(), (b"back", 0))


if __name__ == "__main__":
    main()
