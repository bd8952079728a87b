# SPDX-License-Identifier: MIT
"""HTTP with Apache: as a server of folders, and as a proxy in front of ours."""

import hashlib
import json
import os
import shutil
import tempfile
import unittest
from pathlib import Path

from pki import Authority
from running import foreign, free_port
from support import Program, cannot_run, enter_own_network, main, run

MODULES = Path("/usr/lib/apache2/modules")
LARGE = "".join(f"{i:1000}\n" for i in range(1000))
LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "authn_file",
          "auth_basic", "auth_digest", "mime", "dir", "alias", "filter", "deflate", "brotli",
          "proxy", "proxy_http", "dav", "dav_fs", "dav_lock", "socache_shmcb", "ssl")


def setUpModule():
    enter_own_network()


class with_apache(unittest.TestCase):
    def setUp(self):
        self.apache = shutil.which("apache2", path="/usr/sbin:" + os.environ["PATH"])
        if not self.apache:
            cannot_run("there is no apache2")
        self.own = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.folder = self.own / "site"
        (self.folder / "folder").mkdir(parents=True)
        (self.folder / "small.txt").write_text("small\n")
        (self.folder / "large.txt").write_text(LARGE)
        (self.folder / "folder" / "index.html").write_text("in a folder\n")
        os.chmod(self.own, 0o755)

    def serve(self, more="", secure=""):
        """Starts it; the address of what it serves."""
        port = free_port()
        config = self.own / "apache.conf"
        loads = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in LOADED)
        config.write_text(f"""
            {loads}
            ServerRoot {self.own}
            ServerName localhost
            PidFile {self.own}/pid
            ErrorLog {self.own}/errors
            TypesConfig /dev/null
            AddType text/plain .txt
            AddType text/html .html
            Listen 127.0.0.1:{port}
            User www-data
            Group www-data
            StartServers 1
            ThreadsPerChild 8
            ServerLimit 1
            MaxRequestWorkers 8
            DAVLockDB {self.own}/locks
            DocumentRoot {self.folder}
            DirectoryIndex index.html
            {secure}
            {more}
        """)
        self.enterContext(foreign(self.apache, "-d", str(self.own), "-f", str(config),
                                  "-X", port=port))
        return f"http{'s' if secure else ''}://localhost:{port}"

    def get(self, *arguments):
        done = run("zocalo", "get", "-sS", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


class a_server(with_apache):
    def test_is_asked_again_and_again(self):
        base = self.serve()
        done = run("zocalo", "get", "-sS", "-L", "-w", "%{http_code} %{num_connects}\\n",
                   *(base + path for path in ("/small.txt", "/large.txt", "/folder", "/none")))
        self.assertEqual(done.returncode, 0, done.stderr)
        before, _, after = done.stdout.partition(LARGE)
        self.assertEqual(before, "small\n200 1\n")
        self.assertRegex(after, r"(?s)^200 0\nin a folder\n200 0\n.*Not Found.*404 0\n$")

    def test_compresses(self):
        base = self.serve("SetOutputFilter BROTLI_COMPRESS;DEFLATE")
        self.assertEqual(self.get("--compressed", base + "/large.txt"), LARGE)
        for coding, name in (("gzip", "gzip"), ("br", "br")):
            said = self.get("-H", f"Accept-Encoding: {coding}", "-I", base + "/large.txt")
            self.assertIn(f"Content-Encoding: {name}\n", said.replace("\r", ""))

    def test_sends_parts(self):
        base = self.serve()
        self.assertEqual(self.get("-r", "1001-2001", base + "/large.txt"), LARGE[1001:2002])
        half = self.own / "half"
        half.write_text(LARGE[:500_000])
        self.get("-C", "-", "-o", half, base + "/large.txt")
        self.assertEqual(half.read_text(), LARGE)
        whole = self.own / "whole"
        self.get("--segments", "4", "-o", whole, base + "/large.txt")
        self.assertEqual(whole.read_text(), LARGE)

    def test_asks_who_is_there(self):
        known = self.own / "known"
        secret = hashlib.md5(b"Ada:here:love").hexdigest()
        known.write_text(f"Ada:here:{secret}\n")
        os.chmod(known, 0o644)
        base = self.serve(f"""<Location /folder>
            AuthType Digest
            AuthName here
            AuthUserFile {known}
            Require valid-user
        </Location>""")
        self.assertEqual(self.get("-u", "Ada:love", base + "/folder/"), "in a folder\n")
        refused = run("zocalo", "get", "-sS", "-f", "-u", "Ada:hate", base + "/folder/",
                      show_errors=False)
        self.assertEqual(refused.returncode, 9)
        self.assertIn("401", refused.stderr)

    def test_takes_what_is_put(self):
        os.chmod(self.own, 0o777)
        os.chmod(self.folder, 0o777)
        base = self.serve(f"<Location />\nDAV On\n</Location>\n"
                          f"<Directory {self.folder}>\nRequire all granted\n</Directory>")
        given = self.own / "given.txt"
        given.write_text(LARGE * 3)
        done = run("zocalo", "put", given, base + "/put.txt")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.folder / "put.txt").read_text(), LARGE * 3)

    def test_speaks_tls(self):
        authority = Authority(self.own)
        certificate, key = authority.for_servers()
        base = self.serve(secure=f"""SSLEngine on
            SSLSessionCache shmcb:{self.own}/sessions
            SSLCertificateFile {certificate}
            SSLCertificateKeyFile {key}""")
        report = json.loads(self.get("--cacert", authority.certificate, "--json-report", "-", "-o",
                                     self.own / "got", base + "/large.txt"))
        self.assertEqual((self.own / "got").read_text(), LARGE)
        self.assertGreater(report[0]["requests"][0]["milliseconds"]["tls"], 0)
        stranger = run("zocalo", "get", "-sS", base + "/small.txt", show_errors=False)
        self.assertNotEqual(stranger.returncode, 0)
        self.assertIn("certificate", stranger.stderr)


class a_proxy(with_apache):
    """In front of examples/http_site, whose connections it keeps."""

    def setUp(self):
        super().setUp()
        self.site = self.enterContext(Program("examples/http_site", "127.0.0.1:0"))
        port = self.site.wait_for(r"serving at http://127\.0\.0\.1:(\d+)/hello/you")[1]
        self.base = self.serve(f"ProxyPass / http://127.0.0.1:{port}/\n"
                               f"ProxyPassReverse / http://127.0.0.1:{port}/")

    def test_passes_requests_on(self):
        for name in range(20):
            self.assertEqual(self.get(f"{self.base}/hello/{name}"), f"Hello, {name}!\n")
        self.site.wait_for(r".* connection=1 .* target=/hello/19 status=200 .*")

    def test_passes_content_on(self):
        given = self.own / "given"
        given.write_bytes(os.urandom(3_000_000))
        for more in ([], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"]):
            with self.subTest(more):
                self.assertEqual(
                    run(shutil.which("curl"), "-sS", "--data-binary", f"@{given}", *more,
                        self.base + "/count").stdout, "3000000 bytes\n")


if __name__ == "__main__":
    main()
