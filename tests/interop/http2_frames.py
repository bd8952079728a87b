# SPDX-License-Identifier: MIT
"""Frames of HTTP/2 made by hand (RFC 9113 §4, RFC 7541), so that they can be wrong; and a client
that asks for one thing after the other."""

import socket

DATA, HEADERS, PRIORITY, RESET, SETTINGS, PING, WINDOW, CONTINUATION = 0, 1, 2, 3, 4, 6, 8, 9
END_STREAM, END_HEADERS, ACK = 1, 4, 1


def frame(kind, flags=0, stream=0, payload=b""):
    return (len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") +
            payload)


def setting(which, value):
    return which.to_bytes(2, "big") + value.to_bytes(4, "big")


def preface(*settings):
    return b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, payload=b"".join(settings))


def text(what):
    """A string that is not compressed, of less than 127 bytes."""
    return bytes([len(what)]) + what


def request(path):
    """The block of a GET: method and scheme from the static table."""
    return b"\x82\x86" + b"\x04" + text(path) + b"\x01" + text(b"localhost")


class good_client:
    """Asks on one connection, as everybody may."""

    def __init__(self, port, path=b"/readme.txt"):
        self.line = socket.create_connection(("127.0.0.1", port))
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.line.sendall(preface())
        self.block, self.stream, self.came, self.taken = request(path), 1, b"", 0

    def take_frame(self):
        while len(self.came) < 9 or len(self.came) < 9 + int.from_bytes(self.came[:3], "big"):
            more = self.line.recv(65536)
            if not more:
                raise AssertionError("the server has left")
            self.came += more
        size = int.from_bytes(self.came[:3], "big")
        got, self.came = self.came[:9 + size], self.came[9 + size:]
        return got[3], got[4], int.from_bytes(got[5:9], "big"), got[9:]

    def take(self, size):
        self.taken += size
        if self.taken > 30_000:
            self.line.sendall(frame(WINDOW, 0, 0, self.taken.to_bytes(4, "big")))
            self.taken = 0

    def ask(self):
        """The content of a response."""
        flags = END_HEADERS | END_STREAM
        self.line.sendall(frame(HEADERS, flags, self.stream, self.block))
        content = b""
        while True:
            kind, flags, stream, payload = self.take_frame()
            if kind == SETTINGS and not flags & ACK:
                self.line.sendall(frame(SETTINGS, ACK))
            if kind == PING and not flags & ACK:
                self.line.sendall(frame(PING, ACK, 0, payload))
            if stream != self.stream:
                continue
            if kind == DATA:
                content += payload
                self.take(len(payload))
            if flags & END_STREAM:
                self.stream += 2
                return content

    def close(self):
        self.line.close()
