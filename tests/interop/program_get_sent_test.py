# SPDX-License-Identifier: MIT
"""What `zocalo get` sends for the words that curl's users write, beside curl: cookies, fields that
are taken away, forms, lengths, where files go."""

import http.server
import re
import socket
import subprocess
from pathlib import Path

from program_get_curl_test import USAGE, with_site
from program_get_input_test import store
from support import enter_own_network, main, program


def setUpModule():
    enter_own_network()


class recorder(store):
    """Keeps each request; sets a cookie at /cookie, leads on at /to/STATUS/NAME."""

    kept = []

    def answer(self):
        recorder.kept.append((self.command, self.path, self.headers.items(), self.content()))
        way = re.match(r"/to/(\d+)/(.*)", self.path)
        self.send_response(int(way[1]) if way else 200)
        if way:
            self.send_header("Location", "/" + way[2])
        if self.path == "/cookie":
            self.send_header("Set-Cookie", "set=1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_POST = do_PUT = answer


def comparable(request):
    """Without what differs by design, or is made up anew each time."""
    method, path, fields, content = request
    boundary = next((re.search(r"boundary=(\S+)", value)[1] for _, value in fields
                     if "boundary=" in value), None)
    shown = []
    for name, value in fields:
        if name == "Cookie":
            value = re.sub("; ?", "; ", value)
        if boundary:
            value = value.replace(boundary, "B")
        is_other = name in ("Accept-Encoding", "Expect", "Proxy-Connection")
        if not is_other and not (boundary and "Length" in name):
            shown.append((name, re.sub(r"^(curl/.*|zocalo)$", "us", value)))
    if boundary:
        content = re.sub(rb"boundary=\S+", b"boundary=C", content.replace(boundary.encode(), b"B"))
        content = re.sub(rb"(?m)^--(?!B)[-\w]{16,}", b"--C", content)
    return method, path, sorted(shown), content


class with_recorder(with_site):
    @staticmethod
    def server():
        recorder.kept = []
        return http.server.ThreadingHTTPServer(("127.0.0.1", 0), recorder)

    def asked(self, run, words):
        recorder.kept = []
        run(*words)
        return [comparable(each) for each in recorder.kept]

    def same(self, *words):
        """The requests of both, which have to be the same."""
        words = [str(each).replace("E/", self.url + "/") for each in words]
        ours, theirs = (self.asked(run, words) for run in (self.get, self.curl))
        self.assertEqual(ours, theirs, words)
        self.assertTrue(ours)
        return ours

    def write(self, name, text):
        (self.here / name).write_text(text)

    def fields_of(self, name):
        """In the last request."""
        return [value for each, value in recorder.kept[-1][2] if each == name]


class cookies(with_recorder):
    JAR = "127.0.0.1\tFALSE\t/\tFALSE\t0\tjar\t1\n"

    def test_of_files_and_of_the_command_line_go_together(self):
        self.write("jar", "# Netscape HTTP Cookie File\n" + self.JAR)
        for words in (["-b", "jar", "-b", "x=y"], ["-b", "x=y", "-b", "jar"],
                      ["-b", "x=y", "-b", "z=w"], ["-b", "x=y; z=w"],
                      ["-b", "jar", "-b", "x=y", "-b", "z=w"]):
            with self.subTest(words):
                self.same(*words, "E/a")
                self.assertEqual(len(self.fields_of("Cookie")), 1)
        self.get("-b", "jar", "-H", "Cookie: m=n", self.url)
        self.assertEqual(self.fields_of("Cookie"), ["jar=1; m=n"])

    def test_that_were_just_set_are_sent(self):
        last = self.same("-b", "a=b", "-c", "new", "E/cookie", "E/a")[-1]
        self.assertIn(("Cookie", "set=1; a=b"), last[2])

    def test_of_a_file_that_is_not_there_yet(self):
        for run in (self.get, self.curl):
            (self.here / "new").unlink(missing_ok=True)
            done = run("-b", "new", "-c", "new", self.url + "/cookie")
            self.assertIn("set\t1", (self.here / "new").read_text())
            run("-b", "new", "-c", "new", self.url + "/a")
            self.assertEqual(self.fields_of("Cookie"), ["set=1"])
            if run == self.get:
                self.assertIn('"new"', done.stderr)
        self.write("empty", "")
        self.assertEqual(self.get("-b", "empty", self.url).stderr, "")
        self.get("-b", ".", self.url, code=1)

    def test_of_files_that_do_not_say_what_they_are(self):
        self.write("jar", self.JAR)
        self.same("-b", "jar", "E/a")
        self.assertEqual(self.fields_of("Cookie"), ["jar=1"])
        self.write("nonsense", "what is this\n")
        self.get("-b", "nonsense", self.url, code=USAGE)

    def test_of_a_session_may_be_left_out(self):
        self.write("jar", self.JAR + self.JAR.replace("0\tjar", "4000000000\tlong"))
        self.same("-j", "-b", "jar", "E/a")
        self.assertEqual(self.fields_of("Cookie"), ["long=1"])


class fields(with_recorder):
    def test_may_be_taken_away(self):
        for words in (["-A", ""], ["-H", "User-Agent:"], ["-H", "Accept:"], ["-H", "accept: "],
                      ["-H", "Accept:", "-H", "User-Agent:"],
                      ["-H", "Accept:", "-H", "Accept: a/b"],
                      ["-d", "x", "-H", "Content-Type:"], ["-d", "x", "-H", "Expect:"],
                      ["--json", "{}", "-H", "Content-Type:"], ["--json", "{}", "-H", "Accept:"],
                      ["-e", "http://a/", "-H", "Referer:"], ["-H", "X-None:"], ["-H", "X-Empty;"],
                      ["-A", "", "-H", "User-Agent: a"], ["-H", ""],
                      ["-H", "Expect:", "-T", "file"]):
            with self.subTest(words):
                self.write("file", "precious")
                self.same(*words, "E/a")
        self.write("list", "Accept:\nX-A: b\n")
        self.same("-H", "@list", "E/a")

    def test_that_have_to_stay(self):
        for name in ("Host", "Content-Length", "Transfer-Encoding", "Cookie", "Authorization"):
            told = self.get("-H", f"{name}:", self.url, code=USAGE)
            self.assertIn(name, told.stderr)
        self.get("-F", "a=b", "-H", "Content-Type:", self.url, code=USAGE)
        self.assertEqual(recorder.kept, [])

    def test_that_say_how_long_the_content_is(self):
        self.write("file", "precious")
        for words in (["-H", "Transfer-Encoding: chunked", "-d", "x"],
                      ["-H", "Transfer-Encoding: chunked", "-T", "file"],
                      ["-H", "Content-Length: 3", "-d", "a=b"],
                      ["-H", "Content-Length: 8", "-T", "file"],
                      ["-X", "POST", "-d", "", "-H", "Content-Length: 0"]):
            with self.subTest(words):
                [request] = self.same(*words, "E/a")
                self.assertIn(request[3], (b"x", b"a=b", b"precious", b""))
        recorder.kept = []
        for words in (["-H", "Content-Length: 5", "-d", "x"],
                      ["-H", "Content-Length: much", "-d", "x"],
                      ["-H", "Transfer-Encoding: gzip", "-d", "x"]):
            self.get(*words, self.url, code=USAGE)
        self.assertEqual(recorder.kept, [])


class where_things_go(with_recorder):
    def test_files_into_folders_with_a_query(self):
        self.write("f.txt", "precious")
        for path in ("up/?q=1", "up/?q=/", "up/x?q=/", "up/", "?q"):
            with self.subTest(path):
                self.same("-T", "f.txt", "E/" + path)
        words = [program("zocalo"), "put", "f.txt", "f.txt", self.url + "/up/?q=1"]
        recorder.kept = []
        self.run_one(words)
        self.assertEqual([each[1] for each in recorder.kept], ["/up/f.txt?q=1"] * 2)

    def test_names_as_they_were_typed(self):
        for url, name in (("E/ü.txt?q#f", "ü.txt"), ("E/%C3%BC.txt", "%C3%BC.txt"),
                          ("E/a/naïve", "naïve")):
            for run in (self.get, self.curl):
                run("-O", url.replace("E/", self.url + "/"))
                (self.here / name).unlink()

    def test_control_characters_go_nowhere(self):
        for url in ("/\r\nX: y", "/a\tb", "/\x7f", "/a\n"):
            with self.subTest(url):
                self.get(self.url + url, code=USAGE)
        self.assertEqual(recorder.kept, [])

    def test_files_that_are_there_stay(self):
        for run in (self.get, self.curl):
            self.write("keep", "precious")
            for number in ("1", "2"):
                run("--no-clobber", "-o", "keep", self.url + "/a")
                self.assertTrue((self.here / f"keep.{number}").exists())
                self.assertEqual((self.here / "keep").read_text(), "precious")
            for number in ("1", "2"):
                (self.here / f"keep.{number}").unlink()
        self.get("--no-clobber", "-o", "/dev/null", self.url + "/a")
        self.get("--no-clobber", "--clobber", self.url, code=USAGE)

    def test_nothing_more_after_a_failure(self):
        for run, code in ((self.get, 4), (self.curl, 7)):
            recorder.kept = []
            run("--fail-early", "http://127.0.0.1:1/", self.url + "/a", code=code)
            self.assertEqual(recorder.kept, [])


class conditions(with_recorder):
    def test_dates_as_curl_reads_them(self):
        for date in ("Sun, 06 Nov 1994 08:49:37 GMT", "1994 Nov 6", "06-Nov-94", "20200101",
                     "-1994.Nov.6", "Sat, 11 Sep 2004 21:32:11 +0200", "06 Nov 1994 08:49 EST"):
            with self.subTest(date):
                self.same("-z", date, "E/a")
        self.get("-z", "2020-01-01", self.url)
        self.assertEqual(self.fields_of("If-Modified-Since"), ["Wed, 01 Jan 2020 00:00:00 GMT"])
        self.get("-z", "some time", self.url, code=USAGE)

    def test_no_time_is_no_limit(self):
        for words in (["-m", "0"], ["--connect-timeout", "0"], ["--retry-delay", "0"],
                      ["--retry-max-time", "0"]):
            with self.subTest(words):
                self.same(*words, "E/a")

    def test_a_limit_that_is_over_is_named(self):
        self.write("file", "x" * 50000)
        told = self.get("-m", "0.5", "--limit-rate", "1", "-T", "file", self.url + "/a", code=5)
        self.assertIn("(--max-time is over)", told.stderr)


class heads(with_recorder):
    def heads_of(self, run, *words):
        told = run(*(word.replace("E/", self.url + "/") for word in words)).stdout
        return re.sub(r"(Date|Server): .*\n", "", told.replace("\r", ""))

    def test_of_all_on_the_way(self):
        for words in (["-IL", "E/to/302/to/301/a"], ["-iL", "E/to/302/to/301/a"],
                      ["-I", "E/to/302/a"], ["-i", "E/a"]):
            with self.subTest(words):
                ours, theirs = (self.heads_of(run, *words) for run in (self.get, self.curl))
                self.assertEqual(ours, theirs)
                self.assertEqual(ours.count("HTTP/1.1"), 3 if "L" in words[0] else 1)


class forms(with_recorder):
    def test_of_curl(self):
        self.write("a", "precious")
        self.write("b,c", "precious, too")
        for part in ("a=b", 'a="b;type=text/x"', "a=b;type=text/plain;charset=utf-8",
                     'a=@a;filename="x;y"', "a=@a; filename=x; type=text/x", 'a=@"b,c"', "a=<a",
                     'a="b \\"c\\" \\\\";type=text/x', 'a=@"a";type=text/x'):
            with self.subTest(part):
                self.same("-F", part, "E/a")

    def test_with_what_is_not_there(self):
        self.write("a", "")
        for part in ('a=b;headers="X-A: b"', "a=@a;encoder=base64", "f=@a,b",
                     "a=(;type=multipart/mixed", 'a="b', 'a="b"c'):
            with self.subTest(part):
                self.get("-F", part, self.url, code=USAGE)
        self.assertEqual(recorder.kept, [])


class proxies(with_recorder):
    def test_take_a_password_in_their_url(self):
        with_password = self.url.replace("//", "//ada:CANARY@")
        [request] = self.same("-x", with_password, "http://example.test/a")
        self.assertIn("Proxy-Authorization", dict(request[2]))
        told = self.get("-v", "-x", with_password, "http://example.test/a").stderr
        self.assertNotIn("CANARY", told)

    def test_and_hide_it(self):
        silent = self.enterContext(socket.create_server(("127.0.0.1", 0)))
        proxy = f"http://ada:CANARY@127.0.0.1:{silent.getsockname()[1]}"
        for words in (["-x", proxy], ["--proxy", proxy], ["--proxy=" + proxy], ["-x" + proxy]):
            with self.subTest(words), subprocess.Popen(
                    [program("zocalo"), "get", *words, "http://example.test/"],
                    stderr=subprocess.DEVNULL) as running:
                silent.accept()[0].close()
                seen = Path(f"/proc/{running.pid}/cmdline").read_bytes()
                self.assertNotIn(b"CANARY", seen)
                running.kill()


if __name__ == "__main__":
    main()
