# SPDX-License-Identifier: MIT
"""`zocalo get -r --convert-links` beside wget's -k, and served again."""

import re
import shutil
import subprocess
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from running import free_port
from sites import run_nginx, run_python
from support import PATIENCE, Program, cannot_run, enter_own_network, main, program

FAILED, REFUSED = 1, 9

SITE = {
    "up.txt": "above the folder\n",
    "docs/index.html": """<!DOCTYPE html><html><head><link rel=stylesheet href="style.css">
        <style>body { background: url("pic.png") }</style>
        <meta http-equiv=refresh content="600; URL=sub/page.html"></head><body background=pic.png>
        <a href="sub/">sub</a> <a href="/docs/sub/page.html#x">page</a> <a href=gone.html>1</a>
        <a href="../up.txt">up</a> <a href="http://example.org/x">2</a> <a href='a.txt'>3</a>
        <a href="a.txt?x=1&amp;y=2">4</a> <a href="mailto:a@b">5</a> <a href="//x.example/">6</a>
        <img src='pic.png' srcset="pic.png 1x, sub/big.png 2x"> <form action="sub/send"></form>
        <p style="background: url('sub/big.png')"> <!-- <a href="a.txt"> --></body></html>""",
    "docs/style.css": "@import 'sub/more.css'; p { a: url(pic.png); b: url('/docs/no.woff') }",
    "docs/pic.png": "picture\n",
    "docs/a.txt": "a <a href=index.html>\n",
    "docs/sub/index.html": '<html><base href="/docs/"><a href="./">home</a><a href=a.txt>a</a>',
    "docs/sub/page.html": '<html><a href="../a.txt">a</a> <a href="./">here</a>',
    "docs/sub/more.css": "q { background: url( ../pic.png ) }",
    "docs/sub/big.png": "big\n",
}


def setUpModule():
    enter_own_network()


class all_links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, _, attributes):
        self.found += [value for name, value in attributes if name in ("href", "src")]


class with_places(unittest.TestCase):
    def setUp(self):
        self.home = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.home.chmod(0o755)
        self.site = self.home / "site"
        for name, text in SITE.items():
            file = self.site / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def files(self, folder):
        root = self.home / folder
        return {str(each.relative_to(root)): each.read_text()
                for each in root.rglob("*") if each.is_file()}

    def mirror(self, url, folder, *options, code=0):
        done = subprocess.run([program("zocalo"), "get", "-r", url, "--output-dir", folder,
                               *options], cwd=self.home, capture_output=True, text=True,
                              timeout=2 * PATIENCE)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def check_links(self, folder, *, outside):
        """Whatever has no scheme is a file of the mirror."""
        root = (self.home / folder).resolve()
        seen = set()
        for page in root.rglob("*.html"):
            for link in all_links(page.read_text(errors="replace")).found:
                if urlsplit(link).scheme or not link:
                    seen.add(link)
                    continue
                file = (page.parent / unquote(urlsplit(link).path)).resolve()
                self.assertTrue(file.is_file(), (page, link))
                self.assertTrue(file.is_relative_to(root), (page, link))
        self.assertEqual(seen, outside)


TYPES = "types { text/html html; text/css css; image/png png; }"


class pages(with_places):
    maxDiff = None

    def test_they_are_those_of_wget(self):
        wget = shutil.which("wget") or cannot_run("there is no wget")
        port = free_port()
        run_nginx(self, self.site, port, TYPES)
        url = f"http://127.0.0.1:{port}/docs/"
        subprocess.run([wget, "-q", "-r", "-np", "-nH", "--cut-dirs=1", "-l", "inf", "-k", "-e",
                        "robots=off", "-R", "*[?]*", "-P", "wget", url], cwd=self.home,
                       timeout=2 * PATIENCE)
        self.mirror(url, "ours", "-l", "0", "--convert-links", code=REFUSED)
        self.assertEqual(self.files("ours"), self.files("wget"))
        self.check_links("ours", outside={
            "", "mailto:a@b", "http://example.org/x", "http://x.example/",
            f"http://127.0.0.1:{port}/up.txt", f"{url}gone.html", f"{url}a.txt?x=1&y=2"})

    def test_lists_of_folders_with_odd_names_lead_to_their_files(self):
        for name in ("umlaut \u00e4 & <b>'\"+.bin", "a:b", "100%", "q?a=b", "#x", "a;b,c"):
            (self.site / "docs" / name).write_text(name)
        (self.site / "docs" / "index.html").unlink()
        port = free_port()
        run_python(self, self.site, port)
        self.mirror(f"http://127.0.0.1:{port}/docs/", "ours", "-Z", "--convert-links",
                    code=REFUSED)
        self.assertEqual(self.files("ours")["100%"], "100%")
        self.check_links("ours", outside={""})

    def test_our_own_server_shows_it_again_elsewhere(self):
        port, again = free_port(), free_port()
        run_nginx(self, self.site, port, TYPES)
        self.mirror(f"http://127.0.0.1:{port}/docs/", "ours", "--convert-links", code=REFUSED)
        served = Program("zocalo", "serve", "--http", again, "--gopher", "no", "--clients", "no",
                         self.home)
        self.enterContext(served)
        served.wait_for(r"open (http\S+) in a browser; what happens: .*")
        told = self.mirror(f"http://127.0.0.1:{again}/ours/", "again", "--convert-links")
        self.assertEqual(self.files("again"), self.files("ours"))
        self.assertNotIn("not fetched", told)

    def test_what_is_newer_is_converted_again(self):
        port = free_port()
        run_nginx(self, self.site, port, TYPES)
        url = f"http://127.0.0.1:{port}/docs/"
        for _ in range(2):
            told = self.mirror(url, "ours", "-N", "--convert-links", code=REFUSED)
            before = self.files("ours")
        self.assertIn("3 not newer", told)  # what has no links: two pictures, one text
        (self.site / "docs" / "index.html").write_text('<html><a href="/docs/a.txt">a</a>')
        self.mirror(url, "ours", "-N", "--convert-links")
        self.assertEqual(self.files("ours"), before | {"index.html": '<html><a href="a.txt">a</a>'})

    def test_redirects_lead_to_what_they_lead_to(self):
        port = free_port()
        run_nginx(self, self.site, port,
                  TYPES + "location = /docs/gone.html { return 302 /docs/sub; }")
        self.mirror(f"http://127.0.0.1:{port}/docs/", "ours", "--convert-links", code=REFUSED)
        self.assertIn('<a href="sub/index.html">1</a>', self.files("ours")["index.html"])

    def test_the_option_is_for_mirrors(self):
        for words in (["--convert-links"], ["--wait", "1"]):
            done = subprocess.run([program("zocalo"), "get", *words, "http://127.0.0.1:1/"],
                                  capture_output=True, text=True, timeout=PATIENCE)
            self.assertEqual(done.returncode, 2)
            self.assertIn("--recursive", done.stderr)


if __name__ == "__main__":
    main()
