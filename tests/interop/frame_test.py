# SPDX-License-Identifier: MIT
"""`zocalo frame` over a wire of the test's own, beside tcpdump."""

import json
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support import PATIENCE, Program, bring_up, enter_own_network, main, program

FAILURE, USAGE, PEER, PERMISSION = 1, 2, 6, 7


def setUpModule():
    enter_own_network()
    subprocess.run("ip link add left type veth peer name right".split(), check=True)
    for card in ("left", "right"):
        Path(f"/proc/sys/net/ipv6/conf/{card}/disable_ipv6").write_text("1")
        bring_up(card)
    for card in ("left", "right"):
        for _ in range(500):
            shown = subprocess.check_output(["ip", "-o", "link", "show", card], text=True)
            if "state UP" in shown:
                break
            time.sleep(0.01)


def frame(*arguments):
    return subprocess.run([program("zocalo"), "frame", *arguments], capture_output=True, text=True,
                          timeout=PATIENCE)


class Frames(unittest.TestCase):
    def capture(self, path):
        """Two of ours and one that the filter leaves out, captured into a file."""
        capturing = subprocess.Popen(
            [program("zocalo"), "frame", "capture", "-i", "right", "-c", "2", "-w", path,
             "ether", "proto", "0x88b5"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn("capturing on right", capturing.stderr.readline())
        for words in (["Hello"], ["--type", "0x88b6", "other"], ["--hex", "1b5b324a"]):
            sent = frame("send", "-i", "left", *words)
            self.assertEqual(sent.returncode, 0, sent.stderr)
        out, errors = capturing.communicate(timeout=PATIENCE)
        self.assertEqual(capturing.returncode, 0, errors)
        self.assertEqual(len(out.splitlines()), 2)

    def test_tcpdump_reads_what_was_captured(self):
        for ending in ("pcap", "pcapng"):
            with tempfile.TemporaryDirectory() as folder:
                path = f"{folder}/frames.{ending}"
                self.capture(path)
                seen = subprocess.run(["tcpdump", "-nXr", path], capture_output=True, text=True,
                                      check=True).stdout
                self.assertEqual(seen.count("0x88b5"), 2)
                self.assertIn("Hello", seen)

    def test_reads_its_own_captures_safely(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/frames.pcapng"
            self.capture(path)
            packets = [json.loads(line)
                       for line in frame("read", "--json", "-x", path).stdout.splitlines()]
            self.assertTrue(bytes.fromhex(packets[0]["data"])[14:].startswith(b"Hello"))
            dump = frame("read", "-x", path).stdout
            self.assertIn("6c 6c 6f 00", dump)
            self.assertNotIn("\x1b", dump)

    def test_a_file_that_is_no_capture_is_refused(self):
        with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
            file.write(b"garbage garbage garbage garbage")
            file.flush()
            refused = frame("read", file.name)
        self.assertEqual(refused.returncode, PEER)
        self.assertIn("offset 0", refused.stderr)

    def test_an_interface_that_does_not_exist_is_named(self):
        for refused in (frame("capture", "-i", "nowhere"), frame("send", "-i", "nowhere", "x")):
            self.assertEqual(refused.returncode, FAILURE)
            self.assertIn("nowhere", refused.stderr)

    def test_any_captures_all_interfaces(self):
        with tempfile.TemporaryDirectory() as folder:
            for ending in ("pcap", "pcapng"):
                path = f"{folder}/any.{ending}"
                with Program("zocalo", "frame", "capture", "-i", "any", "-c", "2", "-w", path,
                             "ether proto 0x88b5 or arp") as capturing:
                    capturing.complaint(".*capturing on any")
                    frame("send", "-i", "left", "Hello")
                    self.assertEqual(capturing.wait(), 0)
                    capturing.complaint(".* 2 captured.*")
                self.assertEqual([line.split()[1] for line in capturing.lines], ["out", "in"])
                seen = subprocess.run(["tcpdump", "-nnr", path], capture_output=True, text=True,
                                      check=True)
                self.assertIn("LINUX_SLL2", seen.stderr)
                self.assertEqual(seen.stdout.count("ethertype Unknown (0x88b5)"), 2, seen.stdout)
                self.assertRegex(seen.stdout, r"left\s+Out")
                self.assertRegex(seen.stdout, r"right\s+B")
                packets = [json.loads(line)
                           for line in frame("read", "--json", path).stdout.splitlines()]
                self.assertEqual({packet["link"] for packet in packets}, {"Linux cooked v2"})
                self.assertEqual([layer["name"] for layer in packets[0]["layers"]],
                                 ["cooked", "data"])
                indices = [packet["layers"][0]["fields"]["interface"] for packet in packets]
                self.assertEqual([int(index) for index in indices],
                                 [socket.if_nametoindex(name) for name in ("left", "right")])

    def test_any_filters_what_tcpdump_filters(self):
        """The cooked program that the kernel runs chooses what the whole frame would."""
        for expression in ("udp dst port 7777", "ip6 and udp", "inbound and udp",
                           f"ifindex {socket.if_nametoindex('lo')} and udp", "ip[8] = 64 and udp"):
            with Program("zocalo", "frame", "capture", "-i", "any", "-c", "1", expression) as seen:
                seen.complaint(".*capturing on any")
                for host, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
                    with socket.socket(family, socket.SOCK_DGRAM) as sender:
                        sender.sendto(b"x", (host, 8888))
                        sender.sendto(b"x", (host, 7777))
                seen.wait_for(".*7777.*" if "7777" in expression else
                              ".*IPv6.*" if "ip6" in expression else ".*8888.*")
                seen.complaint(".* 1 captured.*")
                self.assertEqual(seen.wait(), 0)
        for expression in ("ether src 02:00:5e:10:00:01", "link[1] = 3", "link[ip[8]:1] = 3"):
            refused = frame("capture", "-i", "any", expression)
            self.assertEqual(refused.returncode, USAGE)
            self.assertIn(expression, refused.stderr)

    def test_a_file_that_cannot_be_opened_is_no_failed_connection(self):
        for command in (("read",), ("send", "-i", "left", "--file"),
                        ("capture", "-i", "right", "-w")):
            for path in ("/no/such/file.pcapng", "/"):
                refused = frame(*command, path)
                self.assertEqual(refused.returncode, FAILURE, refused.stderr)
                self.assertIn(f'"{path}"', refused.stderr)

    def test_a_wrong_command_line_is_refused_before_anything_is_opened(self):
        # The interface does not exist: whoever opened something would say so.
        for words in (["--hex", "1b5"], ["--hex", "xy"], ["--to", "02:00"], ["--from", "me"],
                      ["--type", "0x1"], ["--type", "ip"], ["--raw", "0011"], ["--raw", ""],
                      ["--from", ""], ["--hex", "00", "text"]):
            refused = frame("send", "-i", "nowhere", *words)
            self.assertEqual(refused.returncode, USAGE, (words, refused.stderr))
            self.assertNotIn("nowhere", refused.stderr)
        for words in (["-w", "-", "--json"], ["-w", "-", "-x"], ["-c", "0"], ["-B", "1"]):
            refused = frame("capture", "-i", "nowhere", *words)
            self.assertEqual(refused.returncode, USAGE, (words, refused.stderr))
            self.assertNotIn("nowhere", refused.stderr)

    def test_an_empty_payload_is_sent_and_said(self):
        with Program("zocalo", "frame", "capture", "-i", "right", "-c", "3", "--json", "-x",
                     "ether proto 0x88b5") as capturing:
            capturing.complaint(".*capturing on right")
            with tempfile.NamedTemporaryFile() as empty:
                for words in ([], ["--hex", ""], ["--file", empty.name]):
                    sent = frame("send", "-i", "left", *words)
                    self.assertEqual(sent.returncode, 0, sent.stderr)
                    self.assertIn("carries nothing", sent.stderr)
                    data = json.loads(capturing.wait_for("{.*}")[0])["data"]
                    self.assertEqual(data[28:], "00" * 46)
            capturing.complaint(".* 3 captured.*")
            self.assertEqual(capturing.wait(), 0)

    def test_a_capture_goes_into_another_program(self):
        capturing = subprocess.Popen(
            [program("zocalo"), "frame", "capture", "-i", "right", "-c", "1", "-w", "-",
             "ether proto 0x88b5"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertIn(b"capturing on right", capturing.stderr.readline())
        frame("send", "-i", "left", "Hello")
        written, _ = capturing.communicate(timeout=PATIENCE)
        seen = subprocess.run(["tcpdump", "-nXr", "-"], input=written, capture_output=True,
                              check=True)
        self.assertIn(b"Hello", seen.stdout)


if __name__ == "__main__":
    main()
