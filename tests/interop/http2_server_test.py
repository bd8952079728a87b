# SPDX-License-Identifier: MIT
"""Our server over HTTP/2 with clients that we did not write: curl, nghttp, h2load, haproxy."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from served_folder import with_folder
from support import Program, cannot_run, enter_own_network, main, run

WITHOUT_TLS = "--http2-prior-knowledge"


def setUpModule():
    enter_own_network()


def tool(name):
    path = shutil.which(name, path="/usr/bin:/usr/sbin:/usr/local/bin")
    if path is None:
        cannot_run(f"there is no {name}")
    return path


class a_site(unittest.TestCase):
    def setUp(self):
        self.site = Program("examples/http_site", "127.0.0.1:0")
        self.enterContext(self.site)
        found = self.site.wait_for(r"serving at (http://127\.0\.0\.1:\d+)/hello/you")
        self.url = found[1]

    def curl(self, *arguments, input=None):
        done = run(tool("curl"), "-sS", WITHOUT_TLS, *arguments, input=input)
        self.assertEqual(done.returncode, 0)
        return done.stdout

    def test_answers_curl(self):
        self.assertEqual(self.curl("-w", "%{http_version}", self.url + "/hello/you%20all"),
                         "Hello, you all!\n2")
        said = self.curl("-I", self.url + "/hello/you")
        self.assertRegex(said, r"^HTTP/2 200 \n(.*\n)*content-length: 12\n")
        self.site.wait_for(r".* target=/hello/you status=200 size=12 version=HTTP/2")

    def test_takes_content(self):
        large = "x" * 3_000_000
        for more in ([], ["-H", "Expect: 100-continue"], ["-H", "Content-Length:"]):
            with self.subTest(more):
                said = self.curl("--data-binary", "@-", *more, self.url + "/count", input=large)
                self.assertEqual(said, "3000000 bytes\n")

    def test_says_what_there_is_not(self):
        status = ("-w", "%{http_code}", "-o", "/dev/null")
        self.assertEqual(self.curl(*status, self.url + "/"), "404")
        self.assertEqual(self.curl(*status, "-X", "BREW", self.url + "/hello/you"), "405")
        self.assertEqual(self.curl(*status, "-H", "X: " + "x" * 20_000, self.url + "/"), "431")

    def test_answers_nghttp(self):
        done = run(tool("nghttp"), "-nvs", *(f"{self.url}/hello/{i}" for i in range(20)))
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout.count(":status: 200"), 20)
        self.assertNotIn("RST_STREAM", done.stdout)

    def test_keeps_up_with_h2load(self):
        done = run(tool("h2load"), "-n", "5000", "-c", "10", "-m", "50", self.url + "/hello/you")
        self.assertIn("5000 succeeded, 0 failed, 0 errored", done.stdout)

    def test_answers_haproxy(self):
        """A balancer in front that speaks HTTP/1.1 with its clients and HTTP/2 with us."""
        server = self.url.removeprefix("http://")
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        folder.joinpath("haproxy.cfg").write_text(
            "defaults\n mode http\n timeout client 9s\n timeout server 9s\n timeout connect 9s\n"
            "listen front\n bind 127.0.0.1:8000\n"
            f" server one {server} proto h2\n")
        balancer = self.enterContext(
            subprocess.Popen([tool("haproxy"), "-db", "-f", folder / "haproxy.cfg"]))
        self.addCleanup(balancer.kill)
        done = run(tool("curl"), "-sS", "--retry", "9", "--retry-connrefused",
                   "http://127.0.0.1:8000/hello/you")
        self.assertEqual(done.stdout, "Hello, you!\n")
        done = run(tool("curl"), "-sS", "--data-binary", "@-", "http://127.0.0.1:8000/count",
                   input="x" * 1_000_000)
        self.assertEqual(done.stdout, "1000000 bytes\n")
        balancer.terminate()
        self.site.wait_for(r".* target=/hello/you status=200 size=12 version=HTTP/2")


class a_folder_over_tls(with_folder):
    def test_is_chosen_by_alpn(self):
        served = Program("zocalo", "serve", "--tls", "--gopher", "no", self.folder)
        self.enterContext(served)
        served.complaint(r"zocalo: a certificate for this run, SHA-256 [0-9a-f]{64}")
        url = served.wait_for(r"open (https\S+) in a browser; .*")[1]
        for wanted, version in (("--http2", "2"), ("--http1.1", "1.1"), ("--no-alpn", "1.1")):
            with self.subTest(wanted):
                done = run(tool("curl"), "-sS", "-k", wanted, "-w", "%{http_version}",
                           url + "readme.txt")
                self.assertEqual(done.stdout, "Hello\n" + version)
        for way in ([], ["-Z", "--parallel-max", "50"]):
            done = run(tool("curl"), "-sS", "-k", "--http2", *way, "-w",
                       "%{http_version} %{http_code} %{num_connects}\n",
                       *[url + "readme.txt"] * 50)
            self.assertEqual(done.stdout.count("Hello\n"), 50)
            self.assertEqual(done.stdout.count("2 200 0\n"), 49)
            self.assertEqual(done.stdout.count("2 200 1\n"), 1)

    def test_gives_large_files(self):
        self.serving("--gopher", "no")
        target = self.elsewhere / "copy"
        done = run(tool("curl"), "-sS", WITHOUT_TLS, "-o", target,
                   "http://127.0.0.1:8080/docs/large.bin")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(target.read_bytes(), bytes(range(256)) * 10_000)
        done = run(tool("curl"), "-sS", WITHOUT_TLS, "-r", "256-511", "-o", target,
                   "http://127.0.0.1:8080/docs/large.bin")
        self.assertEqual(target.read_bytes(), bytes(range(256)))


if __name__ == "__main__":
    main()
