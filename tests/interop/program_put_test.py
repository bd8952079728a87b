# SPDX-License-Identifier: MIT
"""`zocalo put` and `zocalo ls` with our own server, nginx and Python's."""

import json
import os
import random
import subprocess
import tempfile
import unittest
from pathlib import Path

from running import foreign, free_port
from sites import run_nginx, run_python
from support import PATIENCE, enter_own_network, main, program

CONTENT = random.Random(2).randbytes(3_000_000)
USAGE, CONNECT, PEER, REFUSED = 2, 4, 6, 9


def setUpModule():
    enter_own_network()


class with_folders(unittest.TestCase):
    def setUp(self):
        root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        root.chmod(0o755)
        self.site, self.here = root / "site", root / "here"
        self.site.mkdir()
        self.here.mkdir()

    def zocalo(self, *arguments, given=b""):
        return subprocess.run([program("zocalo"), *map(str, arguments)], cwd=self.here,
                              input=given, capture_output=True, timeout=PATIENCE)

    def serving(self, *options):
        port = free_port()
        self.enterContext(foreign(program("zocalo"), "serve", "--http", str(port), "--gopher",
                                  "no", *options, str(self.site), port=port))
        return f"http://127.0.0.1:{port}/"


class put(with_folders):
    def setUp(self):
        super().setUp()
        (self.here / "large.bin").write_bytes(CONTENT)
        (self.here / "a b#?.txt").write_text("one\n")

    def test_files_go_into_a_folder_under_their_names(self):
        port = free_port()
        run_nginx(self, self.site, port, "dav_methods PUT; client_max_body_size 10m;")
        for base in (self.serving("--upload"), f"http://127.0.0.1:{port}/"):
            for options in ([], ["-Z"]):
                with self.subTest(base, options=options):
                    done = self.zocalo("put", *options, "--json-report", "-", "large.bin",
                                       "a b#?.txt", base)
                    self.assertEqual((done.returncode, done.stderr), (0, b""))
                    self.assertEqual((self.site / "large.bin").read_bytes(), CONTENT)
                    self.assertEqual((self.site / "a b#?.txt").read_text(), "one\n")
                    told = json.loads(done.stdout)
                    self.assertEqual([one["bytes_sent"] for one in told], [len(CONTENT), 4])
                    for each in self.site.iterdir():
                        each.unlink()

    def test_a_file_has_the_name_that_the_url_says(self):
        base = self.serving("--upload")
        done = self.zocalo("put", "-w", "%{http_code} %{size_upload}", "a b#?.txt",
                           base + "other.txt")
        self.assertEqual((done.returncode, done.stdout), (0, b"201 4"))
        self.assertEqual(os.listdir(self.site), ["other.txt"])

    def test_a_pipe_is_a_file_too(self):
        base = self.serving("--upload")
        self.assertEqual(self.zocalo("put", "-", base + "piped", given=CONTENT).returncode, 0)
        self.assertEqual((self.site / "piped").read_bytes(), CONTENT)
        self.assertEqual(self.zocalo("put", "-", base, given=b"x").returncode, USAGE)

    def test_nothing_is_replaced_that_should_not_be(self):
        base = self.serving("--upload", "--overwrite")
        (self.site / "there.txt").write_text("old\n")
        done = self.zocalo("put", "--no-clobber", "a b#?.txt", base + "there.txt")
        self.assertEqual((done.returncode, done.stdout), (REFUSED, b""))
        self.assertIn(b"412", done.stderr)
        self.assertEqual((self.site / "there.txt").read_text(), "old\n")
        self.assertEqual(self.zocalo("put", "a b#?.txt", base + "there.txt").returncode, 0)
        self.assertEqual((self.site / "there.txt").read_text(), "one\n")

    def test_a_server_that_takes_nothing_says_so(self):
        port = free_port()
        run_python(self, self.site, port)
        for base, said in ((self.serving(), b"405"), (f"http://127.0.0.1:{port}/", b"501")):
            done = self.zocalo("put", "large.bin", base)
            self.assertEqual((done.returncode, done.stdout), (REFUSED, b""), done.stderr)
            self.assertIn(said, done.stderr)
        self.assertEqual(os.listdir(self.site), [])

    def test_a_rate_is_kept(self):
        base = self.serving("--upload")
        (self.here / "some.bin").write_bytes(CONTENT[:60_000])
        done = self.zocalo("put", "--limit-rate", "40k", "-w", "%{time_total}", "some.bin", base)
        self.assertEqual((self.site / "some.bin").stat().st_size, 60_000)
        self.assertGreater(float(done.stdout), 0.8)  # a burst goes at once

    def test_a_command_line_that_cannot_be(self):
        base = self.serving("--upload")
        for wrong in ([base], ["large.bin", "a b#?.txt", base + "one"], ["-", base],
                      ["large.bin", "gopher://localhost/"], ["large.bin", "ftp://localhost/"]):
            with self.subTest(wrong):
                self.assertEqual(self.zocalo("put", *wrong).returncode, USAGE)
        self.assertNotEqual(self.zocalo("put", "nothing.bin", base).returncode, 0)
        self.assertEqual(os.listdir(self.site), [])
        nowhere = f"http://127.0.0.1:{free_port()}/"
        self.assertEqual(self.zocalo("put", "large.bin", nowhere).returncode, CONNECT)


class ls(with_folders):
    def setUp(self):
        super().setUp()
        (self.site / "deep").mkdir()
        (self.site / "deep" / "hidden from the list").write_text("x")
        (self.site / "a b#?&.txt").write_text("12345")
        (self.site / "z\x1b[31m.txt").write_text("red")
        os.utime(self.site / "a b#?&.txt", (1_600_000_000, 1_600_000_000))

    NAMES = ["a b#?&.txt", "deep/", "z\\x1b[31m.txt"]

    def test_names_are_those_of_the_folder(self):
        port = free_port()
        run_nginx(self, self.site, port, "autoindex on;")
        other = free_port()
        run_python(self, self.site, other)
        for base in (self.serving(), f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{other}/"):
            with self.subTest(base):
                done = self.zocalo("ls", base)
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertEqual(sorted(done.stdout.decode().splitlines()), self.NAMES)
                deep = self.zocalo("ls", base + "deep")  # a redirect puts the slash behind it
                self.assertEqual(deep.stdout, b"hidden from the list\n")
                urls = [each["url"] for each in json.loads(self.zocalo("ls", "--json", base).stdout)
                        if each["type"] == "file"]
                contents = {self.zocalo("get", url).stdout for url in urls}
                self.assertEqual(contents, {b"12345", b"red"})

    def test_our_own_server_tells_sizes_and_dates(self):
        base = self.serving()
        done = self.zocalo("ls", "-l", base)
        self.assertIn("5  2020-09-13T12:26:40Z  file    a b#?&.txt\n", done.stdout.decode())
        self.assertRegex(done.stdout.decode(), r"(?m)^-  \S+Z  folder  deep/$")
        told = {each["name"]: each for each in json.loads(self.zocalo("ls", "--json", base).stdout)}
        self.assertEqual(told["a b#?&.txt"]["size"], 5)
        self.assertEqual(told["deep"]["type"], "folder")

    def test_a_menu_of_gopher(self):
        port = free_port()
        self.enterContext(foreign(program("zocalo"), "serve", "--http", "no", "--gopher", str(port),
                                  str(self.site), port=port))
        done = self.zocalo("ls", f"gopher://127.0.0.1:{port}/")
        self.assertIn("deep/", done.stdout.decode().splitlines())
        told = json.loads(self.zocalo("ls", "--json", f"gopher://127.0.0.1:{port}/").stdout)
        (deep,) = [each for each in told if each["name"] == "deep"]
        self.assertEqual(deep["type"], "menu")
        self.assertEqual(self.zocalo("ls", deep["url"]).stdout, b"hidden from the list\n")

    def test_what_is_no_folder(self):
        base = self.serving()
        for path, code in (("none/", REFUSED), ("z%1B%5B31m.txt", PEER)):
            done = self.zocalo("ls", base + path)
            self.assertEqual((done.returncode, done.stdout), (code, b""), done.stderr)


if __name__ == "__main__":
    main()
