# SPDX-License-Identifier: MIT
"""`zocalo frame` over a wire of the test's own, beside tcpdump."""

import json
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support import PATIENCE, bring_up, enter_own_network, main, program


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
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("offset 0", refused.stderr)

    def test_an_interface_that_does_not_exist_is_named(self):
        refused = frame("capture", "-i", "nowhere")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("nowhere", refused.stderr)


if __name__ == "__main__":
    main()
