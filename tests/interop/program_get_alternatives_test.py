# SPDX-License-Identifier: MIT
"""`zocalo get --alt-svc` beside curl, with an nginx that is an origin and its alternative."""

import shutil
import tempfile
import unittest
from pathlib import Path

from pki import Authority
from running import free_port
from sites import run_nginx
from support import cannot_run, enter_own_network, main, run


def setUpModule():
    enter_own_network()


def ours(*arguments):
    return run("zocalo", "get", "-s", "-S", *arguments)


def curl(*arguments):
    return run(shutil.which("curl") or cannot_run("there is no curl"), "-sS", *arguments)


class of_alternatives(unittest.TestCase):
    def setUp(self):
        self.own = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.authority = Authority(self.own)
        self.origin, self.other = free_port(), free_port()
        self.known = self.own / "alternatives"

    def serve(self, proves="server", version="h2"):
        """An origin that names an alternative, whose certificate is that one."""
        certificates = {
            "server": self.authority.for_servers(),
            "elsewhere": self.authority.issue("elsewhere", "subjectAltName=DNS:elsewhere\n")}

        def server(port, who, answer):
            certificate, key = certificates[who]
            return (f"server {{ listen 127.0.0.1:{port} ssl http2; ssl_certificate {certificate};"
                    f" ssl_certificate_key {key}; location / {{ default_type text/plain;"
                    f" {answer} }} }}")
        said = f"add_header Alt-Svc '{version}=\":{self.other}\"; ma=3600; persist=1';"
        run_nginx(self, self.own, free_port(), beside=(
            server(self.origin, "server", f"{said} return 200 'origin';")
            + server(self.other, proves, "return 200 '$ssl_server_name $host $http_alt_used';")))

    def ask(self, by):
        done = by("--alt-svc", str(self.known), "--cacert", str(self.authority.certificate),
                  f"https://localhost:{self.origin}/")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def by_alternative(self):
        return f"localhost localhost localhost:{self.other}"

    def test_both_go_where_the_origin_says(self):
        self.serve()
        for first, then in ((ours, ours), (curl, curl), (ours, curl), (curl, ours)):
            with self.subTest(first=first.__name__, then=then.__name__):
                self.known.unlink(missing_ok=True)
                self.assertEqual(self.ask(first), "origin")
                self.assertEqual(self.ask(then), self.by_alternative())

    def test_the_file_is_that_of_curl(self):
        self.serve()
        written = []
        for by in (ours, curl):
            self.known.unlink(missing_ok=True)
            self.ask(by)
            line = self.known.read_text().splitlines()[2].split()
            written.append(line[1:6] + line[8:])
        self.assertEqual(written[0], written[1])

    def test_http_1_1_is_an_alternative_too(self):
        self.serve(version="http%2F1.1")
        self.assertEqual(self.ask(ours), "origin")
        self.assertEqual(self.ask(ours), self.by_alternative())

    def test_another_certificate_is_not_that_of_the_origin(self):
        self.serve(proves="elsewhere")
        self.assertEqual(self.ask(ours), "origin")
        self.assertIn(str(self.other), self.known.read_text())
        self.assertEqual(self.ask(ours), "origin")

    def test_nothing_is_used_without_proof(self):
        self.serve()
        self.ask(ours)
        before = self.known.read_text()
        done = ours("-k", "--alt-svc", str(self.known), f"https://localhost:{self.origin}/")
        self.assertEqual(done.stdout, "origin", done.stderr)
        self.assertEqual(self.known.read_text(), before)


if __name__ == "__main__":
    main()
