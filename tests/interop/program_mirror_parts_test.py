# SPDX-License-Identifier: MIT
"""`zocalo get --page-requisites`, `--span-hosts` and `--adjust-extension` beside wget's -p, -H and
-E: the same sites, the same trees; and pages that want to abuse them."""

import http.server
import shutil
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from running import free_port
from sites import run_nginx
from support import PATIENCE, cannot_run, enter_own_network, main, program

SITE = {
    "docs/page": """<!DOCTYPE html><html><head><link rel=stylesheet href="/css/main?v=3">
        <link rel="shortcut icon" href=/icon.png><link rel=next href=next><style>
        p { background: url(/pics/inline.png) }</style><script src="../js/a.js"></script></head>
        <body background=/pics/back.png><a href="next">next</a> <a href="/elsewhere/">up</a>
        <img src=pic.png srcset="/pics/big.png 2x, pic.png 1x"><a href="/docs/pic.png">it</a>
        <iframe src="/frames/in"></iframe><video poster="/pics/poster.png"></video></html>""",
    "docs/next": '<html><a href=page>page</a><a href="third">third</a><img src="/pics/next.png">',
    "docs/third": '<html><a href=page>page</a><img src="/pics/third.png">',
    "docs/pic.png": "picture", "elsewhere/index.html": "<html>elsewhere",
    "css/main": '@import "more.css"; p { background: url("/pics/css.png") }',
    "css/more.css": "q { background: url(../pics/more.png) }",
    "js/a.js": "a()", "icon.png": "icon",
    "frames/in": '<html><img src="/pics/framed.png"><a href="/elsewhere/">up</a>',
    **{f"pics/{name}.png": name for name in ("inline", "back", "big", "poster", "next", "third",
                                             "css", "more", "framed")},
}
TYPES = """types { text/html html; text/css css; image/png png; text/javascript js; }
           location = /css/main { types { } default_type text/css; }
           location = /docs/page { types { } default_type text/html; }
           location = /docs/next { types { } default_type text/html; }
           location = /docs/third { types { } default_type text/html; }
           location = /frames/in { types { } default_type text/html; }"""


def setUpModule():
    enter_own_network()


class with_places(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.home = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.home.chmod(0o755)

    def put(self, folder, site):
        for name, text in site.items():
            file = self.home / folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return self.home / folder

    def files(self, folder):
        root = self.home / folder
        return {str(each.relative_to(root)): each.read_text()
                for each in root.rglob("*") if each.is_file()}

    def fetch(self, *words, code=0, into="ours"):
        (self.home / into).mkdir(exist_ok=True)
        done = subprocess.run([program("zocalo"), "get", *words], cwd=self.home / into,
                              capture_output=True, text=True, timeout=2 * PATIENCE)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def wget(self, *words):
        path = shutil.which("wget") or cannot_run("there is no wget")
        (self.home / "wget").mkdir()
        subprocess.run([path, "-q", "-e", "robots=off", *words], cwd=self.home / "wget",
                       timeout=2 * PATIENCE)


class beside_wget(with_places):
    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.site = self.put("site", SITE)
        run_nginx(self, self.site, self.port, TYPES)
        self.server = f"http://127.0.0.1:{self.port}"

    def test_one_page_and_what_it_is_shown_with(self):
        # wget goes no further than to what a style sheet needs.
        self.put("site", {"css/more.css": "q { background: url(../pics/css.png) }"})
        url = self.server + "/docs/page"
        self.wget("-p", "-k", "-E", url)
        self.fetch("--page-requisites", "--convert-links", "--adjust-extension", url)
        self.assertEqual(self.files("ours"), self.files("wget"))
        place = f"127.0.0.1:{self.port}"
        self.assertIn(f"{place}/css/main?v=3.css", self.files("ours"))
        self.assertIn('href="../css/main%3Fv=3.css"', self.files("ours")[f"{place}/docs/page.html"])
        self.assertNotIn(f"{place}/docs/next.html", self.files("ours"))

    def test_a_folder_with_what_its_pages_are_shown_with(self):
        url = self.server + "/docs/page"
        for level in ("1", "2", "5"):
            self.wget("-r", "-np", "-p", "-E", "-k", "-l", level, url)
            self.fetch("-r", url, "--page-requisites", "--adjust-extension", "--convert-links",
                       "--level", level)
            self.assertEqual(self.files("ours"), self.files("wget"), level)
            shutil.rmtree(self.home / "wget")
            shutil.rmtree(self.home / "ours")

    def test_the_whole_server(self):
        self.put("site", {"docs/page": SITE["docs/page"].replace("?v=3", "")})
        self.wget("-r", "-E", "-R", "*[?]*", self.server + "/docs/page")
        self.fetch("-r", self.server + "/docs/page", "--parent", "--adjust-extension")
        self.assertEqual(self.files("ours"), self.files("wget"))

    def test_other_servers(self):
        other = free_port()
        self.put("other", {"a.html": f'<html><a href="{self.server}/docs/third">x</a>'
                                     '<a href=b>b</a>', "b": "b", "far.png": "far"})
        run_nginx(self, self.home / "other", other, f"{TYPES} listen 127.0.0.2:{other};")
        self.put("site", {"docs/next": f'<html><a href="http://127.0.0.2:{other}/a.html">a</a>'
                                       f'<img src="http://127.0.0.2:{other}/far.png">'
                                       '<img src="http://127.0.0.3:1/none.png">'})
        url = self.server + "/docs/page"
        self.wget("-r", "-np", "-H", "-D", "127.0.0.1,127.0.0.2", "-p", "-k", "-E", url)
        self.fetch("-r", url, "--span-hosts", "--domains", "127.0.0.1,127.0.0.2",
                   "--page-requisites", "--convert-links", "--adjust-extension")
        self.assertEqual(self.files("ours"), self.files("wget"))
        self.assertIn(f"127.0.0.2:{other}/b", self.files("ours"))
        self.fetch("-r", url, "--span-hosts", "--exclude-domains", "127.0.0.2,127.0.0.3",
                   into="less")
        self.assertEqual({name.split("/")[0] for name in self.files("less")},
                         {f"127.0.0.1:{self.port}"})

    def test_mirror_is_all_that_is_newer(self):
        told = ""
        for _ in range(2):
            told = self.fetch("--mirror", self.server + "/docs/page", "--adjust-extension")
        self.assertIn("4 not newer", told)
        place = self.home / "ours" / f"127.0.0.1:{self.port}" / "docs"
        self.assertEqual({each.name for each in place.iterdir()},
                         {"page.html", "next.html", "third.html", "pic.png"})


class table(http.server.BaseHTTPRequestHandler):
    """Answers with the pages of `self.server`, and remembers what was asked for, and how."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        found = self.server.pages.get(self.path)
        kind, text = found if isinstance(found, tuple) else ("text/html", found)
        self.send_response(200 if text is not None else 404)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write((text or "none").encode())


class hostile_pages(with_places):
    def serve(self, address="127.0.0.1"):
        server = http.server.ThreadingHTTPServer((address, 0), table)
        server.pages, server.asked = {}, []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        server.place = f"{address}:{server.server_address[1]}"
        return server

    def test_no_other_server_is_told_who_we_are(self):
        own, other = self.serve(), self.serve("127.0.0.2")
        own.pages = {"/": f'<html><img src="http://{other.place}/x"><img src=y>', "/y": "y"}
        other.pages = {"/x": "x", "/robots.txt": ("text/plain", "")}
        self.fetch("--page-requisites", "--span-hosts", "-u", "ada:secret", "--basic", "-b", "a=b",
                   "-H", "X-Key: secret", "-H", "Authorization: secret", "-A", "who",
                   f"http://{own.place}/")
        self.assertEqual({path for path, _ in other.asked}, {"/x", "/robots.txt"})
        for path, fields in other.asked:
            self.assertNotIn("secret", str(fields))
            self.assertNotIn("Cookie", fields)
        self.assertEqual(dict(other.asked)["/x"]["User-Agent"], "who")
        self.assertIn("X-Key", dict(own.asked)["/y"])

    def test_each_server_says_what_robots_may(self):
        own, other = self.serve(), self.serve("127.0.0.2")
        own.pages = {"/": f'<html><a href="http://{other.place}/a/x">x</a>'
                          f'<a href="http://{other.place}/b/x">x</a>'}
        other.pages = {"/robots.txt": ("text/plain", "User-agent: *\nDisallow: /a/\n"),
                       "/a/x": "x", "/b/x": "x"}
        told = self.fetch("-r", f"http://{own.place}/", "--span-hosts", "-Z")
        self.assertEqual([path for path, _ in other.asked], ["/robots.txt", "/b/x"])
        self.assertIn("1 links that robots.txt asks not to follow", told)

    def test_no_name_leads_out_or_hides(self):
        own = self.serve()
        out = ["x?/../../y", "x?%2e%2e%2fy", "x?a%00b", "x?%1b[31m", "/" + "d/" * 2000 + "x",
               "x?" + "q" * 300, "..%2f..%2fx", "http://.ssh/authorized_keys"]
        own.pages = {"/a/": "<html>" + "".join(f'<img src="{each}">' for each in out)}
        for name in ("/a/x?/../../y", "/a/x?..%2Fy", "/a/x?a%00b", "/a/x?%1B%5B31m"):
            own.pages[name] = ("image/png", "x")
        self.fetch("--page-requisites", "--span-hosts", f"http://{own.place}/a/")
        folder = f"{own.place}/a/"
        self.assertEqual(set(self.files("ours")),
                         {folder + "index.html", folder + "x?%2F..%2F..%2Fy", folder + "x?..%2Fy",
                          folder + "x?%1B[31m", folder + "x?a%00b"})
        self.assertEqual([each.name for each in (self.home / "ours").iterdir()], [own.place])

    def test_endings_take_no_other_file(self):
        own = self.serve()
        own.pages = {"/": "<html>" + "".join(f"<a href={each}>x</a>" for each in
                                             ("a", "a.html", "A.HTM", "b", "b.css", "a.2.html")),
                     "/a": "<html>1", "/a.html": "<html>2", "/A.HTM": "<html>3",
                     "/b": ("text/css", "p {}"), "/b.css": ("image/png", "no style"),
                     "/a.2.html": "<html>4"}
        self.fetch("-r", f"http://{own.place}/", "--adjust-extension", "--convert-links")
        folder = f"{own.place}/"
        self.assertEqual({name.removeprefix(folder): text for name, text in
                          self.files("ours").items() if "index" not in name},
                         {"a.html": "<html>1", "a.2.html": "<html>2", "A.HTM": "<html>3",
                          "b.css": "p {}", "b.css.2": "no style", "a.2.2.html": "<html>4"})
        self.assertEqual(self.files("ours")[folder + "index.html"],
                         '<html><a href="a.html">x</a><a href="a.2.html">x</a>'
                         '<a href="A.HTM">x</a><a href="b.css">x</a><a href="b.css.2">x</a>'
                         '<a href="a.2.2.html">x</a>')

    def test_parts_of_parts_end(self):
        own = self.serve()
        own.pages = {"/": "<html><link rel=stylesheet href=0>",
                     **{f"/{n}": ("text/css", f'@import "{n + 1}"') for n in range(100)}}
        told = self.fetch("--page-requisites", "--level", "1", f"http://{own.place}/")
        self.assertEqual(len(self.files("ours")), 6)
        self.assertIn("1 links deeper than --level", told)

    def test_options_that_do_not_go_together(self):
        url = "http://127.0.0.1:1/"
        for words in (["--adjust-extension", url], ["--span-hosts", url], ["--parent", url],
                      ["-r", url, "--domains", "a.example"],
                      ["-r", url, "--span-hosts", "--cert", "x.pem"]):
            self.fetch(*words, code=2)
        for word in ("--page-requisites", "--adjust-extension", "--parent"):
            self.fetch("-r", "gopher://127.0.0.1:1/", word, code=2)


if __name__ == "__main__":
    main()
