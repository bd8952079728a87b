# SPDX-License-Identifier: MIT
"""`zocalo listen` and `zocalo connect` as processes that a test talks to through their pipes."""

import contextlib
import re
import socket
import subprocess
import threading
import time

from support import PATIENCE, program

HERE = "127.0.0.1"


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]


class foreign:
    """A foreign server in the background, waited for until its port is open."""

    def __init__(self, *command, port=None, input=b""):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.given = input
        until = time.monotonic() + PATIENCE
        while port and not self.is_listening(port):
            if self.process.poll() is not None or time.monotonic() > until:
                self.process.kill()
                said = b"".join(self.process.communicate()).decode(errors="replace")
                raise AssertionError(f"{command} does not listen: {said}")
            time.sleep(0.01)

    @staticmethod
    def is_listening(port):
        tables = "".join(open(f"/proc/net/{name}", encoding="ascii").read()
                         for name in ("tcp", "udp"))
        return any(f":{port:04X} 00000000:0000 {state}" in tables for state in ("0A", "07"))

    def result(self):
        output, _ = self.process.communicate(self.given, timeout=PATIENCE)
        return output

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


class Running:
    """A running zocalo. Its standard input stays open until end_input() unless `input` is given."""

    def __init__(self, *arguments, input=None, stdout=subprocess.PIPE, **options):
        self.process = subprocess.Popen(
            [program("zocalo"), *map(str, arguments)], stdin=subprocess.PIPE, stdout=stdout,
            stderr=subprocess.PIPE, **options)
        self.input, self.output = self.process.stdin, self.process.stdout
        self.says = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        # Beside the test, which may have to read first before so much is taken.
        self._feeder = threading.Thread(target=self._feed, args=(input,), daemon=True)
        if input is not None:
            self._feeder.start()

    def _feed(self, input):
        with contextlib.suppress(BrokenPipeError):  # it may have failed already
            self.write(input)
        with contextlib.suppress(BrokenPipeError):
            self.end_input()

    def _read(self):
        for line in self.process.stderr:
            with self._news:
                self.says.append(line.decode(errors="backslashreplace").rstrip("\n"))
                self._news.notify_all()

    def write(self, data):
        self.input.write(data)
        self.input.flush()

    def end_input(self):
        self.input.close()

    def said(self, pattern, times=1, patience=PATIENCE):
        """Waits for so many lines on stderr that match; the last of them."""
        def found():
            return [match for line in list(self.says) if (match := re.search(pattern, line))]
        with self._news:
            if not self._news.wait_for(lambda: len(found()) >= times, patience):
                raise AssertionError(f"no {pattern!r} in {self.says}")
            return found()[times - 1]

    def port(self):
        """Where a listener at port 0 listens."""
        return int(self.said(r"listening on .*:(\d+)$")[1])

    def end(self):
        """The rest of the output, and the exit code."""
        if self._feeder.ident is None and not self.input.closed:
            self.end_input()
        rest = self.output.read() if self.output else b""
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return rest, code

    def stop(self):
        """Ctrl-C; the exit code."""
        self.process.send_signal(2)
        return self.process.wait(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self._reader.join(PATIENCE)
        if self._feeder.ident is not None:
            self._feeder.join(PATIENCE)
        for stream in (self.input, self.output, self.process.stderr):
            if stream:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass


def listen(*arguments, **options):
    return Running("listen", *arguments, **options)


def connect(*arguments, **options):
    return Running("connect", *arguments, **options)
