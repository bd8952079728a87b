# SPDX-License-Identifier: MIT
"""`zocalo ping`, `trace` and `frame scan` beside the system's ping, traceroute and arping.

    here 10.1.0.1 --- .2 near 10.2.0.1 --- .2 far 10.3.0.1 --- .2 there
"""

import json
import re
import shutil
import signal
import subprocess
import time
import unittest

from hosts import (Host, ThisHost, let_everybody_ping, wait_until_reachable, wire,
                   without_rights)
from support import PATIENCE, Program, cannot_run, enter_own_network, main, program

USAGE, NAME, CONNECT, TIMED_OUT, PERMISSION = 2, 3, 4, 5, 7
THERE, THERE6 = "10.3.0.2", "fd00:3::2"
hosts = {}


def setUpModule():
    enter_own_network()
    for tool in ("ping", "traceroute", "arping"):
        if not shutil.which(tool):
            cannot_run("no " + tool)
    here = hosts["here"] = ThisHost()
    near, far, there = (hosts.setdefault(name, Host()) for name in ("near", "far", "there"))
    for router in (near, far):
        router.set("ipv4/ip_forward", 1)
        router.set("ipv6/conf/all/forwarding", 1)
    for host in (near, far, there):
        # Answers without end, so that one test does not use up those of another.
        host.set("ipv4/icmp_ratelimit", 0)
        host.set("ipv6/icmp/ratelimit", 0)
    chain = (here, near, far, there)
    for i in range(3):
        wire(chain[i], f"east{i}", [f"10.{i + 1}.0.1/24", f"fd00:{i + 1}::1/64"],
             chain[i + 1], f"west{i}", [f"10.{i + 1}.0.2/24", f"fd00:{i + 1}::2/64"])
    for i in range(3):
        for k in range(1, 4):
            if k > i + 1:
                chain[i].run(f"ip route add 10.{k}.0.0/24 via 10.{i + 1}.0.2")
                chain[i].run(f"ip route add fd00:{k}::/64 via fd00:{i + 1}::2")
            if k <= i:
                chain[i + 1].run(f"ip route add 10.{k}.0.0/24 via 10.{i + 1}.0.1")
                chain[i + 1].run(f"ip route add fd00:{k}::/64 via fd00:{i + 1}::1")
    for router in (near, far, there):
        for address in ("10.1.0.1", "fd00:1::1"):
            wait_until_reachable(router, address)
    near.run("ip route add prohibit 10.99.0.0/24")
    near.run("ip route add prohibit fd00:99::/64")
    here.run("ip route add 10.99.0.0/24 via 10.1.0.2")
    here.run("ip route add fd00:99::/64 via fd00:1::2")


def tearDownModule():
    for host in hosts.values():
        host.close()


def system(*words):
    return subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE).stdout


def zocalo(*words, rights=True):
    command = [program("zocalo"), *words]
    done = subprocess.run(command if rights else without_rights(command), capture_output=True,
                          text=True, timeout=PATIENCE)
    for line in (done.stdout + done.stderr).splitlines():
        print("    zocalo |", line)
    return done


def objects(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


class ping(unittest.TestCase):
    def test_says_what_the_systems_ping_says(self):
        for host, family in ((THERE, "-4"), (THERE6, "-6")):
            words = (family, "-c", "3", "-i", "0.2", "-s", "100", host)
            ours, theirs = zocalo("ping", *words).stdout, system("ping", *words)
            for pattern in (r"\d+ packets transmitted, \d+ received, \S+ packet loss",
                            r"108 bytes from .*?:", r"ttl=\d+"):
                self.assertEqual(re.search(pattern, ours)[0], re.search(pattern, theirs)[0])
            self.assertEqual(len(re.findall("seq=", ours)), len(re.findall("seq=", theirs)))
            self.assertRegex(ours, r"rtt min/avg/max/mdev = [\d.]+/[\d.]+/[\d.]+/[\d.]+ ms\n")

    def test_needs_no_rights_where_the_system_allows_it(self):
        let_everybody_ping(hosts["here"])
        for host in (THERE, THERE6, "127.0.0.1", "::1"):
            done = zocalo("ping", "-v", "-c", "1", host, rights=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("raw", done.stderr)

    def test_is_raw_elsewhere_or_says_what_is_missing(self):
        hosts["here"].set("ipv4/ping_group_range", "1 0")
        for host in (THERE, THERE6):
            done = zocalo("ping", "-v", "-c", "1", host)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("raw", done.stderr)
            refused = zocalo("ping", "-c", "1", host, rights=False)
            self.assertEqual(refused.returncode, PERMISSION)
            self.assertIn("ping_group_range", refused.stderr)
            self.assertIn("CAP_NET_RAW", refused.stderr)

    def test_errors_of_routers_are_told(self):
        for raw in (False, True):
            hosts["here"].set("ipv4/ping_group_range", "1 0" if raw else "0 2147483647")
            for host, router, words, code in (
                    ("10.99.0.1", "10.1.0.2", "prohibited", CONNECT),
                    ("fd00:99::1", "fd00:1::2", "prohibited", CONNECT)):
                done = zocalo("ping", "-c", "1", host)
                self.assertEqual(done.returncode, code)
                self.assertRegex(done.stdout, f"From {router}: seq=1 .*{words}")
                self.assertIn("1 packets transmitted, 0 received, +1 errors", done.stdout)
            for host, router in ((THERE, "10.2.0.2"), (THERE6, "fd00:2::2")):
                done = zocalo("ping", "-c", "1", "-t", "2", host)
                self.assertIn(f"From {router}: seq=1 too many hops", done.stdout)

    def test_silence_is_a_time_out(self):
        hosts["there"].set("ipv4/icmp_echo_ignore_all", 1)
        try:
            started = time.monotonic()
            done = zocalo("ping", "-c", "2", "-i", "0.1", "-W", "300ms", THERE)
            took = time.monotonic() - started
        finally:
            hosts["there"].set("ipv4/icmp_echo_ignore_all", 0)
        self.assertEqual(done.returncode, TIMED_OUT)
        self.assertIn("2 packets transmitted, 0 received, 100% packet loss", done.stdout)
        self.assertTrue(0.4 <= took < 3, took)

    def test_prints_json(self):
        answer, end = objects(zocalo("ping", "-c", "1", "--json", THERE))
        self.assertEqual((answer["sequence"], answer["from"], answer["bytes"]), (1, THERE, 64))
        self.assertEqual(answer["hop_limit"], 62)
        self.assertEqual((end["sent"], end["received"], end["lost_percent"]), (1, 1, 0.0))
        self.assertEqual(end["round_trip"]["least"], answer["milliseconds"])

    def test_ctrl_c_ends_it_with_statistics(self):
        with Program("zocalo", "ping", "-i", "0.1", THERE) as running:
            running.wait_for(".* seq=3 .*")
            self.assertEqual(running.interrupt(signal.SIGINT), 0)
            running.wait_for(r"\d+ packets transmitted, \d+ received, .*")

    def test_wrong_words(self):
        for words in (["-s", "70000", THERE], ["-c", "0", THERE], ["-t", "256", THERE],
                      ["-i", "1ms", THERE], []):
            self.assertEqual(zocalo("ping", *words).returncode, USAGE)
        self.assertEqual(zocalo("ping", "nosuch.invalid").returncode, NAME)
        self.assertEqual(zocalo("ping", "-6", THERE).returncode, NAME)
        self.assertEqual(zocalo("ping", "-c", "1", "192.0.2.1").returncode, CONNECT)


class trace(unittest.TestCase):
    def hops(self, text):
        """Distance and addresses of each line."""
        lines = re.findall(r"^ *(\d+)  (.*)$", text, re.MULTILINE)
        return [(int(number), re.findall(r"(?:\d+\.){3}\d+(?= )|fd00:[0-9a-f:]+", rest))
                for number, rest in lines]

    def test_finds_the_routers_that_traceroute_finds(self):
        for host, routers in ((THERE, ["10.1.0.2", "10.2.0.2", THERE]),
                              (THERE6, ["fd00:1::2", "fd00:2::2", THERE6])):
            done = zocalo("trace", host, rights=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.hops(done.stdout), [(i + 1, [routers[i]]) for i in range(3)])
            self.assertEqual(self.hops(done.stdout), self.hops(system("traceroute", "-n", host)))
            self.assertEqual(done.stdout.count(" ms"), 9)

    def test_a_refusal_ends_it(self):
        for host in ("10.99.0.1", "fd00:99::1"):
            done = zocalo("trace", "-q", "1", host)
            self.assertEqual(done.returncode, CONNECT)
            self.assertIn("prohibited", done.stdout)
            self.assertEqual([number for number, _ in self.hops(done.stdout)], [1])

    def test_a_silent_router_is_a_star(self):
        near = hosts["near"]
        near.run("ip route add blackhole 10.1.0.1/32 table 99")
        near.run("ip rule add iif lo table 99")  # what it says itself, not what it forwards
        try:
            done = zocalo("trace", "-q", "1", "-w", "300ms", THERE)
        finally:
            near.run("ip rule del iif lo table 99")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(self.hops(done.stdout), [(1, []), (2, ["10.2.0.2"]), (3, [THERE])])
        self.assertRegex(done.stdout, r"(?m)^ 1  \*$")

    def test_distances_can_be_chosen(self):
        done = zocalo("trace", "-f", "2", "-m", "2", "-q", "1", THERE)
        self.assertEqual(self.hops(done.stdout), [(2, ["10.2.0.2"])])
        self.assertEqual(done.returncode, TIMED_OUT)
        self.assertIn("not reached", done.stderr)

    def test_an_answer_of_a_program_ends_it_too(self):
        script = ("import socket; s = socket.socket(type=socket.SOCK_DGRAM); "
                  "s.bind(('', 40000)); print(flush=True); s.sendto(b'x', s.recvfrom(100)[1])")
        answering = subprocess.Popen(hosts["there"].command(["/usr/bin/python3", "-c", script]),
                                     stdout=subprocess.PIPE)
        answering.stdout.readline()
        done = zocalo("trace", "-q", "1", "-f", "3", "-p", "40000", THERE)
        answering.wait(PATIENCE)
        answering.stdout.close()
        self.assertEqual(self.hops(done.stdout), [(3, [THERE])])
        self.assertEqual(done.returncode, 0)

    def test_prints_json(self):
        hops = objects(zocalo("trace", "--json", "-q", "2", "-N", "1", THERE))
        self.assertEqual([hop["distance"] for hop in hops], [1, 2, 3])
        self.assertEqual([answer["host"] for hop in hops for answer in hop["answers"]],
                         [False] * 4 + [True] * 2)
        self.assertEqual(hops[2]["answers"][1]["from"], THERE)

    def test_wrong_words(self):
        for words in (["-q", "0"], ["-m", "256"], ["-w", "0"], ["-f", "9", "-m", "3"],
                      ["-p", "65530"]):
            self.assertEqual(zocalo("trace", *words, THERE).returncode, USAGE, words)
        self.assertEqual(zocalo("trace", "192.0.2.1").returncode, CONNECT)


class scan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for last in (7, 9, 200):
            hosts["near"].run(f"ip address add 10.1.0.{last}/24 dev west0")

    def card(self):
        return re.search(r"link/ether (\S+)", hosts["near"].run("ip link show west0"))[1]

    def test_finds_everybody_on_the_link(self):
        expected = {(f"10.1.0.{last}", self.card()) for last in (2, 7, 9, 200)}
        for network in ([], ["10.1.0.0/24"]):
            done = zocalo("frame", "scan", "-i", "east0", "-W", "100ms", *network)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual({tuple(line.split()[:2]) for line in done.stdout.splitlines()},
                             expected)
            self.assertIn("4 answered of 253", done.stderr)
        theirs = system("arping", "-c", "1", "-I", "east0", "10.1.0.7")
        self.assertIn(f"from 10.1.0.7 [{self.card().upper()}]", theirs)

    def test_prints_json(self):
        found = objects(zocalo("frame", "scan", "-i", "east0", "--json", "10.1.0.8/31"))
        self.assertEqual([(one["address"], one["hardware"], one["contested"]) for one in found],
                         [("10.1.0.9", self.card(), False)])

    def test_wrong_words(self):
        for words in (["-i", "east0", "fd00::/120"], ["-i", "east0", "10.0.0.0/8"],
                      ["-i", "lo", "127.0.0.0/30"], ["-i", "any", "10.1.0.0/24"],
                      ["-i", "east0", "nonsense"]):
            done = zocalo("frame", "scan", *words)
            self.assertEqual(done.returncode, USAGE, done.stderr)
        refused = zocalo("frame", "scan", "-i", "east0", rights=False)
        self.assertEqual(refused.returncode, PERMISSION)


if __name__ == "__main__":
    main()
