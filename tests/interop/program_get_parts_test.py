# SPDX-License-Identifier: MIT
"""`zocalo get` goes on with downloads, and fetches files in segments."""

import http.server
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from running import foreign, free_port
from sites import run_nginx, run_python
from support import PATIENCE, cannot_run, enter_own_network, main, program

CONTENT = random.Random(1).randbytes(5_000_000)
LONG_AGO = 1_600_000_000
PEER, USAGE, REFUSED, INTERRUPTED = 6, 2, 9, 130


def setUpModule():
    enter_own_network()


class with_folders(unittest.TestCase):
    def setUp(self):
        root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.site, self.here = root / "site", root / "here"
        self.site.mkdir()
        self.here.mkdir()
        (self.site / "file.bin").write_bytes(CONTENT)
        os.utime(self.site / "file.bin", (LONG_AGO, LONG_AGO))

    def get(self, *arguments):
        return subprocess.run([program("zocalo"), "get", *arguments], cwd=self.here,
                              capture_output=True, text=True, timeout=PATIENCE)

    def held(self, name="file.bin"):
        return (self.here / name).read_bytes()

    def report(self, *arguments):
        done = self.get("--json-report", "-", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.held(), CONTENT)
        self.assertEqual(os.listdir(self.here), ["file.bin"])
        (one,) = json.loads(done.stdout)
        return one


class servers(with_folders):
    def serving(self):
        """Each kind of server, one after the other; whether it has ranges."""
        port = free_port()
        run_nginx(self, self.site, port)
        yield f"http://127.0.0.1:{port}/file.bin", True
        port = free_port()
        run_python(self, self.site, port)
        yield f"http://127.0.0.1:{port}/file.bin", False
        port = free_port()
        self.enterContext(foreign(program("zocalo"), "serve", "--http", str(port), "--gopher",
                                  "no", str(self.site), port=port))
        yield f"http://127.0.0.1:{port}/file.bin", True

    def test_segments_are_the_file(self):
        for url, _ in self.serving():
            with self.subTest(url):
                self.assertEqual(self.report("--segments", "4", "-O", url)["bytes"], len(CONTENT))

    def test_what_curl_has_left_is_gone_on_with(self):
        if not shutil.which("curl"):
            cannot_run("no curl")
        for url, has_ranges in self.serving():
            for options in ([], ["--segments", "3"]):
                with self.subTest(url, options=options):
                    subprocess.run(["curl", "-s", "-r", "0-1999999", "-o", "file.bin", url],
                                   cwd=self.here, check=True, timeout=PATIENCE)
                    if not has_ranges:
                        (self.here / "file.bin").write_bytes(CONTENT[:2_000_000])
                    told = self.report("-C", "-", *options, "-O", url)
                    self.assertEqual(told["bytes"], 3_000_000 if has_ranges else len(CONTENT))
                    if has_ranges:  # all of it is there
                        self.assertEqual(self.report("-C", "-", "-O", url)["bytes"], 0)

    def test_what_we_have_left_is_gone_on_with_by_curl(self):
        if not shutil.which("curl"):
            cannot_run("no curl")
        url, _ = next(self.serving())
        (self.here / "file.bin").write_bytes(CONTENT[:1000])
        done = self.get("-C", "1000", "-r", "0-1", "-O", url)
        self.assertEqual(done.returncode, USAGE)
        subprocess.run(["curl", "-s", "-C", "-", "-O", url], cwd=self.here, check=True,
                       timeout=PATIENCE)
        self.assertEqual(self.report("-C", "-", "-O", url)["bytes"], 0)

    def test_from_a_byte_on(self):
        for url, has_ranges in self.serving():
            with self.subTest(url):
                (self.here / "file.bin").write_bytes(CONTENT[:1000] + b"not this")
                done = self.get("-C", "1000", "-O", url)
                printed = subprocess.run([program("zocalo"), "get", "-C", "4999990", url],
                                         capture_output=True, timeout=PATIENCE)
                if has_ranges:
                    self.assertEqual((done.returncode, self.held()), (0, CONTENT))
                    self.assertEqual(printed.stdout, CONTENT[-10:])
                else:
                    self.assertEqual((done.returncode, self.held()),
                                     (PEER, CONTENT[:1000] + b"not this"))
                    self.assertEqual((printed.returncode, printed.stdout), (PEER, b""))
                self.assertEqual(self.get("-C", "9000000", "-O", url).returncode,
                                 REFUSED if has_ranges else PEER)

    def test_a_file_that_is_newer_at_the_server_is_left_alone(self):
        for url, has_ranges in self.serving():
            if not has_ranges:
                continue
            with self.subTest(url):
                (self.here / "file.bin").write_bytes(b"old beginning")
                os.utime(self.here / "file.bin", (LONG_AGO - 100, LONG_AGO - 100))
                done = self.get("-C", "-", "-O", url)
                self.assertEqual(done.returncode, PEER, done.stderr)
                self.assertIn("beginning", done.stderr)
                self.assertEqual(self.held(), b"old beginning")

    def test_a_command_line_that_cannot_be(self):
        for wrong in (["-C", "x"], ["-C", "-1"], ["-C", "-", "-i"], ["--segments", "0"],
                      ["--segments", "2", "-C", "7"], ["-C", "-"], ["--segments", "2"],
                      ["-C", "-", "-o", "/dev/null"], ["-C", "-", "-O", "-d", "a"]):
            with self.subTest(wrong):
                done = self.get(*wrong, "http://127.0.0.1:1/file.bin")
                self.assertEqual((done.returncode, done.stdout), (USAGE, ""), done.stderr)


class quiet_server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """Clients that leave early are part of the tests."""


class halting(http.server.BaseHTTPRequestHandler):
    """Sends ranges, but not what comes behind `stop` in each answer, as long as that is set."""

    protocol_version = "HTTP/1.1"
    stop = None
    tag = '"1"'
    asked = []
    has_come = threading.Semaphore(0)
    may_go_on = threading.Event()

    def log_message(self, *_):
        pass

    def do_GET(self):
        first, last = 0, len(CONTENT) - 1
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if wanted and self.headers.get("If-Range") == self.tag:
            first, last = int(wanted[1]), int(wanted[2] or last)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(CONTENT)}")
        else:
            self.send_response(200)
        self.asked.append(first)
        self.send_header("ETag", self.tag)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        content = CONTENT[first:last + 1]
        try:
            self.wfile.write(content[:self.stop])
            if self.stop is not None:
                self.has_come.release()
                self.may_go_on.wait(PATIENCE)
                self.close_connection = True
        except OSError:
            self.close_connection = True


class broken_off(with_folders):
    def setUp(self):
        super().setUp()
        halting.stop, halting.tag, halting.asked = None, '"1"', []
        halting.may_go_on.clear()
        self.server = quiet_server(("127.0.0.1", 0), halting)
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.addCleanup(halting.may_go_on.set)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/file.bin"

    def part_size(self):
        """How much the note says that there is."""
        note = self.here / "file.bin.part.version"
        numbers = [int(each) for each in note.read_text().split()[2:]] if note.exists() else []
        missing = sum(numbers[1::2]) - sum(numbers[0::2])
        return len(CONTENT) - missing if numbers else 0

    def stopped(self, signal, *options, at_least):
        """A download that is ended when so much of it is noted."""
        halting.stop = 600_000
        command = [program("zocalo"), "get", *options, "-O", self.url]
        with subprocess.Popen(command, cwd=self.here, stderr=subprocess.PIPE) as us:
            for _ in range(4 if options else 1):
                self.assertTrue(halting.has_come.acquire(timeout=PATIENCE))
            while at_least(self):
                self.assertIsNone(us.poll())
                threading.Event().wait(0.01)
            us.send_signal(signal)
            us.communicate(timeout=PATIENCE)
        halting.stop, halting.asked = None, []
        halting.may_go_on.set()
        return us.returncode

    def test_segments_are_gone_on_with_after_ctrl_c_and_after_a_kill(self):
        for signal, code in ((2, INTERRUPTED), (9, -9)):
            with self.subTest(signal):
                halting.may_go_on.clear()
                self.assertEqual(self.stopped(
                    signal, "--segments", "4",
                    at_least=lambda test: test.part_size() < 4 * 500_000), code)
                self.assertFalse((self.here / "file.bin").exists())
                told = self.report("-C", "-", "--segments", "4", "-O", self.url)
                self.assertLess(told["bytes"], len(CONTENT) - 4 * 500_000 + 1)
                self.assertNotIn(0, halting.asked)
                (self.here / "file.bin").unlink()

    def test_another_version_is_not_put_behind_the_old_one(self):
        self.stopped(9, "--segments", "4", at_least=lambda test: test.part_size() < 500_000)
        (self.here / "file.bin.part").write_bytes(b"\\0" * len(CONTENT))
        halting.tag = '"2"'
        self.assertEqual(self.report("-C", "-", "--segments", "4", "-O", self.url)["bytes"],
                         len(CONTENT))

    def test_a_note_that_makes_no_sense_is_no_note(self):
        for note in ('"1"\n', '"1"\n5000000\n', '"1"\n' + "9" * 20 + "\n", "\0" * 50,
                     f'"1"\n{5000000:020}\n{7:020} {3:020}\n',
                     f'"1"\n{5000000:020}\n{0:020} {5000001:020}\n',
                     f'"1"\n{5000000:020}\n{0:020} {10:020}\n{5:020} {20:020}\n'):
            with self.subTest(note):
                (self.here / "file.bin.part").write_bytes(b"\0" * len(CONTENT))
                (self.here / "file.bin.part.version").write_text(note)
                self.assertEqual(self.report("-C", "-", "-O", self.url)["bytes"], len(CONTENT))
                (self.here / "file.bin").unlink()


if __name__ == "__main__":
    main()
