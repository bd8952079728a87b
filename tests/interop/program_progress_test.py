# SPDX-License-Identifier: MIT
"""What `zocalo` shows on the way, and what it saves when Ctrl-C ends it."""

import os
import pty
import socket
import subprocess
import threading
import time
import unittest

from running import HERE, connect, listen
from support import PATIENCE, main, program, receive_all, run
from terminal import on_a_terminal

ERASE = b"\r\x1b[K"


def setUpModule():
    socket.setdefaulttimeout(PATIENCE)


class progress(unittest.TestCase):
    def transfer(self, *options, seconds=1.6, answer=b"", **terminal):
        """What a terminal shows of a transfer of 5000 bytes that lasts so long."""
        with socket.create_server((HERE, 0)) as server:
            where = server.getsockname()
            with on_a_terminal("connect", *options, *where, data=b"x" * 5000, **terminal) as us:
                connection, _ = server.accept()
                with connection:
                    connection.sendall(answer)
                    connection.recv(5000, socket.MSG_WAITALL)
                    time.sleep(seconds)
        return us.shown

    def test_a_long_transfer_shows_how_far_it_is_and_erases_that_at_its_end(self):
        shown = self.transfer("-v")
        self.assertRegex(shown, rb"\r\x1b\[K5\.0 kB sent, 0 B received in 1 s, \d.*B/s now")
        _, end = shown.rsplit(ERASE, 1)
        self.assertRegex(end, rb"^zocalo: 5000 bytes sent, 0 bytes received in \d\.\d+ seconds\r$")

    def test_what_is_received_on_the_same_terminal_is_not_written_over(self):
        shown = self.transfer("-v", stdout=None, answer=b"to be read\n")
        self.assertIn(b"to be read\r\n", shown)
        self.assertNotIn(b"\x1b", shown)

    def test_is_for_those_who_ask_for_it(self):
        for options, terminal in (((), {}), (("-v",), {"term": "dumb"}), (("-v", "--hex"), {})):
            with self.subTest(options=options, **terminal):
                self.assertNotIn(b"\x1b", self.transfer(*options, seconds=1.2, **terminal))
        self.assertNotIn(b"\x1b", self.transfer("-v", seconds=0.1))

    def test_a_listener_with_several_clients_shows_the_sum(self):
        ours, theirs = pty.openpty()
        us = subprocess.Popen([program("zocalo"), "listen", "-k", "-v", HERE, "0"], stderr=theirs,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              env={**os.environ, "TERM": "xterm"})
        os.close(theirs)
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            try:
                port = int(terminal.readline().rsplit(b":", 1)[1])
                clients = [socket.create_connection((HERE, port)) for _ in range(3)]
                for client in clients:
                    client.sendall(b"y" * 700)
                shown = b""
                while b"2.1 kB received" not in shown:
                    shown += terminal.read(4096)
                us.send_signal(2)
                for client in clients:
                    client.close()
                self.assertEqual(us.wait(PATIENCE), 130)
            finally:
                us.kill()
                us.wait()


class ctrl_c(unittest.TestCase):
    def stopped_behind_a_slow_reader(self, us, talk):
        """What a reader gets that reads nothing until Ctrl-C has been sent."""
        talk()
        time.sleep(0.3)  # until the pipe to the reader is full
        us.process.send_signal(2)
        time.sleep(0.1)
        got = us.output.read()
        return got, us.process.wait(PATIENCE)

    def test_writes_what_was_received(self):
        data = os.urandom(120_000)  # more than a pipe holds, less than the smallest window
        for keep in ((), ("-k",)):
            with self.subTest(keep), listen(*keep, HERE, 0) as us:
                with socket.create_connection((HERE, us.port())) as client:
                    got = self.stopped_behind_a_slow_reader(us, lambda: client.sendall(data))
                self.assertEqual((len(got[0]), got[1]), (len(data), 130))
                self.assertTrue(got[0] == data)
        with socket.create_server((HERE, 0)) as server, connect(*server.getsockname()) as us:
            connection, _ = server.accept()
            with connection:
                got = self.stopped_behind_a_slow_reader(us, lambda: connection.sendall(data))
            self.assertEqual((len(got[0]), got[1]), (len(data), 130))
            self.assertTrue(got[0] == data)

    def test_takes_the_datagrams_that_it_has(self):
        with listen("-u", "-k", HERE, 0) as us, socket.socket(type=socket.SOCK_DGRAM) as peer:
            for number in range(60):  # more than a pipe holds, less than the kernel keeps
                peer.sendto(b"%02d" % number * 700, (HERE, us.port()))
            got, code = self.stopped_behind_a_slow_reader(us, lambda: None)
        self.assertEqual([got[at:at + 2] for at in range(0, len(got), 1400)],
                         [b"%02d" % number for number in range(60)])
        self.assertEqual((len(got), code), (60 * 1400, 130))

    def test_waits_neither_for_a_sender_without_end_nor_for_a_reader_that_is_asleep(self):
        for reads in (True, False):
            with self.subTest(reads=reads), listen(HERE, 0) as us:
                client = socket.create_connection((HERE, us.port()))

                def pour():
                    try:
                        while True:
                            client.sendall(b"z" * 65536)
                    except OSError:
                        client.close()

                def drain():
                    while reads and us.output.read1(65536):
                        pass

                threads = [threading.Thread(target=each) for each in (pour, drain)]
                for thread in threads:
                    thread.start()
                time.sleep(0.2)
                started = time.monotonic()
                self.assertEqual(us.stop(), 130)
                self.assertLess(time.monotonic() - started, 5)
                for thread in threads:
                    thread.join(PATIENCE)

    def test_ends_what_is_not_yet_a_conversation(self):
        with socket.create_server((HERE, 0)) as silent, listen("-v", "--ssl", HERE, 0) as us:
            waiting = [connect("--ssl", *silent.getsockname()),
                       connect("--proxy", "socks5://%s:%d" % silent.getsockname(), HERE, 1)]
            with socket.create_connection((HERE, us.port())):
                us.said("connection from")  # and no handshake
                for each in [us, *waiting]:
                    with each:
                        time.sleep(0.1)
                        started = time.monotonic()
                        self.assertEqual(each.stop(), 130)
                        self.assertLess(time.monotonic() - started, 3)

    def test_says_how_much_it_was(self):
        with socket.create_server((HERE, 0)) as server:
            with connect("-v", *server.getsockname()) as us:
                connection, _ = server.accept()
                with connection:
                    connection.sendall(b"12345")
                    self.assertEqual(us.output.read(5), b"12345")
                    self.assertEqual(us.stop(), 130)
                us.said("0 bytes sent, 5 bytes received")


class words(unittest.TestCase):
    def test_help_does_not_list_what_excludes_what(self):
        for command in ("connect", "listen", "resolve", "interfaces"):
            text = run("zocalo", command, "--help", show_errors=False).stdout
            self.assertNotIn("Excludes", text)
            self.assertNotIn("\n\n\n", text)
            self.assertRegex(text, r"\S\n$")
            self.assertIn("  -4 ", text)
        done = run("zocalo", "resolve", "-4", "-6", "localhost")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, "-4.*-6|-6.*-4")

    def test_a_refused_connection_is_told_in_one_breath(self):
        with socket.create_server((HERE, 0)) as probe:
            port = probe.getsockname()[1]
        done = run("zocalo", "connect", HERE, port)
        self.assertEqual(done.stderr, f"zocalo: connect {HERE}:{port}: Connection refused\n")
        done = run("zocalo", "connect", "-4", "localhost", port)
        self.assertEqual(done.stderr, f"zocalo: connect localhost:{port} ({HERE}:{port}): "
                                      "Connection refused\n")

    def test_allow_and_deny_take_names(self):
        with listen("-k", "-v", "--allow", "localhost", HERE, 0) as us:
            for source, word in ((HERE, "connection from"), ("127.0.0.9", "turned away")):
                with socket.create_connection((HERE, us.port()), source_address=(source, 0)):
                    us.said(f"{word} {source}")
        with listen("-v", "--deny", "192.0.2.0/24,localhost", HERE, 0) as us:
            with socket.create_connection((HERE, us.port())) as client:
                us.said(f"turned away {HERE}")
                self.assertEqual(receive_all(client), b"")
        for rule, code in (("nosuch.invalid", 3), ("10.0.0.300", 2), ("10.0.0.1/8", 2)):
            done = run("zocalo", "listen", "--allow", rule, HERE, 0)
            self.assertEqual(done.returncode, code)
            self.assertIn(rule, done.stderr)


if __name__ == "__main__":
    main()
