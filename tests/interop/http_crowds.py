# SPDX-License-Identifier: MIT
"""Clients of HTTP that are slow on purpose (threat N1): `http_crowds.py heads|contents|readers PORT
COUNT` keeps so many of them at a server until its input ends, and makes each anew that is ended.
Prints how many were ended, and for how many seconds the one stayed that stayed longest."""

import select
import socket
import sys
import time

PAUSE = 3  # seconds between two bytes
AT_ONCE = 50  # that begin together


def say_head(number):
    return b"GET /readme.txt HTTP/1.1\r\nHost: localhost\r\nX-Slow: "


def say_content(number):
    return (f"PUT /slow{number} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
            ).encode()


def say_all(number):
    return b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"


KINDS = {"heads": say_head, "contents": say_content, "readers": say_all}


class slow_client:
    def __init__(self, kind, port, number):
        self.kind, self.begun = kind, time.monotonic()
        self.line = socket.socket()
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        # each from an address of its own: nobody counts them as one
        self.line.bind((f"127.1.{number // 250}.{number % 250 + 1}", 0))
        self.line.connect(("127.0.0.1", port))
        self.line.sendall(KINDS[kind](number))
        self.line.setblocking(False)

    def go_on(self):
        """Whether it may. Only a reader is answered before it has ended."""
        if self.line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            return False
        try:
            if self.kind != "readers":
                self.line.send(b"x")
            return bool(self.line.recv(50)) and self.kind == "readers"
        except BlockingIOError:
            return True
        except OSError:
            return False

    def age(self):
        return time.monotonic() - self.begun


def crowd(kind, port, count):
    clients = [slow_client(kind, port, number) for number in range(count)]
    print("ready", flush=True)
    ended, longest, at = 0, 0.0, 0
    while not select.select([sys.stdin], [], [], PAUSE * AT_ONCE / count)[0]:
        for number in range(at, min(at + AT_ONCE, count)):
            client = clients[number]
            longest = max(longest, client.age())
            if not client.go_on():
                client.line.close()
                ended += 1
                clients[number] = slow_client(kind, port, number)
        at = at + AT_ONCE if at + AT_ONCE < count else 0
    print(ended, longest)


if __name__ == "__main__":
    crowd(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
