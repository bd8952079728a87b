# SPDX-License-Identifier: MIT
"""What `zocalo serve` asks the kernel for when visitors want out of its folder (threats P1 and P2):
strace writes down every call with a path, and none of them opens anything that lies outside."""

import ast
import collections
import contextlib
import os
import re
import shutil
import socket
import tempfile
import threading
import time
import unittest
from pathlib import Path
from urllib.parse import unquote_to_bytes

from support import (PATIENCE, Program, cannot_run, enter_own_network, main, program,
                     receive_all)

HERE = "127.0.0.1"
HTTP, GOPHER = 8080, 7070
NAMES = Path(__file__).resolve().parents[1] / "support" / "escaping_names.hpp"
RACES = 6  # seconds
SEEN = 50  # times that a race has to be seen from either side
# What the C library reads for itself.
OF_THE_SYSTEM = {"/proc/sys/vm/overcommit_memory", "/sys/devices/system/cpu/online"}


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


def names_that_lead_out():
    """Those of the tests in C++, made from the same parts."""
    def parts(name):
        body = re.search(rf"> {name}{{(.*?)}};", text, re.DOTALL)[1]
        return ast.literal_eval(f"[{body}]")

    text = NAMES.read_text()
    names = ["/" + (up + separator) * depth + end for up in parts("ups")
             for separator in parts("separators") for end in parts("ends") for depth in range(1, 5)]
    return names + ["//proc/self/root/", "//proc/self/cwd/", "//dev/fd/3", "/file:///"]


def calls_in(log):
    """(name, arguments, result) of each call; what another thread interrupted is put together."""
    begun = {}
    for line in log.splitlines():
        thread, said = line.split(maxsplit=1)
        if said.endswith(" <unfinished ...>"):
            begun[thread] = said.removesuffix(" <unfinished ...>")
            continue
        if resumed := re.match(r"<\.\.\. \w+ resumed>(.*)", said):
            said = begun.pop(thread) + resumed[1]
        if call := re.fullmatch(r"(\w+)\((.*)\) += (.*)", said):
            yield call.groups()


class Traced(Program):
    """A server whose calls with paths are written down."""

    def __init__(self, folder, log, *more):
        strace = shutil.which("strace")
        if not strace:
            cannot_run("there is no strace")
        self.log = Path(log)
        self.begun = 0
        super().__init__(strace, "-D", "-f", "-y", "-s", "4096", "-e", "trace=%file", "-o", log,
                         program("zocalo"), "serve", "--http", HTTP, "--gopher", GOPHER,
                         "--clients", "no", *more, folder,
                         env=dict(os.environ, ZOCALO_BACKEND="epoll"))

    def __enter__(self):
        super().__enter__()
        self.wait_for(r"open (http\S+) in a browser; what happens: .*")
        self.begun = self.log.stat().st_size
        return self

    def calls(self):
        """What it asked for since it began to serve; it has ended."""
        ended = re.compile(rf"^{self.process.pid} +\+\+\+ exited", re.MULTILINE)
        until = time.monotonic() + PATIENCE
        while not ended.search(text := self.log.read_text(errors="replace")):
            if time.monotonic() > until:
                raise AssertionError("strace does not end")
            time.sleep(0.02)
        return list(calls_in(text[self.begun:]))


def ask_http(requests):
    """What comes back for all of them on one connection."""
    with socket.create_connection((HERE, HTTP)) as line:
        sending = threading.Thread(target=line.sendall, args=(b"".join(requests),))
        sending.start()
        said = receive_all(line)
        sending.join()
    return said


def ask_gopher(selector):
    with socket.create_connection((HERE, GOPHER)) as line:
        line.sendall(selector + b"\r\n")
        return receive_all(line)


def get(name, more=b""):
    return b"GET " + name.encode() + b" HTTP/1.1\r\nHost: localhost\r\n" + more + b"\r\n"


def put(name):
    return (b"PUT " + name.encode() +
            b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nevil")


LAST = get("/hello.txt", b"Connection: close\r\n")


class served_paths(unittest.TestCase):
    def setUp(self):
        self.parent = Path(self.enterContext(tempfile.TemporaryDirectory())).resolve()
        self.root = self.parent / "root"
        (self.root / "a/b").mkdir(parents=True)
        (self.root / "hello.txt").write_text("hello\n")
        (self.parent / "secret.txt").write_text("the secret")

    def serve(self, *more):
        return Traced(self.root, self.parent / "log", *more)

    def is_inside(self, path):
        return path == str(self.root) or path.startswith(str(self.root) + "/")

    def check(self, calls):
        """How often which call was made; each of them stayed within the folder."""
        tally, opened = collections.Counter(), {}
        for name, arguments, result in calls:
            paths = re.findall(r'"((?:[^"\\]|\\.)*)"', arguments)
            if set(paths) <= OF_THE_SYSTEM:
                continue
            if got := re.match(r"(\d+)<(.*)>", result):
                self.assertTrue(self.is_inside(got[2]), (name, arguments, result))
                opened[got[1]] = got[2]
            for folder in re.findall(r'<([^>]*)>, "(?!/)', arguments):
                self.assertTrue(self.is_inside(folder), (name, arguments))
            if name == "openat2":  # the kernel keeps it inside
                self.assertIn("RESOLVE_BENEATH", arguments)
            else:
                for path in paths:
                    self.check_name(path, opened, (name, arguments))
            tally[name, "yes" if not result.startswith("-1") else result.split()[1]] += 1
        print("    " + ", ".join(f"{name} {how}: {count}" for (name, how), count in
                                 sorted(tally.items())))
        return tally

    def check_name(self, path, opened, call):
        """What is open, or one name in a folder that is: no way for the kernel to go anywhere."""
        if link := re.match(r"/proc/self/fd/(\d+)(/|$)", path):
            self.assertTrue(self.is_inside(opened[link[1]]), call)
            path = path[link.end():]
        self.assertNotIn("/", path, call)
        self.assertNotIn(path, ("..", "."), call)

    def test_nothing_outside_is_opened(self):
        names = names_that_lead_out()
        self.assertGreaterEqual(len(names), 2000)
        os.symlink("..", self.root / "swap")  # some of the names go through it
        with self.serve("--hidden", "--upload", "--overwrite") as server:
            for make in (get, put):
                said = ask_http([*map(make, names), LAST])
                self.assertEqual(said.count(b"HTTP/1.1 "), len(names) + 1)
                self.assertNotIn(b"the secret", said)
            for name in names[::3]:
                self.assertNotIn(b"the secret", ask_gopher(unquote_to_bytes(name)))
        tally = self.check(server.calls())
        self.assertGreater(tally["openat2", "EXDEV"], 500)  # so the kernel was asked
        self.assertGreater(tally["openat2", "yes"], 500)
        self.assertEqual((self.parent / "secret.txt").read_text(), "the secret")

    @contextlib.contextmanager
    def race(self):
        """`swap` is now a folder, now a link to what lies outside; yields how often it changed."""
        (self.root / "folder").mkdir()
        (self.root / "folder/secret.txt").write_text("inside")
        os.symlink("..", self.root / "link")
        changes, is_over = [0], threading.Event()

        def swap():
            while not is_over.is_set():
                for each in ("folder", "link"):
                    os.rename(self.root / each, self.root / "swap")
                    os.rename(self.root / "swap", self.root / each)
                    changes[0] += 2

        racer = threading.Thread(target=swap)
        racer.start()
        try:
            yield changes
        finally:
            is_over.set()
            racer.join()

    def test_a_race_is_won_by_nobody(self):
        until = time.monotonic() + RACES
        rounds = 0
        with self.serve() as server, self.race() as changes:
            while time.monotonic() < until:
                rounds += 1
                said = ask_http([get("/swap/secret.txt")] * 100 + [LAST])
                said += ask_gopher(b"/swap/secret.txt") + ask_gopher(b"/swap/")
                self.assertNotIn(b"the secret", said)
        calls = server.calls()
        self.check(calls)
        found = collections.Counter()
        for name, arguments, result in calls:
            if name == "openat2" and '"swap/secret.txt"' in arguments:
                found[result.split()[1] if result.startswith("-1") else "yes"] += 1
        print(f"    {rounds} rounds, {changes[0]} changes: {dict(found)}")
        self.assertGreater(changes[0], 1000)
        self.assertGreater(found["yes"], SEEN)  # the folder was there,
        self.assertGreater(found["EXDEV"], SEEN)  # the link was,
        self.assertGreater(found["ENOENT"], 0)  # and nothing


if __name__ == "__main__":
    main()
