# SPDX-License-Identifier: MIT
"""What the tests of whole programs share: finding ours, running them, watching what they say."""

import ctypes
import fcntl
import glob
import os
import queue
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

PATIENCE = 20.0  # seconds until a test gives up waiting for something that must come
BUILD = Path(os.environ.get("ZOCALO_BUILD", "build")).resolve()


def cannot_run(why):
    """Ends a test that this machine cannot run. A machine of the project can run everything."""
    if os.environ.get("ZOCALO_CI"):
        raise AssertionError("cannot run: " + why)
    raise unittest.SkipTest("cannot run: " + why)


def program(name):
    """The path of a program of ours: "zocalo", "examples/greeting_server"."""
    path = BUILD / name
    if not path.exists():
        raise AssertionError(f"{path} has not been built")
    return str(path)


def enter_own_network():
    """Moves this process into a network namespace of its own, where every port is free.

    Children live there too. For setUpModule(): there is no way back.
    """
    new_user, new_network = 0x10000000, 0x40000000
    libc = ctypes.CDLL(None, use_errno=True)
    flags = new_network if os.geteuid() == 0 else new_user | new_network
    if libc.unshare(flags) != 0:
        cannot_run("no network namespace: " + os.strerror(ctypes.get_errno()))
    bring_up("lo")


def bring_up(interface):
    """`ip link set INTERFACE up`."""
    get_flags, set_flags, up = 0x8913, 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", interface.encode(), 0)
        (flags,) = struct.unpack_from("h", fcntl.ioctl(any_socket, get_flags, request), 16)
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", interface.encode(), flags | up))


class Program:
    """A running program whose output is shown, kept and waited for, line by line.

    As a context manager it ends the program with Ctrl-C and holds that this was clean: exit code 0
    and nothing on stderr but what the test has taken with `complaint()`. `input` is given to the
    program's standard input, which is then closed.
    """

    def __init__(self, command, *arguments, input=None, **options):
        path = command if os.path.isabs(command) else program(command)
        self.name = os.path.basename(path)
        self.lines, self.errors = [], []
        self._news = {"out": queue.Queue(), "err": queue.Queue()}
        self.process = subprocess.Popen(
            [path, *map(str, arguments)],
            stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self._readers = [self._reader("out", self.process.stdout, self.lines),
                         self._reader("err", self.process.stderr, self.errors)]
        if input is not None:
            with self.process.stdin as stdin:
                stdin.write(input)

    def _reader(self, which, stream, kept):
        def read():
            for raw in stream:
                line = raw.decode(errors="backslashreplace").rstrip("\n")
                mark = "|" if which == "out" else "!"
                print(f"    {self.name} {mark} {line}", flush=True)
                kept.append(line)
                self._news[which].put(line)
            self._news[which].put(None)

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread

    def wait_for(self, pattern, which="out", patience=PATIENCE):
        """The match of the next line that `pattern` matches as a whole; others are passed."""
        until = time.monotonic() + patience
        while True:
            try:
                line = self._news[which].get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError(f"{self.name}: no line {pattern!r}; "
                                     f"stdout: {self.lines}, stderr: {self.errors}")
            if match := re.fullmatch(pattern, line):
                return match

    def complaint(self, pattern):
        """Waits for a line on stderr and forgives it."""
        match = self.wait_for(pattern, "err")
        self.errors.remove(match[0])
        return match

    def wait(self, patience=PATIENCE):
        """The exit code; all output has been read then."""
        code = self.process.wait(patience)
        for reader in self._readers:
            reader.join(patience)
        return code

    def interrupt(self, signal_number=signal.SIGINT):
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal_number)
        return self.wait()

    def _busy_time(self):
        """Seconds that its threads have run, or waited for a processor; None when it ends."""
        busy = 0
        try:
            for thread in glob.glob(f"/proc/{self.process.pid}/task/*/schedstat"):
                with open(thread, encoding="ascii") as times:
                    ran, waited = times.read().split()[:2]
                    busy += int(ran) + int(waited)
        except (OSError, ValueError):
            return None
        return busy / 1e9

    def _rest(self):
        """Whatever peers have sent: who has nothing left to do does nothing."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            before, begin = self._busy_time(), time.monotonic()
            time.sleep(0.02)
            after, end = self._busy_time(), time.monotonic()
            if before is None or after is None or after - before < (end - begin) / 5:
                return
        raise AssertionError(f"{self.name}: busy, and nobody wants anything of it")

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        try:
            if failed:
                return
            self._rest()
            code = self.interrupt() if self.process.poll() is None else self.wait()
            if code != 0 or self.errors:
                raise AssertionError(f"{self.name}: exit code {code}, stderr: {self.errors}")
        finally:
            self.process.kill()
            self.process.wait()
            for reader in self._readers:
                reader.join(PATIENCE)
            self.process.stdout.close()
            self.process.stderr.close()


def run(command, *arguments, input=None, patience=PATIENCE, show_errors=True, **options):
    """Runs a program to its end; what subprocess.run() gives, with text as str. Output is shown."""
    path = command if os.path.isabs(command) else program(command)
    done = subprocess.run([path, *map(str, arguments)], input=input, capture_output=True,
                          timeout=patience, text=True, errors="backslashreplace",
                          stdin=subprocess.DEVNULL if input is None else None, **options)
    for mark, text in (("|", done.stdout), ("!", done.stderr if show_errors else "")):
        for line in text.splitlines():
            print(f"    {os.path.basename(path)} {mark} {line}", flush=True)
    return done


def receive_all(connection):
    """Everything until the end of the stream."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def reset(connection):
    """Closes a TCP connection with a reset instead of a goodbye."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def main():
    """unittest.main() whose words are not mixed up with those of the programs."""
    sys.stdout.reconfigure(line_buffering=True)
    unittest.main(testRunner=unittest.TextTestRunner(stream=sys.stdout, verbosity=2))
