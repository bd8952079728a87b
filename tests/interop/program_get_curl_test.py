# SPDX-License-Identifier: MIT
"""What `zocalo get` shows and keeps of a dialogue, beside curl; and whom it is with: interfaces,
pinned keys, certificates of ours."""

import base64
import gzip
import hashlib
import http.server
import re
import shutil
import ssl
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from pki import Authority
from support import PATIENCE, cannot_run, enter_own_network, main, program

USAGE, FAILED, PEER = 2, 1, 6


def setUpModule():
    enter_own_network()


class site(http.server.BaseHTTPRequestHandler):
    """Hints, redirects, and answers with a version."""

    protocol_version = "HTTP/1.1"
    def log_message(self, *_):
        pass

    def address_string(self):
        return ""

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == "/hints":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
        is_known = self.headers.get("If-None-Match") == '"one"'
        if is_known:
            self.send_response(304)
        elif path == "/redirect":
            self.send_response(302)
            self.send_header("Location", query or "/hints")
        else:
            self.send_response(200)
        known = hasattr(self.connection, "getpeercert") and self.connection.getpeercert()
        content = b"Ada\n" if known else b"hello\n"
        if path == "/bomb":
            content = gzip.compress(bytes(1 << 20))
            self.send_header("Content-Encoding", "gzip")
        self.send_header("ETag", '"one"')
        self.send_header("Set-Cookie", "a=CANARY")
        if not is_known:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if not is_known:
            self.wfile.write(content)


class with_site(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.here = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.url = f"http://127.0.0.1:{self.serve(self.server())}"

    @staticmethod
    def server():
        return http.server.ThreadingHTTPServer(("127.0.0.1", 0), site)

    def serve(self, server):
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_address[1]

    def run_one(self, words, code=0):
        done = subprocess.run(words, cwd=self.here, capture_output=True, text=True,
                              timeout=PATIENCE)
        self.assertEqual(done.returncode, code, (words, done.stderr))
        return done

    def get(self, *words, code=0):
        return self.run_one([program("zocalo"), "get", *map(str, words)], code)

    def curl(self, *words, code=0):
        curl = shutil.which("curl") or cannot_run("there is no curl")
        return self.run_one([curl, "-sS", *map(str, words)], code)


class what_is_shown(with_site):
    def dialogue(self, told):
        """Its lines with > and <, but for who asks and when."""
        lines = [line.removeprefix("zocalo: ").rstrip() for line in told.splitlines()]
        return [re.sub(r"HTTP/1.1$", "", line).rstrip() for line in lines
                if re.match(r"[<>] \S", line)
                and not re.match(r"[<>] (User-Agent|Date|Set-Cookie|Accept-Encoding)", line)]

    def test_all_that_curl_shows(self):
        for words in (["/hints"], ["-L", "/redirect"], ["-H", "X-Own: a", "/hints"]):
            *options, path = words
            ours = self.get("-v", *options, self.url + path).stderr
            theirs = self.curl("-v", *options, self.url + path).stderr
            self.assertEqual(sorted(self.dialogue(ours)), sorted(self.dialogue(theirs)))
            self.assertIn("< HTTP/1.1 103 Early Hints", self.dialogue(ours))
            self.assertIn("< Link: </a.css>; rel=preload", self.dialogue(ours))
        self.assertIn("* connected to 127.0.0.1", ours)

    def test_but_no_secrets(self):
        done = self.get("-v", "-L", "-u", "a:CANARY", "--basic", "-b", "b=CANARY",
                        self.url + "/redirect")
        self.assertNotIn("CANARY", done.stderr)
        self.assertIn("> Authorization: (secret)", done.stderr)
        self.assertIn("< Set-Cookie: (secret)", done.stderr)

    def test_what_was_agreed_on_in_tls(self):
        authority = Authority(self.here)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.for_servers())
        server = self.server()
        server.socket = context.wrap_socket(server.socket, server_side=True)
        told = self.get("-v", "--cacert", authority.certificate,
                        f"https://127.0.0.1:{self.serve(server)}/").stderr
        self.assertRegex(told, r"\* connected to 127.0.0.1:\d+: TLSv1.3, TLS_\S+, CN=server")


class what_is_kept(with_site):
    def test_heads_as_curl_writes_them(self):
        for words in (["/hints"], ["-L", "/redirect"], ["-L", "/redirect", "/hints"]):
            urls = [self.url + word if word.startswith("/") else word for word in words]
            self.get("-D", "ours", *urls)
            self.curl("-D", "theirs", *urls)
            ours, theirs = (re.sub(r"Date: .*", "", (self.here / name).read_text())
                            for name in ("ours", "theirs"))
            self.assertEqual(ours, theirs)
        self.assertTrue(self.get("-D", "-", self.url + "/hints").stdout.startswith(
            "HTTP/1.1 103 Early Hints\n"))

    def test_versions_for_curl_and_from_it(self):
        for save, ask in ((self.get, self.curl), (self.curl, self.get)):
            save("--etag-save", "version", self.url + "/hints")
            self.assertEqual((self.here / "version").read_text(), '"one"\n')
            self.assertEqual(ask("--etag-compare", "version", self.url + "/hints").stdout, "")
        self.assertEqual(self.get("--etag-compare", "none", self.url + "/hints").stdout, "hello\n")

    def test_no_more_than_it_may_be(self):
        self.get("--max-filesize", "5", self.url + "/hints", "-o", "file", code=FAILED)
        self.assertFalse((self.here / "file").exists())
        self.curl("--max-filesize", "5", self.url + "/hints", code=63)
        self.assertEqual(self.get("--max-filesize", "6", self.url + "/hints").stdout, "hello\n")

    def test_no_more_than_it_may_be_when_it_is_decompressed(self):
        for most, code in ((1 << 20, 0), ((1 << 20) - 1, FAILED)):
            self.get("--compressed", "--max-filesize", str(most), self.url + "/bomb", "-o",
                     "file", code=code)
            self.assertEqual((self.here / "file").exists(), code == 0)
            (self.here / "file").unlink(missing_ok=True)

    def test_urls_may_be_in_a_file(self):
        list_of_them = f"# a list\n\n  {self.url}/hints \r\n{self.url}/#part\n"
        (self.here / "list").write_text(list_of_them)
        self.assertEqual(self.get("--input-file", "list").stdout, "hello\nhello\n")
        done = subprocess.run([program("zocalo"), "get", "--input-file", "-"], capture_output=True,
                              input=list_of_them.encode(), timeout=PATIENCE)
        self.assertEqual(done.stdout, b"hello\nhello\n")
        self.get("--input-file", "none", code=FAILED)

    def test_urls_may_have_an_option(self):
        done = self.get("-g", "--url", self.url + "/hints", "--url", self.url + "/[1-2]")
        self.assertEqual(done.stdout, "hello\nhello\n")


class who_is_asked(with_site):
    def test_from_an_interface_of_ours(self):
        for name in ("127.0.0.1", "lo"):
            self.assertEqual(self.get("--interface", name, self.url + "/").stdout, "hello\n")
        done = self.get("--interface", "none7", self.url + "/", code=USAGE)
        self.assertIn("No such device", done.stderr)

    def secured(self, authority, *, asks=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.for_servers())
        if asks:
            context.verify_mode = ssl.CERT_OPTIONAL
            context.load_verify_locations(authority.certificate)
        server = self.server()
        server.socket = context.wrap_socket(server.socket, server_side=True)
        return f"https://127.0.0.1:{self.serve(server)}"

    def test_whoever_has_the_pinned_key(self):
        authority = Authority(self.here)
        url = self.secured(authority) + "/"
        key = subprocess.run(f"openssl x509 -in {self.here}/server.pem -pubkey -noout | "
                             "openssl pkey -pubin -outform der", shell=True, check=True,
                             capture_output=True).stdout
        pin = "sha256//" + base64.b64encode(hashlib.sha256(key).digest()).decode()
        wrong = "sha256//" + base64.b64encode(bytes(32)).decode()
        for ask, code in ((self.get, PEER), (self.curl, 90)):
            for trust in (["-k"], ["--cacert", authority.certificate]):
                self.assertEqual(ask(*trust, "--pinnedpubkey", f"{wrong};{pin}", url).stdout,
                                 "hello\n")
                ask(*trust, "--pinnedpubkey", wrong, url, code=code)
        self.get("--pinnedpubkey", "sha256//short", url, code=USAGE)

    def test_nobody_else_sees_our_certificate(self):
        authority = Authority(self.here)
        certificate, key = authority.for_clients()
        home, other = (self.secured(authority, asks=True) for _ in range(2))
        we = ["--cacert", authority.certificate, "-E", certificate, "--key", key, "-L"]
        self.assertEqual(self.get(*we, home + "/").stdout, "Ada\n")
        self.assertEqual(self.get(*we, home + "/redirect").stdout, "Ada\n")
        self.assertEqual(self.get(*we, f"{home}/redirect?{other}/").stdout, "hello\n")
        self.assertEqual(self.get(*we, f"{home}/redirect?{other}/", other + "/",
                                  f"{home}/redirect?{other}/").stdout, "hello\nAda\nhello\n")


if __name__ == "__main__":
    main()
