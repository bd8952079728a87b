# SPDX-License-Identifier: MIT
"""`zocalo get --spider`: which links of a site lead nowhere, beside what wget says of it."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from running import free_port
from sites import run_nginx
from support import PATIENCE, cannot_run, enter_own_network, main, program

USAGE, REFUSED = 2, 9


def setUpModule():
    enter_own_network()


class links_of_a_site(unittest.TestCase):
    def setUp(self):
        self.home = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.home.chmod(0o755)
        self.work = self.home / "work"
        self.work.mkdir()
        site = self.home / "site"
        (site / "docs").mkdir(parents=True)
        (site / "index.html").write_text(
            '<a href="docs/a.html">a</a> <a href="none.html">b</a> <img src="none.png">'
            '<img src="there.png"> <a href="moved">c</a> <a href="moved-away">d</a>'
            '<a href="docs/a.html#part">e</a>')
        (site / "docs" / "a.html").write_text('<a href="../index.html">u</a> <a href="no/">n</a>')
        (site / "there.png").write_bytes(bytes(100_000))
        self.log = self.home / "log"
        self.port = free_port()
        run_nginx(self, site, self.port, f"access_log {self.log}; "
                  "location = /moved { return 302 /docs/a.html; } "
                  "location = /moved-away { return 302 /none-there.html; }")
        self.url = f"http://127.0.0.1:{self.port}/"

    def run_one(self, *words):
        return subprocess.run(words, cwd=self.work, capture_output=True, text=True,
                              timeout=PATIENCE)

    def get(self, *words):
        return self.run_one(program("zocalo"), "get", *words)

    def test_are_broken_where_wget_says_so(self):
        wget = shutil.which("wget") or cannot_run("there is no wget")
        theirs = self.run_one(wget, "-r", "--spider", "-nd", "-e", "robots=off", self.url).stderr
        broken = set(re.findall(r"^http://\S+$", theirs.split("broken links.")[1], re.MULTILINE))
        self.assertEqual(len(broken), 4)
        ours = self.get("-r", self.url, "--spider", "--robots", "off")
        self.assertEqual(ours.returncode, REFUSED, ours.stderr)
        found = set(re.findall(r"zocalo: (http://\S+): 404", ours.stderr))
        self.assertEqual(found, broken)
        self.assertIn("3 links lead somewhere, 4 nowhere", ours.stderr)

    def test_leave_nothing_here(self):
        self.get("-r", self.url, "--spider")
        self.assertEqual(list(self.work.iterdir()), [])
        asked = self.log.read_text()
        self.assertIn('"HEAD /there.png HTTP', asked)
        self.assertNotIn('"GET /there.png HTTP', asked)
        self.assertIn('"GET /docs/a.html HTTP', asked)

    def test_one_by_one(self):
        done = self.get("--spider", self.url + "there.png")
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertEqual(self.get("--spider", self.url + "none").returncode, REFUSED)
        self.assertEqual(self.get("--spider", "-r", self.url, "-N").returncode, USAGE)
        self.assertEqual(list(self.work.iterdir()), [])


if __name__ == "__main__":
    main()
