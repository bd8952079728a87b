# SPDX-License-Identifier: MIT
"""Capture files that tcpdump, Wireshark's tools read from us and write for us."""

import os
import re
import shutil
import struct
import subprocess
import tempfile
import unittest

from support import PATIENCE, cannot_run, main, program

FRAME = bytes.fromhex("ffffffffffff02005e1000010806000108000604000102005e100001c0000201"
                      "000000000000c0000202")
PACKETS = [(1_700_000_000_123_456_789, FRAME, 42), (1_700_000_001_000_000_001, FRAME[:40], 60)]


def setUpModule():
    for tool in ("tcpdump", "tshark", "editcap", "capinfos"):
        if not shutil.which(tool):
            cannot_run("no " + tool)


def filtered(*command, input):
    """What a program makes of `input` from its standard input."""
    return subprocess.run(command, input=input, stdout=subprocess.PIPE, check=True,
                          timeout=PATIENCE).stdout


def pcap():
    """PACKETS as a file that no program of ours or theirs wrote."""
    records = (struct.pack("<IIII", time // 10**9, time % 10**9, len(data), wire) + data
               for time, data, wire in PACKETS)
    return struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1) + b"".join(records)


def ours(verb, file):
    return filtered(program("tests/capture_probe"), verb, input=file)


EXPECTED = [f"{time} {len(data)} {wire}" for time, data, wire in PACKETS]


class capture_files(unittest.TestCase):
    def test_tshark_reads_ours(self):
        for form in ("pcap", "pcapng"):
            fields = ("frame.time_epoch", "frame.cap_len", "frame.len", "arp.src.proto_ipv4")
            shown = filtered("tshark", "-n", "-r", "-", "-T", "fields", "-E", "separator=/s",
                             *(f"-e{field}" for field in fields), input=ours(form, pcap()))
            lines = [line.split() for line in shown.decode().splitlines()]
            self.assertEqual([" ".join([line[0].replace(".", ""), *line[1:3]]) for line in lines],
                             EXPECTED, form)
            self.assertEqual(lines[0][3], "192.0.2.1")

    def test_capinfos_finds_what_is_said_of_a_file(self):
        with tempfile.NamedTemporaryFile(suffix=".pcapng") as file:
            file.write(ours("annotated", pcap()))
            file.flush()
            shown = filtered("capinfos", file.name, input=b"").decode()
        for line in (r"Capture hardware: +a test's machine", r"Capture oper-sys: +a test's system",
                     r"Capture application: +capture_probe", r"Capture comment: +about the file",
                     r"Name = eth7", r"Description = the seventh", r"Comment = about eth7",
                     r"Number of packets: +2\n", r"Number of stat entries = 1",
                     r"Number of resolved IPv4 addresses in file: +1"):
            self.assertRegex(shown, line)

    def test_tshark_finds_what_is_said_of_packets(self):
        fields = ("frame.comment", "frame.interface_name", "frame.packet_flags_direction")
        shown = filtered("tshark", "-r", "-", "-T", "fields", "-E", "separator=;",
                         *(f"-e{field}" for field in fields),
                         input=ours("annotated", pcap())).decode()
        self.assertEqual([line.split(";") for line in shown.splitlines()],
                         [["packet 1", "eth7", "0x00000001"], ["packet 2", "eth7", "0x00000002"]])

    def test_we_read_their_comments(self):
        with tempfile.TemporaryDirectory() as folder:
            theirs = os.path.join(folder, "theirs.pcapng")
            filtered("editcap", "-F", "pcapng", "-a", "2: on the second", "-", theirs, input=pcap())
            with open(theirs, "rb") as file:
                shown = ours("show", file.read()).decode()
        self.assertEqual(shown.splitlines(), [EXPECTED[0], EXPECTED[1] + " on the second"])

    def test_tcpdump_reads_ours(self):
        for form in ("pcap", "pcapng"):
            shown = filtered("tcpdump", "-nr", "-", "-tt", "--nano", input=ours(form, pcap()))
            lines = shown.decode().splitlines()
            self.assertEqual(len(lines), 2, form)
            self.assertIn("1700000000.123456789 ARP, Request who-has 192.0.2.2", lines[0])

    def test_we_read_theirs(self):
        writers = {"tcpdump": ("tcpdump", "-r", "-", "-w", "-", "--nano"),
                   "editcap pcapng": ("editcap", "-F", "pcapng", "-", "-"),
                   "editcap nsecpcap": ("editcap", "-F", "nsecpcap", "-", "-"),
                   "tshark": ("tshark", "-r", "-", "-w", "-")}
        for name, command in writers.items():
            with self.subTest(name):
                shown = ours("show", filtered(*command, input=pcap())).decode()
                self.assertEqual(shown.splitlines(), EXPECTED)


class dialogues(unittest.TestCase):
    """What serve::dialogue_capture writes."""

    received = b"EHLO there\r\n"
    sent = bytes(range(256)) * 157  # more than one segment holds

    def captured(self, local, peer):
        return filtered(program("tests/capture_probe"), "dialogue", local, peer,
                        input=self.received + b"\0" + self.sent)

    def shown(self, file, *fields):
        text = filtered("tshark", "-n", "-r", "-", "-o", "tcp.check_checksum:TRUE",
                        "-o", "ip.check_checksum:TRUE", "-T", "fields", "-E", "separator=;",
                        *(f"-e{field}" for field in fields), input=file).decode()
        return [line.split(";") for line in text.splitlines()]

    def test_tshark_finds_nothing_wrong(self):
        for local, peer in (("192.0.2.1:25", "198.51.100.7:40000"),
                            ("[2001:db8::1]:25", "[2001:db8::2]:40000")):
            with self.subTest(local):
                packets = self.shown(self.captured(local, peer), "tcp.checksum.status",
                                     "tcp.analysis.flags", "_ws.malformed", "tcp.flags.str")
                good = [each[:3] == ["1", "", ""] for each in packets]
                self.assertEqual(good, [True] * len(packets), packets)
                self.assertGreater(len(packets), 5)
                handshake = [each[3].replace("\u00b7", "") for each in packets[:3]]
                self.assertEqual(handshake, ["S", "AS", "A"])

    def test_tshark_follows_the_stream(self):
        file = self.captured("192.0.2.1:25", "198.51.100.7:40000")
        text = filtered("tshark", "-n", "-q", "-r", "-", "-z", "follow,tcp,raw,0",
                        input=file).decode()
        self.assertIn("Node 0: 198.51.100.7:40000\n", text)
        self.assertIn("Node 1: 192.0.2.1:25\n", text)
        said = {False: b"", True: b""}  # by the peer, and by us: those are indented
        for line in text.splitlines():
            if re.fullmatch(r"\t?([0-9a-f]{2})+", line):
                said[line.startswith("\t")] += bytes.fromhex(line)
        self.assertEqual(said[False], self.received)
        self.assertEqual(said[True], self.sent)


if __name__ == "__main__":
    main()
