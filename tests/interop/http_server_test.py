# SPDX-License-Identifier: MIT
"""Our HTTP server with clients that we did not write: curl, and Python's http.client."""

import http.client
import shutil
import socket
import unittest

from support import PATIENCE, Program, cannot_run, enter_own_network, main, receive_all, run


CURL = shutil.which("curl")


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


class with_a_site(unittest.TestCase):
    def setUp(self):
        self.site = Program("examples/http_site", "127.0.0.1:0")
        self.enterContext(self.site)
        self.port = int(self.site.wait_for(r"serving at http://127\.0\.0\.1:(\d+)/hello/you")[1])

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"


class curl(with_a_site):
    def setUp(self):
        if CURL is None:
            cannot_run("there is no curl")
        super().setUp()

    def ask(self, *arguments):
        done = run(CURL, "-sS", *arguments)
        self.assertEqual(done.returncode, 0)
        return done.stdout

    def test_is_greeted(self):
        self.assertEqual(self.ask(self.url("/hello/you%20all")), "Hello, you all!\n")

    def test_asks_for_the_head(self):
        said = self.ask("-I", self.url("/hello/you"))
        self.assertRegex(said, r"^HTTP/1.1 200 OK\n(.*\n)*Content-Length: 12\n")
        self.assertRegex(said, r"\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\n")

    def test_is_greeted_on_one_connection(self):
        urls = [self.url(f"/hello/{i}") for i in range(20)]
        self.assertEqual(self.ask("-w", "%{num_connects}", *urls),
                         "".join(f"Hello, {i}!\n{int(i == 0)}" for i in range(20)))

    def test_sends_content_of_every_kind(self):
        large = "x" * 3_000_000
        fields = ["Transfer-Encoding: chunked", "Expect: 100-continue"]
        for more in ([], ["-0"], *(["-H", field] for field in fields)):
            with self.subTest(more):
                self.assertEqual(run(CURL, "-sS", "--data-binary", "@-", *more,
                                     self.url("/count"), input=large).stdout, "3000000 bytes\n")

    def test_is_told_what_there_is_not(self):
        self.assertEqual(self.ask("-w", "%{http_code}", "-o", "/dev/null", self.url("/")), "404")
        self.assertEqual(self.ask("-w", "%{http_code}", "-o", "/dev/null", "-X", "BREW",
                                  self.url("/hello/you")), "405")

    def test_is_logged(self):
        self.ask(self.url("/hello/you"))
        self.site.wait_for(r"time=.* method=GET target=/hello/you status=200 size=12 "
                           r"version=HTTP/1\.1")


class python(with_a_site):
    def test_asks_again_and_again(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        for name in ("you", "me", "them"):
            connection.request("GET", f"/hello/{name}")
            response = connection.getresponse()
            self.assertEqual((response.status, response.reason), (200, "OK"))
            self.assertEqual(response.read(), f"Hello, {name}!\n".encode())
            self.assertEqual(response.getheader("Cache-Control"), "no-store")
        connection.close()

    def test_sends_chunks(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        pieces = [b"a" * 10, b"b" * 100_000, b"c"]
        connection.request("POST", "/count", body=iter(pieces), encode_chunked=True)
        self.assertEqual(connection.getresponse().read(), b"100011 bytes\n")
        connection.close()

    def test_is_refused_what_is_no_http(self):
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\nHost: a\n\n")
            self.assertTrue(receive_all(connection).startswith(b"HTTP/1.1 400 Bad Request\r\n"))


if __name__ == "__main__":
    main()
