# SPDX-License-Identifier: MIT
"""What `zocalo get` shows on a terminal while it fetches."""

import contextlib
import http.server
import os
import re
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from support import PATIENCE, enter_own_network, main, program
from terminal import on_a_terminal

SIZE = 3_000_000


def setUpModule():
    enter_own_network()


class gated(http.server.BaseHTTPRequestHandler):
    """Sends half of its content, and the rest when it may."""

    protocol_version = "HTTP/1.1"
    gate = threading.Event()

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send_response(200)
        if self.path != "/endless":
            self.send_header("Content-Length", str(SIZE))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(bytes(SIZE // 2))
            self.gate.wait(PATIENCE)
            if self.path != "/cut":
                self.wfile.write(bytes(SIZE // 2))
            self.close_connection = True

    def do_PUT(self):
        self.rfile.read(SIZE // 2)
        self.gate.wait(PATIENCE)
        self.rfile.read(int(self.headers["Content-Length"]) - SIZE // 2)
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()


class progress(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        gated.gate.clear()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), gated)
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.addCleanup(gated.gate.set)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"

    def get(self, *arguments, **terminal):
        words = [str(word).replace("URL", self.base) for word in arguments]
        return on_a_terminal("get", *words, cwd=self.folder, **terminal)

    def shown(self, *arguments, until, code=0, **terminal):
        """All that a terminal gets; the rest comes when it has got `until`."""
        with self.get(*arguments, **terminal) as us:
            us.wait_for(until)
            gated.gate.set()
            self.assertEqual(us.end(), code, us.shown)
            return us.shown

    def test_a_line_says_how_far_it_is_and_one_stays_at_the_end(self):
        shown = self.shown("-O", "URL/file.bin", until=b" 50 %")
        self.assertRegex(shown, rb"/file\.bin +50 %  1\.5 MB of 3\.0 MB  [\d.]+ k?M?B/s")
        last = shown.rsplit(b"\x1b[J", 1)[1]
        self.assertRegex(last, rb"^http://\S+/file\.bin +3\.0 MB in 0:\d\d  [\d.]+ .?B/s\r\n$")
        self.assertEqual((self.folder / "file.bin").stat().st_size, SIZE)

    def test_a_bar_is_one_for_those_who_like_it(self):
        shown = self.shown("-#", "-O", "URL/file.bin", until=b" 50 %")
        self.assertRegex(shown, rb"\[=+> +\]  50 %")
        self.assertRegex(shown, rb"\[=+\] 100 %\r\n$")

    def test_a_length_that_nobody_knows(self):
        self.assertRegex(self.shown("-o", "x", "URL/endless", until=b"1.5 MB  "),
                         rb"/endless +1\.5 MB  [\d.]+ .?B/s\r\n")

    def test_no_line_is_longer_than_the_terminal_is_wide(self):
        for columns in (20, 50, 79, 200):
            with self.subTest(columns):
                gated.gate.clear()
                shown = self.shown("-O", "URL/a/long/path/to/the/file.bin", columns=columns,
                                   until=b"\x1b[1A")
                for line in re.sub(rb"\x1b\[\d*[A-Z]", b"", shown).split(b"\r\n"):
                    self.assertLess(len(line.strip(b"\r")), columns)

    def test_several_have_a_line_each_and_those_without_room_share_one(self):
        urls = [f"URL/file{number}.bin" for number in range(6)]
        shown = self.shown("-Z", "-O", *urls, lines=5, columns=100, until=b"4.5 MB of 9.0 MB")
        drawn = next(each for each in shown.split(b"\x1b[J") if b" 4.5 MB of 9.0 MB" in each)
        self.assertRegex(drawn, rb"(?s)/file0\.bin.*/file1\.bin.*/file2\.bin.*and 3 more")
        self.assertEqual(drawn.count(b"\n"), 4)
        self.assertEqual({path.stat().st_size for path in self.folder.iterdir()}, {SIZE})

    def test_an_error_stands_alone(self):
        shown = self.shown("-O", "URL/cut", until=b" 50 %", code=6)
        last = shown.rsplit(b"\x1b[J", 1)[1]
        self.assertRegex(last, rb"^zocalo: [^\n]+\r\n$")

    def test_who_wants_none_gets_none(self):
        gated.gate.set()
        for options, terminal in ((["-s"], {}), (["--no-progress-meter"], {}), (["-v"], {}),
                                  ([], {"term": "dumb"})):
            with self.subTest(options, **terminal):
                with self.get(*options, "-O", "URL/file.bin", **terminal) as us:
                    self.assertEqual(us.end(), 0)
                    self.assertNotIn(b"\x1b", us.shown)

    def test_a_pipe_gets_nothing(self):
        gated.gate.set()
        done = subprocess.run([program("zocalo"), "get", "-O", f"{self.base}/file.bin"],
                              cwd=self.folder, capture_output=True, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))

    def test_what_is_printed_on_the_terminal_has_no_line(self):
        with self.get("-o", "-", "URL/file.bin", stdout=None) as us:
            us.wait_for(b"\0", SIZE // 2)
            gated.gate.set()
            self.assertEqual(us.end(), 0)
            self.assertNotIn(b"\x1b", us.shown)

    def test_ctrl_c_leaves_a_clean_terminal_and_no_file(self):
        with self.get("-O", "URL/file.bin") as us:
            us.wait_for(b" 50 %")
            us.process.send_signal(2)
            self.assertEqual(us.end(), 130)
            self.assertEqual(us.shown.rsplit(b"\x1b[J", 1)[1].strip(), b"")
        self.assertEqual(os.listdir(self.folder), [])


if __name__ == "__main__":
    main()
