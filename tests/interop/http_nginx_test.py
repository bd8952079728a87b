# SPDX-License-Identifier: MIT
"""HTTP and WebSocket behind nginx, which keeps its connections to our servers."""

import os
import shutil
import tempfile
import unittest
from pathlib import Path

from running import free_port
from sites import run_nginx
from support import Program, cannot_run, enter_own_network, main, run


def setUpModule():
    enter_own_network()


def curl(*arguments):
    path = shutil.which("curl") or cannot_run("there is no curl")
    got = run(path, "-sS", *arguments)
    return got.stdout if got.returncode == 0 else f"{got.returncode}: {got.stderr}"


class behind_nginx(unittest.TestCase):
    def setUp(self):
        self.own = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.front = free_port()

    def put_before(self, url, *fields):
        said = " ".join(f"proxy_set_header {field};" for field in fields)
        run_nginx(self, self.own, self.front,
                  "client_max_body_size 0; location / { proxy_pass http://ours; "
                  f"proxy_http_version 1.1; proxy_request_buffering off; {said} }}",
                  f"upstream ours {{ server {url.removeprefix('http://')}; keepalive 1; }}")
        return f"127.0.0.1:{self.front}"

    def serve_site(self):
        self.site = self.enterContext(Program("examples/http_site", "127.0.0.1:0"))
        there = self.site.wait_for(r"serving at (http://127\.0\.0\.1:\d+)/hello/you")[1]
        return "http://" + self.put_before(there, 'Connection ""')

    def test_requests_come_on_one_connection(self):
        base = self.serve_site()
        for name in range(20):
            self.assertEqual(curl(f"{base}/hello/{name}"), f"Hello, {name}!\n")
        self.site.wait_for(r".* connection=1 .* target=/hello/19 status=200 .*")

    def test_content_comes_while_it_is_sent(self):
        base = self.serve_site()
        given = self.own / "given"
        given.write_bytes(os.urandom(3_000_000))
        for more in ([], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"]):
            with self.subTest(more):
                self.assertEqual(curl("--data-binary", f"@{given}", *more, base + "/count"),
                                 "3000000 bytes\n")

    def test_web_sockets_go_through(self):
        server = self.enterContext(Program("examples/websocket_server", "127.0.0.1:0"))
        there = server.wait_for(r"serving at ws://(127\.0\.0\.1:\d+)/echo")[1]
        front = self.put_before(there, "Upgrade $http_upgrade", "Connection upgrade")
        got = run("zocalo", "connect", f"ws://{front}/echo", input="one\ntwo\n")
        self.assertEqual((got.stdout, got.returncode), ("one\ntwo\n", 0), got.stderr)


if __name__ == "__main__":
    main()
