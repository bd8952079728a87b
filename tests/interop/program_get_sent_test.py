# SPDX-License-Identifier: MIT
"""What `zocalo get` sends for the words that curl's users write, beside curl: cookies, fields that
are taken away, forms, lengths, where files go."""

import http.server
import re
import unittest

from program_get_curl_test import USAGE, with_site
from program_get_input_test import store
from support import enter_own_network, main


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
        if name not in ("Accept-Encoding", "Expect") and not (boundary and "Length" in name):
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


if __name__ == "__main__":
    main()
