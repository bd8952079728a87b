# SPDX-License-Identifier: MIT
"""`zocalo get -r`: folders of servers that we did not write, beside wget; and servers that lie."""

import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from running import free_port
from sites import run_nginx, run_python
from support import PATIENCE, Program, cannot_run, enter_own_network, main, program

FAILED, REFUSED = 1, 9


def setUpModule():
    enter_own_network()


class with_places(unittest.TestCase):
    def setUp(self):
        self.home = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.home.chmod(0o755)

    def mirror(self, url, *options, folder="mirror", code=0):
        words = [program("zocalo"), "get", "-r", url, "--output-dir", folder, *options]
        done = subprocess.run(words, cwd=self.home, capture_output=True, timeout=2 * PATIENCE,
                              text=True, errors="backslashreplace")
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def files(self, folder="mirror"):
        root = self.home / folder
        return {str(each.relative_to(root)): each.read_bytes()
                for each in root.rglob("*") if each.is_file()}


class of_foreign_servers(with_places):
    def setUp(self):
        super().setUp()
        self.site = self.home / "site"
        for number in range(5):
            sub = self.site / "docs" / f"sub {number}" / "deeper"
            sub.mkdir(parents=True)
            for each in range(8):
                (sub / f"file {each}.txt").write_text(f"{number} {each}\n" * 100 * each)
            (sub.parent / "umlaut ä & <b>'\"+.bin").write_bytes(bytes(range(256)) * 500)
        (self.site / "docs" / "empty").write_bytes(b"")
        (self.site / "secret.txt").write_text("above the folder\n")
        os.utime(self.site / "docs" / "empty", (1e9, 1e9))

    def beside_the_folder(self, url):
        """The mirror is what is there, but for the pages that show it."""
        for folder, option in (("one by one", "--no-progress-meter"), ("many", "-Z")):
            self.mirror(url, option, "--level", "0", folder=folder)
            done = subprocess.run(["diff", "-r", "-x", "index.html", self.site / "docs", folder],
                                  cwd=self.home, capture_output=True, timeout=PATIENCE)
            self.assertEqual((done.returncode, done.stdout), (0, b""))
            self.assertEqual((self.home / folder / "empty").stat().st_mtime, 1e9)

    def beside_wget(self, url):
        wget = shutil.which("wget") or cannot_run("there is no wget")
        self.home.joinpath("wget").mkdir()
        subprocess.run([wget, "-q", "-r", "-np", "-l", "inf", "-e", "robots=off", "-R", "*[?]*",
                        url], cwd=self.home / "wget", timeout=2 * PATIENCE)
        self.home.joinpath("ours").mkdir()
        subprocess.run([program("zocalo"), "get", "-r", url, "-s", "-l", "0"],
                       cwd=self.home / "ours", timeout=2 * PATIENCE, check=True)
        self.assertEqual(self.files("ours"), self.files("wget"))

    def test_nginx(self):
        port = free_port()
        run_nginx(self, self.site, port, "location / { autoindex on; }")
        self.beside_the_folder(f"http://127.0.0.1:{port}/docs/")
        self.beside_wget(f"http://127.0.0.1:{port}/docs/")

    def test_python(self):
        port = free_port()
        run_python(self, self.site, port)
        self.beside_the_folder(f"http://127.0.0.1:{port}/docs/")
        self.beside_wget(f"http://127.0.0.1:{port}/docs/")

    def test_our_own(self):
        port = free_port()
        served = Program("zocalo", "serve", "--http", port, "--gopher", "no", "--clients", "no",
                         self.site)
        self.enterContext(served)
        served.wait_for(r"open (http\S+) in a browser; what happens: .*")
        self.beside_the_folder(f"http://127.0.0.1:{port}/docs/")


class page(http.server.BaseHTTPRequestHandler):
    """Answers from a table: path to text, or to (status, fields, text)."""

    protocol_version = "HTTP/1.1"
    table, asked = {}, []

    def log_message(self, *_):
        pass

    def do_GET(self):
        page.asked.append((self.path, self.headers.get("If-Modified-Since")))
        found = self.table.get(self.path, (404, {}, "none\n"))
        status, fields, text = found if isinstance(found, tuple) else (200, {}, found)
        text = text if isinstance(text, bytes) else text.encode()
        if fields.get("Last-Modified", 0) == self.headers.get("If-Modified-Since"):
            status, text = 304, b""
        self.send_response(status)
        if text.startswith(b"<"):
            self.send_header("Content-Type", "text/html; charset=utf-8")
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


class quiet_server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """Clients that leave early are part of the tests."""


def links(*all):
    return "<html>" + "".join(f'<a href="{each}">x</a>' for each in all)


class with_own_pages(with_places):
    def setUp(self):
        super().setUp()
        page.table, page.asked = {}, []
        server = quiet_server(("127.0.0.1", 0), page)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.server = f"http://127.0.0.1:{server.server_address[1]}"

    def paths(self):
        return [path for path, _ in page.asked if path != "/robots.txt"]


class of_sites_with_wishes(with_own_pages):
    def setUp(self):
        super().setUp()
        page.table = {"/a/": links("b", "private/c", "d.html"), "/a/b": "b\n",
                      "/a/private/c": "c\n", "/a/d.html": links("e"), "/a/e": "e\n",
                      "/robots.txt": "User-agent: *\nDisallow: /\n"
                                     "User-agent: zocalo\nUser-agent: wget\n"
                                     "Disallow: /a/private/\nDisallow: /*.html$\n"}

    def test_robots_txt_is_kept_to(self):
        told = self.mirror(self.server + "/a/")
        self.assertEqual(set(self.files()), {"index.html", "b"})
        self.assertIn("2 links that robots.txt asks not to follow", told)
        self.assertEqual([path for path, _ in page.asked].count("/robots.txt"), 1)

    def test_as_wget_keeps_to_it(self):
        page.table["/robots.txt"] = "User-agent: wget\nUser-agent: zocalo\nDisallow: /a/private\n"
        wget = shutil.which("wget") or cannot_run("there is no wget")
        subprocess.run([wget, "-q", "-r", "-np", "-nH", "--cut-dirs=1", "-P", "wget",
                        self.server + "/a/"], cwd=self.home, timeout=2 * PATIENCE, check=True)
        self.mirror(self.server + "/a/")
        theirs = {name: text for name, text in self.files("wget").items() if name != "robots.txt"}
        self.assertEqual(self.files(), theirs)
        self.assertEqual(set(theirs), {"index.html", "b", "d.html", "e"})

    def test_it_can_be_passed_over(self):
        self.mirror(self.server + "/a/", "--robots", "off")
        self.assertEqual(set(self.files()), {"index.html", "b", "private/c", "d.html", "e"})
        self.assertNotIn("/robots.txt", [path for path, _ in page.asked])

    def test_it_says_how_long_to_wait(self):
        page.table["/robots.txt"] = "User-agent: *\nCrawl-delay: 0.7\n"
        begun = time.monotonic()
        told = self.mirror(self.server + "/a/", "-Z")
        self.assertGreater(time.monotonic() - begun, 4 * 0.7)  # between five
        self.assertEqual(len(self.files()), 5)
        self.assertIn("asks for 0.7 s between two requests", told)
        begun = time.monotonic()
        self.mirror(self.server + "/a/", "--robots", "off", "--wait", "0.1", folder="soon")
        self.assertGreater(time.monotonic() - begun, 4 * 0.1)
        self.assertEqual(len(self.files("soon")), 5)

    def test_a_site_that_cannot_say_is_left_alone(self):
        page.table["/robots.txt"] = (503, {}, "later\n")
        told = self.mirror(self.server + "/a/")
        self.assertEqual(set(self.files()), {"index.html"})
        self.assertIn("3 links that robots.txt", told)


class of_hostile_servers(with_own_pages):
    def test_no_link_leads_out_of_the_folder(self):
        out = ["../x", "/x", "/../x", "%2e%2e/x", "%2e%2e%2fx", "..%2fx", "..%5c..%5cx", "%00",
               "a%00b", "//other.example/a/x", "http://other.example/a/x", "https://127.0.0.1/a/x",
               "\\\\other.example\\x", "mailto:a", "javascript:x", "file:///etc/passwd",
               "/etc/passwd", "d//e", "x" * 300, "d/" * 3000, "question?a=b"]
        page.table = {"/a/": links(*out, "good", "line%0Aend"), "/a/good": "good\n",
                      "/a/line%0Aend": "named\n", "/a/..%5C..%5Cx": "one name\n"}
        told = self.mirror(self.server + "/a/")
        self.assertEqual(set(self.files()), {"index.html", "good", "line%0Aend", "..\\..\\x"})
        self.assertIn("links to elsewhere", told)
        self.assertIn("links with a query", told)
        self.assertEqual(sorted(os.listdir(self.home)), ["mirror"])
        self.assertTrue(all(path.startswith("/a/") for path in self.paths()), self.paths())

    def test_no_symbolic_link_is_followed(self):
        page.table = {"/": links("out/x", "file", "good"), "/out/x": "hostile\n",
                      "/file": "hostile\n", "/good": "good\n"}
        (self.home / "elsewhere").mkdir()
        (self.home / "kept").write_text("kept\n")
        (self.home / "mirror").mkdir()
        (self.home / "mirror" / "out").symlink_to(self.home / "elsewhere")
        (self.home / "mirror" / "file").symlink_to(self.home / "kept")
        self.mirror(self.server + "/", code=FAILED)
        self.assertEqual(list((self.home / "elsewhere").iterdir()), [])
        self.assertEqual((self.home / "kept").read_text(), "kept\n")
        self.assertEqual(self.files()["good"], b"good\n")

    def test_loops_and_many_links_end(self):
        many = [f"file{number}" for number in range(10_000)]
        page.table = {"/": links("/", "./", "#top", "/round/", *many[:3], *many),
                      "/round/": (302, {"Location": "/round/"}, ""),
                      **{"/" + each: "x" for each in many[:50]}}
        told = self.mirror(self.server + "/", "--max-files", "52", code=FAILED)
        self.assertEqual(len(self.files()), 51)
        self.assertEqual(len(self.paths()), len(set(self.paths())))
        self.assertIn("--max-files", told)

    def test_endless_depth_ends(self):
        class endless(dict):
            def get(self, path, _):
                return links("d/")
        page.table = endless()
        told = self.mirror(self.server + "/", "--level", "3")
        self.assertEqual(len(self.files()), 4)
        self.assertIn("1 links deeper than --level", told)
        self.mirror(self.server + "/", "--max-files", "20", "-l", "0", folder="all", code=FAILED)
        self.assertEqual(len(self.files("all")), 20)

    def test_content_has_a_limit(self):
        page.table = {"/": links("a", "b", "c"), **{"/" + each: "x" * 60_000 for each in "abc"}}
        told = self.mirror(self.server + "/", "--quota", "100k", code=FAILED)
        self.assertEqual(set(self.files()), {"index.html", "a"})
        self.assertIn("--quota", told)
        self.assertNotIn("/c", self.paths())

    def test_a_name_of_a_file_and_of_a_folder(self):
        page.table = {"/": links("a", "a/b", "c/d", "c"), "/a": "file\n", "/a/b": "below\n",
                      "/c/d": "below\n", "/c": "file\n"}
        told = self.mirror(self.server + "/", code=FAILED)
        self.assertEqual(set(self.files()), {"index.html", "a", "c/d"})
        self.assertIn("Not a directory", told)
        self.assertIn("Is a directory", told)

    def test_redirects_are_links(self):
        page.table = {"/a/": links("moved", "out", "up"), "/a/new": "new\n", "/x": "above\n",
                      "/a/moved": (301, {"Location": "new"}, ""),
                      "/a/out": (302, {"Location": "http://other.example/a/new"}, ""),
                      "/a/up": (302, {"Location": "/x"}, "")}
        self.mirror(self.server + "/a/")
        self.assertEqual(set(self.files()), {"index.html", "new"})
        page.table["/gone/"] = (301, {"Location": "http://other.example/"}, "")
        told = self.mirror(self.server + "/gone/", folder="gone", code=FAILED)
        self.assertIn("is at http://other.example/ now", told)

    def test_what_is_cut_off_is_no_file(self):
        page.table = {"/": links("cut", "whole"), "/whole": "whole\n",
                      "/cut": (200, {"Content-Length": "1000", "Connection": "close"}, "short")}
        self.mirror(self.server + "/", code=6)
        self.assertEqual(set(self.files()), {"index.html", "whole"})


class options(with_own_pages):
    DATE = "Sun, 06 Nov 1994 08:49:37 GMT"

    def test_timestamping_asks_for_what_is_newer(self):
        dated = {"Last-Modified": self.DATE}
        page.table = {"/": (200, dated, links("a", "b/")), "/a": (200, dated, "a\n"),
                      "/b/": (200, dated, links("c")), "/b/c": "c\n"}
        self.mirror(self.server + "/")
        before, page.asked = self.files(), []
        page.table["/b/c"] = "new\n"
        told = self.mirror(self.server + "/", "-N")
        self.assertIn("3 not newer", told)
        self.assertEqual(dict(page.asked)["/a"], self.DATE)
        self.assertEqual(self.files(), before | {"b/c": b"new\n"})
        self.assertEqual((self.home / "mirror" / "a").stat().st_mtime, 784111777)

    def test_names_choose(self):
        page.table = {"/": links("a.txt", "b.jpg", "more.html", "c.tar.gz"), "/a.txt": "a\n",
                      "/b.jpg": "b\n", "/c.tar.gz": "c\n", "/more.html": links("d.jpg"),
                      "/d.jpg": "d\n"}
        self.mirror(self.server + "/", "--accept", ".jpg,*.tar.*", folder="accepted")
        self.assertEqual(set(self.files("accepted")), {"b.jpg", "c.tar.gz", "d.jpg"})
        self.mirror(self.server + "/", "--reject", ".jpg", "--reject", "index.html",
                    folder="rejected")
        self.assertEqual(set(self.files("rejected")), {"a.txt", "c.tar.gz", "more.html"})

    def test_the_report_has_every_file(self):
        page.table = {"/": links("a", "gone"), "/a": "a\n"}
        told = self.mirror(self.server + "/", "--json-report", "report.json", code=REFUSED)
        self.assertIn("1 not fetched", told)
        report = json.loads((self.home / "report.json").read_text())
        self.assertEqual([(each["status"], each.get("file")) for each in report],
                         [(200, "mirror/index.html"), (200, "mirror/a"), (404, None)])

    def test_r_is_a_range_in_front_of_one(self):
        page.table = {"/": "0123"}
        zocalo = [program("zocalo"), "get", "-s"]
        for words in (["-r", self.server + "/", "-o", "x"], ["-r"], ["-r", "0-1"], [],
                      ["-r", self.server + "/", self.server + "/"],
                      ["--accept", "x", self.server + "/"]):
            done = subprocess.run(zocalo + words, cwd=self.home, capture_output=True,
                                  timeout=PATIENCE)
            self.assertEqual(done.returncode, 2, words)
        place = self.server.removeprefix("http://")
        for words in ([self.server + "/", "-r"], ["--recursive", self.server + "/"]):
            subprocess.run(zocalo + words, cwd=self.home, check=True, timeout=PATIENCE)
            self.assertEqual(set(self.files(place)), {"index.html"})
            shutil.rmtree(self.home / place)


if __name__ == "__main__":
    main()
