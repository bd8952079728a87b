# SPDX-License-Identifier: MIT
"""How `zocalo` ends: the exit code of each phase, probes, time-outs, signals, terminals."""

import json
import os
import pty
import socket
import subprocess
import threading
import time
import unittest

from running import HERE, connect, listen
from support import PATIENCE, main, program, reset, run

USAGE, NAME, CONNECT, TIMED_OUT, PEER, PERMISSION, BIND, INTERRUPTED = 2, 3, 4, 5, 6, 7, 8, 130


def setUpModule():
    socket.setdefaulttimeout(PATIENCE)


def closed_port():
    with socket.create_server((HERE, 0)) as probe:
        return probe.getsockname()[1]


class silent_listener:
    """A TCP port whose queue is full: who connects gets no answer at all."""

    def __enter__(self):
        self.listener = socket.socket()
        self.listener.bind((HERE, 0))
        self.listener.listen(0)
        self.fillers = []
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(self.listener.getsockname())
            self.fillers.append(filler)
        time.sleep(0.1)
        return self.listener.getsockname()

    def __exit__(self, *_):
        for each in [self.listener, *self.fillers]:
            each.close()


class exit_codes(unittest.TestCase):
    def fails(self, code, message, *arguments):
        done = run("zocalo", *arguments)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertRegex(done.stderr, message)
        self.assertTrue(done.stderr.startswith("zocalo: "))
        self.assertEqual(done.stdout, "")

    def test_usage(self):
        self.fails(USAGE, "subcommand is required")
        self.fails(USAGE, "PORT", "connect", HERE)
        self.fails(USAGE, "duration", "connect", "-w", "soon", HERE, "1")
        self.fails(USAGE, "--nonsense", "connect", "--nonsense", HERE, "1")
        self.fails(USAGE, "port", "connect", "-z", HERE, "99999")
        self.fails(USAGE, r"\\x1b", "connect", "-z", HERE, "1\x1b[31m")
        self.fails(USAGE, "quote is left open", "listen", "-k", "-e", "cat 'x", HERE, "0")

    def test_name(self):
        self.fails(NAME, "nosuch.invalid", "connect", "nosuch.invalid", "80")
        self.fails(NAME, "no-such-service", "connect", HERE, "no-such-service")
        self.fails(NAME, "localhost", "connect", "-n", "localhost", "80")

    def test_connect(self):
        self.fails(CONNECT, "refused", "connect", HERE, closed_port())
        self.fails(CONNECT, "/no/such/socket", "connect", "-U", "/no/such/socket")

    def test_time_out(self):
        with silent_listener() as where:
            started = time.monotonic()
            self.fails(TIMED_OUT, "timed out", "connect", "-w", "300ms", *where)
            self.assertLess(time.monotonic() - started, 3)
        self.fails(TIMED_OUT, "nobody connected", "listen", "-w", "100ms", HERE, closed_port())

    def test_idle_time_out(self):
        with socket.create_server((HERE, 0)) as server:
            with connect("-i", "200ms", *server.getsockname()) as us:
                self.assertEqual(us.process.wait(PATIENCE), TIMED_OUT)

    def test_max_time_of_a_listener(self):
        for more in ([], ["-k"], ["-u", "-k"]):
            with self.subTest(more):
                self.fails(TIMED_OUT, "max-time", "listen", *more, "--max-time", "200ms", HERE,
                           closed_port())

    def test_max_time_of_a_listener_ends_a_conversation(self):
        for more in ([], ["-k"]):
            with self.subTest(more), listen(*more, "--max-time", "2s", HERE, 0) as us:
                with socket.create_connection((HERE, us.port())) as client:
                    client.sendall(b"still here")
                    self.assertEqual(us.output.read(10), b"still here")
                    self.assertEqual(us.process.wait(PATIENCE), TIMED_OUT)
                    us.said("max-time")

    def test_a_reset_is_not_taken_for_the_end(self):
        with socket.create_server((HERE, 0)) as server:
            with connect(*server.getsockname()) as us:
                connection, _ = server.accept()
                connection.sendall(b"half a")
                self.assertEqual(us.output.read(6), b"half a")
                reset(connection)
                self.assertEqual(us.process.wait(PATIENCE), PEER)

    def test_bind(self):
        with socket.create_server((HERE, 0)) as server:
            self.fails(BIND, "in use", "listen", *server.getsockname())
        self.fails(BIND, "192.0.2.1", "listen", "192.0.2.1", closed_port())

    def test_ctrl_c_is_quiet(self):
        with listen(HERE, 0) as us:
            us.port()
            self.assertEqual(us.stop(), INTERRUPTED)
            self.assertEqual(len(us.says), 1)  # where it listens, which was asked for

    def test_help_lists_the_codes(self):
        text = run("zocalo", "--help").stdout
        for code in (0, 1, USAGE, NAME, CONNECT, TIMED_OUT, PEER, PERMISSION, BIND, INTERRUPTED):
            self.assertRegex(text, rf"(?m)^ +{code}  \w")


class probes(unittest.TestCase):
    def test_open_and_closed(self):
        with socket.create_server((HERE, 0)) as server:
            port = server.getsockname()[1]
            self.assertEqual(run("zocalo", "connect", "-z", HERE, port).returncode, 0)
        self.assertEqual(run("zocalo", "connect", "-z", HERE, port).returncode, CONNECT)

    def test_ranges_as_json(self):
        with socket.create_server((HERE, 0)) as server:
            port = server.getsockname()[1]
            done = run("zocalo", "connect", "-z", "--json", HERE, f"{port - 1}-{port + 1},{port}")
        self.assertEqual(done.returncode, 0)
        states = [(one["port"], one["state"]) for one in json.loads(done.stdout)]
        self.assertEqual([number for number, _ in states], [port - 1, port, port + 1, port])
        self.assertEqual((states[1][1], states[3][1]), ("open", "open"))

    def test_a_port_that_does_not_answer_is_a_time_out(self):
        with silent_listener() as where:
            done = run("zocalo", "connect", "-z", "-w", "300ms", *where)
        self.assertEqual(done.returncode, TIMED_OUT)

    def test_udp(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind((HERE, 0))
            port = server.getsockname()[1]
            done = run("zocalo", "connect", "-z", "-u", "-w", "300ms", HERE, port)
            self.assertEqual(done.returncode, 0)
            self.assertIn("open or filtered", done.stderr)
        self.assertEqual(run("zocalo", "connect", "-z", "-u", HERE, port).returncode, CONNECT)


HOSTILE = b"\x1b]0;owned\x07\x1b[2J over\rwritten \xe2\x80\xaeevil \xc2\x9b31m\x08\n"


class terminals(unittest.TestCase):
    def show(self, *options):
        """What a terminal gets when a peer sends hostile text."""
        ours, theirs = pty.openpty()
        with socket.create_server((HERE, 0)) as server:
            with subprocess.Popen([program("zocalo"), "connect", "--recv-only", *options,
                                   *map(str, server.getsockname())], stdout=theirs):
                os.close(theirs)
                connection, _ = server.accept()
                with connection:
                    connection.sendall(HOSTILE)
                shown = b""
                try:
                    while data := os.read(ours, 4096):
                        shown += data
                except OSError:  # Linux says EIO when the last writer has gone
                    pass
        os.close(ours)
        return shown

    def test_what_a_terminal_would_obey_is_shown_instead(self):
        self.assertEqual(self.show(), rb"\x1b]0;owned\x07\x1b[2J over\rwritten "
                                      rb"\xe2\x80\xaeevil \xc2\x9b31m\x08" + b"\r\n")

    def test_raw_is_raw(self):
        self.assertIn(b"\x1b[2J", self.show("--raw"))

    def test_a_pipe_gets_the_bytes_as_they_are(self):
        with socket.create_server((HERE, 0)) as server:
            with connect("--recv-only", *server.getsockname()) as us:
                connection, _ = server.accept()
                with connection:
                    connection.sendall(HOSTILE)
                self.assertEqual(us.output.read(), HOSTILE)

    def test_ends_quietly_when_the_reader_of_its_output_has_gone(self):
        with socket.create_server((HERE, 0)) as server:
            port = server.getsockname()[1]
            pipeline = subprocess.Popen(
                ["bash", "-c",
                 f"{program('zocalo')} connect {HERE} {port} < /dev/null | head -c 5; "
                 "echo ${PIPESTATUS[0]}"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            connection, _ = server.accept()

            def pour():
                try:
                    while True:
                        connection.sendall(b"x" * 65536)
                except OSError:
                    connection.close()

            thread = threading.Thread(target=pour, daemon=True)
            thread.start()
            output, errors = pipeline.communicate(timeout=PATIENCE)
            thread.join(PATIENCE)
        self.assertEqual((output, errors), ("xxxxx141\n", ""))  # 128 + SIGPIPE


if __name__ == "__main__":
    main()
