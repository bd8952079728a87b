# SPDX-License-Identifier: MIT
"""`zocalo get` beside curl: file: and data:, --hsts, --location-trusted and --proxy-user."""

import http.server
import shutil
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from support import PATIENCE, cannot_run, main, program

USAGE = 2


class answering(http.server.BaseHTTPRequestHandler):
    """Redirects to the query, and says who asks."""

    seen = []

    def log_message(self, *_):
        pass

    def do_GET(self):
        answering.seen.append({name.lower(): value for name, value in self.headers.items()})
        location = self.path.partition("?")[2]
        self.send_response(302 if location else 200)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()


class with_programs(unittest.TestCase):
    def setUp(self):
        self.home = Path(self.enterContext(tempfile.TemporaryDirectory()))
        answering.seen = []

    def serve(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), answering)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"127.0.0.1:{server.server_address[1]}"

    def run_program(self, *words):
        return subprocess.run(words, cwd=self.home, capture_output=True, timeout=PATIENCE)

    def get(self, *words):
        return self.run_program(program("zocalo"), "get", *words)

    def curl(self, *words):
        return self.run_program(shutil.which("curl") or cannot_run("there is no curl"),
                                "-s", "-S", *words)


class of_local_urls(with_programs):
    def test_files_are_what_curl_says(self):
        (self.home / "a b.bin").write_bytes(bytes(range(256)) * 1000)
        url = f"file://{self.home}/a%20b.bin"
        ours, theirs = self.get(url), self.curl(url)
        self.assertEqual(ours.returncode, 0, ours.stderr)
        self.assertEqual(ours.stdout, theirs.stdout)
        self.assertEqual(self.get("-o", "copy", url).returncode, 0)
        self.assertEqual((self.home / "copy").read_bytes(), theirs.stdout)
        ours, theirs = self.get("-I", url), self.curl("-I", url)

        def fields(text):
            return dict(line.split(": ", 1) for line in text.decode().split("\r\n") if ": " in line)
        self.assertEqual({name: value for name, value in fields(ours.stdout).items()
                          if name in ("Content-Length", "Last-Modified")},
                         {name: value for name, value in fields(theirs.stdout).items()
                          if name in ("Content-Length", "Last-Modified")})

    def test_data_and_folders(self):
        self.assertEqual(self.get("data:text/plain;base64,aGVsbG8=").stdout, b"hello")
        (self.home / "sub").mkdir()
        self.assertEqual(self.get(f"file://{self.home}").stdout,
                         f"file://{self.home}/sub/\r\n".encode())

    def test_what_cannot_be(self):
        for url in (f"file://{self.home}/none", "file://example.org/etc/passwd", "data:none"):
            done = self.get(url)
            self.assertNotEqual(done.returncode, 0, url)
            self.assertEqual(done.stdout, b"", url)
        self.assertNotEqual(self.get("-d", "a", f"file://{self.home}").returncode, 0)

    def test_no_redirect_leads_there(self):
        (self.home / "secret").write_text("secret\n")
        server = self.serve()
        for url in (f"file://{self.home}/secret", "data:,secret"):
            done = self.get("-L", f"http://{server}/?{url}")
            self.assertNotEqual(done.returncode, 0)
            self.assertNotIn(b"secret", done.stdout)


class of_logins(with_programs):
    def test_location_trusted(self):
        one, other = self.serve(), self.serve()
        url = f"http://{one}/?http://{other}/"
        for option, is_told in (("-L", False), ("--location-trusted", True)):
            for run, basic in ((self.get, ["--basic"]), (self.curl, [])):
                answering.seen = []
                done = run(option, *basic, "-u", "ada:secret", url)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(["authorization" in each for each in answering.seen],
                                 [True, is_told], option)

    def test_proxy_user(self):
        proxy = self.serve()
        words = ("-x", f"http://{proxy}", "-U", "ada:secret", "http://example.invalid/")
        for run in (self.get, self.curl):
            answering.seen = []
            self.assertEqual(run(*words).returncode, 0)
            self.assertEqual([each.get("proxy-authorization") for each in answering.seen],
                             ["Basic YWRhOnNlY3JldA=="])
        self.assertEqual(self.get("-U", "a:b", "http://127.0.0.1/").returncode, USAGE)


class of_hsts(with_programs):
    FILE = '.localhost "unlimited"\nonce.example "20010101 00:00:00"\n'

    def test_the_file_of_curl_keeps_from_speaking_in_clear(self):
        port = self.serve().partition(":")[2]
        for run in (self.get, self.curl):
            (self.home / "hsts").write_text(self.FILE)
            done = run("--hsts", "hsts", f"http://localhost:{port}/")
            self.assertNotEqual(done.returncode, 0)
            self.assertEqual(answering.seen, [])
            done = run("--hsts", "hsts", f"http://127.0.0.1:{port}/")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(len(answering.seen), 1)
            answering.seen = []

    def test_curl_reads_what_we_write(self):
        port = self.serve().partition(":")[2]
        (self.home / "hsts").write_text(self.FILE)
        self.get("--hsts", "hsts", f"http://127.0.0.1:{port}/")
        written = (self.home / "hsts").read_text()
        self.assertIn('\n.localhost "unlimited"\n', written)
        self.assertNotIn("once.example", written)
        answering.seen = []
        self.assertNotEqual(self.curl("--hsts", "hsts", f"http://localhost:{port}/").returncode, 0)
        self.assertEqual(answering.seen, [])


if __name__ == "__main__":
    main()
