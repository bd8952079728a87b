# SPDX-License-Identifier: MIT
"""Frames and capture files beside Python's AF_PACKET, tcpdump and tshark, on a wire of our own."""

import socket
import subprocess
import unittest
import zlib

from support import PATIENCE, Program, bring_up, cannot_run, enter_own_network, main, program, run

WEST, EAST = "02:00:5e:10:00:01", "02:00:5e:10:00:02"
EXPERIMENTAL = 0x88B5


def setUpModule():
    enter_own_network()
    pair = f"ip link add west address {WEST} type veth peer name east address {EAST}"
    made = subprocess.run(pair, shell=True, capture_output=True, text=True)
    if made.returncode != 0:
        cannot_run("no veth pair: " + made.stderr)
    for name in ("west", "east"):
        with open(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "w") as quiet:
            quiet.write("1")
        bring_up(name)


def card(name, ethertype=EXPERIMENTAL):
    """Python's end of the wire."""
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    end.settimeout(PATIENCE)
    end.bind((name, ethertype))
    return end


class tutorial_frames(unittest.TestCase):
    def test_python_gets_what_frame_sender_sends(self):
        with card("east") as east:
            done = run("examples/frame_sender", "west", "Hello, frame!")
            frame, sender = east.recvfrom(2000)
        self.assertEqual(done.returncode, 0)
        expected = bytes.fromhex("ffffffffffff02005e10000188b5") + b"Hello, frame!"
        self.assertEqual(frame, expected.ljust(60, b"\0"))
        self.assertEqual(sender[4].hex(":"), WEST)
        self.assertIn(f"frame check sequence 0x{zlib.crc32(frame):08x}", done.stdout)
        check = zlib.crc32(frame).to_bytes(4, "little").hex(" ")
        self.assertIn(check, done.stdout.replace("  ", " "))

    def test_frame_receiver_shows_what_python_sends(self):
        payload = b"\x1b[2J\x07 from Python"
        with Program("examples/frame_receiver", "east", "ether proto 0x88b5") as receiver:
            receiver.wait_for("listening on east")
            with card("west") as west:
                west.send(bytes.fromhex("02005e10000202005e10000188b6") + b"not this".ljust(46))
                west.send(bytes.fromhex("02005e10000202005e10000188b5") + payload.ljust(46))
            receiver.wait_for(f"received 60 bytes: {WEST} > {EAST} 0x88b5, .*")
            receiver.wait_for(r"00000000  02 00 5e 10 00 02 02 00  5e 10 00 01 88 b5 1b 5b  "
                              r"\|\.\.\^\.\.\.\.\.\^\.\.\.\.\.\.\[\|")
            receiver.wait_for(r"00000010 .*\|2J\. from Python \|")

    def test_they_meet(self):
        with Program("examples/frame_receiver", "east", "ether proto 0x88b5") as receiver:
            receiver.wait_for("listening on east")
            self.assertEqual(run("examples/frame_sender", "west").returncode, 0)
            receiver.wait_for("received 60 bytes: .*")
            receiver.wait_for(".*Hello, frame.*|.*He\\|")

    def test_errors_say_what_to_do(self):
        done = run("examples/frame_sender", "nowhere")
        self.assertEqual(done.returncode, 1)
        self.assertIn('frame_sender: interface "nowhere": No such device', done.stderr)
        self.assertEqual(run("examples/frame_sender").returncode, 2)
        weak = run("/usr/bin/setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw",
                   "--", program("examples/frame_receiver"), "east")
        self.assertEqual(weak.returncode, 1)
        self.assertIn("CAP_NET_RAW", weak.stderr)


if __name__ == "__main__":
    main()
