# SPDX-License-Identifier: MIT
"""`zocalo get -r` of Gopher servers that we did not write, of our own, and of some that lie."""

import os
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from burrows import HERE, run_gophernicus, run_pygopherd
from running import free_port
from support import PATIENCE, Program, enter_own_network, main, program

USAGE, FAILED, PEER, REFUSED = 2, 1, 6, 9
BINARY = bytes(range(256)) * 500


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


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

    def files(self, folder="mirror", menus=True):
        root = self.home / folder
        return {str(each.relative_to(root)): each.read_bytes() for each in root.rglob("*")
                if each.is_file() and (menus or each.name != "gophermap")}


class of_folders(with_places):
    def setUp(self):
        super().setUp()
        self.site = self.home / "site"
        (self.site / "docs" / "deeper").mkdir(parents=True)
        (self.site / "readme.txt").write_text("Hello, Gopher\n.a dot first\nKöln\n")
        (self.site / "docs" / "one.txt").write_text("one\n")
        (self.site / "docs" / "two words.txt").write_text("two\n")
        (self.site / "docs" / "picture.png").write_bytes(BINARY)
        (self.site / "docs" / "deeper" / "last.txt").write_text("last\n")
        self.site.chmod(0o755)

    def serving(self, folder):
        port = free_port()
        served = Program("zocalo", "serve", "--http", "no", "--gopher", port, "--clients", "no",
                         self.home / folder)
        self.enterContext(served)
        served.wait_for(r"Gopher at gopher://.*")
        return port

    def check(self, port):
        """The mirror is what is there, and our own server gives the same again from it."""
        here = f"gopher://{HERE}:{port}/"
        everything = self.files("site")
        self.mirror(here)
        self.assertEqual(self.files(menus=False), everything)
        self.assertIn(f"\t{HERE}\t{port}", self.files()["gophermap"].decode())
        self.mirror(here + "1/docs", "-Z", "--convert-links", folder="part")
        self.assertEqual(self.files("part", menus=False),
                         {name.removeprefix("docs/"): content
                          for name, content in everything.items() if name.startswith("docs/")})
        self.mirror(here, "--convert-links", folder="whole")
        self.assertNotIn(str(port), b"".join(text for name, text in self.files("whole").items()
                                             if name.endswith("gophermap")).decode())
        again = self.serving("whole")
        told = self.mirror(f"gopher://{HERE}:{again}/", "--convert-links", folder="again")
        self.assertEqual(self.files("again", menus=False), everything)
        self.assertNotIn("elsewhere", told)

    def test_our_own(self):
        self.check(self.serving("site"))

    def test_pygopherd(self):
        self.check(run_pygopherd(self, self.site))

    def test_gophernicus(self):
        (self.site / "docs" / "two words.txt").unlink()  # %20 is a part of its selectors
        self.check(run_gophernicus(self, self.site))

    def test_pygopherd_shows_it_again(self):
        """Whoever reads gophermaps can serve the mirror."""
        port = self.serving("site")
        self.mirror(f"gopher://{HERE}:{port}/", "--convert-links")
        again = run_pygopherd(self, self.home / "mirror")
        self.mirror(f"gopher://{HERE}:{again}/", folder="again")
        self.assertEqual(self.files("again", menus=False), self.files("site"))


class burrow:
    """Answers from a table of selectors; what it does not know is an error of Gopher."""

    def __init__(self, test, table):
        self.table, self.asked = table, []
        self.listener = test.enterContext(socket.create_server((HERE, 0)))
        self.port = self.listener.getsockname()[1]
        self.listener.settimeout(0.05)
        self.stop = threading.Event()
        thread = threading.Thread(target=self.serve)
        thread.start()
        test.addCleanup(thread.join)
        test.addCleanup(self.stop.set)

    def serve(self):
        while not self.stop.is_set():
            try:
                client, _ = self.listener.accept()
            except TimeoutError:
                continue
            with client:
                client.settimeout(PATIENCE)
                selector = client.makefile("rb").readline().decode().rstrip("\r\n")
                self.asked.append(selector)
                sent = self.table.get(selector, "3'x' is not here\t\terror.host\t1\r\n.\r\n")
                client.sendall(sent if isinstance(sent, bytes) else sent.encode())

    def menu(self, *items, host=HERE, port=None):
        return "".join(f"{item[0]}name\t{item[1:]}\t{host}\t{port or self.port}\r\n"
                       for item in items) + ".\r\n"


class of_hostile_servers(with_places):
    def setUp(self):
        super().setUp()
        self.burrow = burrow(self, {})
        self.url = f"gopher://{HERE}:{self.burrow.port}/"

    def paths(self):
        return [path for path in self.burrow.asked if path != "/robots.txt"]

    def test_no_selector_leads_out_of_the_folder(self):
        out = ["0/../x", "0../x", "0//x", "0/a/../../x", "0/./x", "1/..", "0/" + "x" * 300,
               "0/a\0b", "1/a/../../../etc"]
        self.burrow.table = {"": self.burrow.menu(*out, "0/good", "0/line\x1bend", "9a\\..\\b"),
                             "/good": "good\r\n.\r\n", "/line\x1bend": "named\r\n.\r\n",
                             "a\\..\\b": "one name"}
        told = self.mirror(self.url)
        self.assertEqual(set(self.files(menus=False)), {"good", "line%1Bend", "a\\..\\b"})
        self.assertEqual(sorted(os.listdir(self.home)), ["mirror"])
        self.assertEqual(set(self.paths()), {"", "/good", "/line\x1bend", "a\\..\\b"})
        self.assertIn("without a name", told)

    def test_only_this_server_is_asked_and_only_what_is_a_file(self):
        port = self.burrow.port
        self.burrow.table = {"": (self.burrow.menu("1/x", host="other.example")[:-3] +
                                  self.burrow.menu("1/x", port=port + 1)[:-3] +
                                  self.burrow.menu("7/find", "8/telnet", "2/cso", "3/error",
                                                   "hURL:http://other.example/", "+/copy",
                                                   "T/tn", "i/info", "0/good")),
                             "/good": "good\r\n.\r\n"}
        told = self.mirror(self.url)
        self.assertEqual(self.paths(), ["", "/good"])
        self.assertIn("1 links with a query", told)

    def test_loops_and_depth_end(self):
        class endless(dict):
            def get(table, selector, default):
                if selector == "/robots.txt":
                    return default
                return self.burrow.menu("1", "1/", f"1{selector}/d")
        self.burrow.table = endless()
        told = self.mirror(self.url, "--level", "3")
        self.assertEqual(len(self.files()), 4)
        self.assertEqual(len(self.paths()), 4)
        self.assertIn("1 links deeper than --level", told)
        self.mirror(self.url, "--max-files", "20", "-l", "0", folder="all", code=FAILED)
        self.assertEqual(len(self.files("all")), 20)

    def test_errors_are_no_files(self):
        self.burrow.table = {"": self.burrow.menu("0/gone", "9/gone2", "0/cut", "0/endless"),
                             "/cut": "within a li", "/endless": "no dot\r\n"}
        told = self.mirror(self.url, code=PEER)
        self.assertEqual(self.files(menus=False), {"endless": b"no dot\n"})
        self.assertIn("3 not fetched", told)
        self.assertIn("1 texts without an end", told)

    def test_content_has_a_limit(self):
        self.burrow.table = {"": self.burrow.menu("9/a", "9/b", "9/c"),
                             **{"/" + each: "x" * 60_000 for each in "abc"}}
        told = self.mirror(self.url, "--quota", "100k", code=FAILED)
        self.assertEqual(set(self.files(menus=False)), {"a"})
        self.assertIn("--quota", told)

    def test_menus_are_written_anew(self):
        """A server of the mirror may take commands from a gophermap: =/etc/passwd, say."""
        self.burrow.table = {"": "=/etc/passwd\r\n!title\r\niinfo\tx\ty\tz\r\n0half\r\n"
                                 f"0Good\t/good\t{HERE}\t{self.burrow.port}\r\n.\r\n",
                             "/good": "good\r\n.\r\n"}
        self.mirror(self.url)
        for line in self.files()["gophermap"].decode().splitlines():
            self.assertRegex(line, r"^[i0][^\t]*\t[^\t]*\t[^\t]*\t\d+$")

    def test_robots_txt_is_kept_to(self):
        self.burrow.table = {"": self.burrow.menu("0/a", "1/private", "0/private/b", "0private/c"),
                             "/a": "a\r\n.\r\n",
                             "/robots.txt": "User-agent: *\r\nDisallow: /private\r\n.\r\n"}
        told = self.mirror(self.url)
        self.assertEqual(self.paths(), ["", "/a"])
        self.assertIn("3 links that robots.txt asks not to follow", told)
        self.mirror(self.url, "--robots", "off", folder="all", code=REFUSED)
        self.assertIn("private/c", self.paths())

    def test_what_cannot_be_is_refused(self):
        for words in ([self.url, "-N"], [self.url + "7/find"], [self.url + "8/x"]):
            done = subprocess.run([program("zocalo"), "get", "-r", *words], cwd=self.home,
                                  capture_output=True, timeout=PATIENCE)
            self.assertEqual(done.returncode, USAGE, done.stderr)


if __name__ == "__main__":
    main()
