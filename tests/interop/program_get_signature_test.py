# SPDX-License-Identifier: MIT
"""`zocalo get --aws-sigv4` beside curl, whose signatures are those of ours, and both recomputed."""

import hashlib
import hmac
import http.server
import shutil
import tempfile
import threading
import unittest
from pathlib import Path
from urllib.parse import quote

from support import cannot_run, main, run

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
DATE = ("-H", "X-Amz-Date: 20150830T123600Z")
NOTHING = hashlib.sha256(b"").hexdigest()
USAGE = 2


class answering(http.server.BaseHTTPRequestHandler):
    """Keeps what it is asked; redirects to the query of /to."""

    seen = []

    def log_message(self, *_):
        pass

    def do_GET(self):
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answering.seen.append((self.command, self.path, self.headers, content))
        path, _, query = self.path.partition("?")
        self.send_response(307 if path == "/to" else 200)
        if path == "/to":
            self.send_header("Location", query)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_PUT = do_GET


def recomputed(method, target, fields, content, service):
    """The signature of a request with a plain path and a sorted query."""
    names = fields["Authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    lines = "".join(f"{name}:{fields[name].strip()}\n" for name in names.split(";"))
    path, _, query = target.partition("?")
    told = fields.get("X-Amz-Content-Sha256") or hashlib.sha256(content).hexdigest()
    path = path if service == "s3" else quote(path)
    canonical = f"{method}\n{path}\n{query}\n{lines}\n{names}\n{told}"
    date = fields["X-Amz-Date"]
    scope = f"{date[:8]}/us-east-1/{service}/aws4_request"
    text = (f"AWS4-HMAC-SHA256\n{date}\n{scope}\n"
            + hashlib.sha256(canonical.encode()).hexdigest())
    key = b"AWS4" + SECRET.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


class of_signatures(unittest.TestCase):
    def setUp(self):
        answering.seen = []
        self.home = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.site = self.serve()

    def serve(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), answering)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    def ours(self, *arguments, service="service"):
        return run("zocalo", "get", "-s", "-S", "-u", f"{KEY}:{SECRET}", "--aws-sigv4",
                   f"aws:amz:us-east-1:{service}", *arguments)

    def curl(self, *arguments, service="service"):
        path = shutil.which("curl") or cannot_run("there is no curl")
        return run(path, "-sS", "-u", f"{KEY}:{SECRET}", "--aws-sigv4",
                   f"aws:amz:us-east-1:{service}", *arguments)

    def asked(self, by, *arguments, service="service"):
        answering.seen = []
        done = by(*arguments, service=service)
        self.assertEqual(done.returncode, 0, done.stderr)
        return answering.seen[-1]

    def test_curl_signs_the_same(self):
        typed = ("-H", "Content-Type: text/plain")
        in_s3 = ("-H", f"X-Amz-Content-Sha256: {NOTHING}")
        for service, arguments in (
                ("service", ["/"]), ("service", ["/a/b?a=1&b=2&c="]),
                ("service", ["/", "-H", "X-Amz-Meta: a   b", "-H", "My-Field: c"]),
                ("service", ["/a", *typed, "-d", "some content"]),
                ("service", ["/a", *typed, "-X", "PUT", "-d", "some content"]),
                ("s3", ["/a%20b/c", *in_s3]), ("s3", ["/a?lifecycle=", *in_s3])):
            with self.subTest(service=service, arguments=arguments):
                url = [self.site + arguments[0], *DATE, *arguments[1:]]
                both = [self.asked(by, *url, service=service)[2]["Authorization"]
                        for by in (self.curl, self.ours)]
                self.assertEqual(both[0], both[1])

    def test_the_signature_is_that_of_what_was_sent(self):
        content = self.home / "content"
        content.write_bytes(b"x" * 100_000)
        for service, arguments in (
                ("service", ["/"]), ("service", ["/a%20b?a=1&b=2"]), ("service", ["/a", "-d", "b"]),
                ("s3", ["/a%20b"]), ("s3", ["/", "-T", str(content)]),
                ("s3", ["/", "-F", f"a=@{content}"])):
            with self.subTest(service=service, arguments=arguments):
                method, target, fields, sent = self.asked(
                    self.ours, self.site + arguments[0], *arguments[1:], service=service)
                self.assertIn(f"{KEY}/", fields["Authorization"])
                signed = fields["Authorization"].partition("Signature=")[2]
                self.assertEqual(signed, recomputed(method, target, fields, sent, service))
                if service == "s3":
                    self.assertEqual(fields["X-Amz-Content-Sha256"],
                                     hashlib.sha256(sent).hexdigest())

    def test_it_goes_to_nobody_else(self):
        other = self.serve()
        _, _, fields, _ = self.asked(self.ours, "-L", f"{self.site}/to?{other}/")
        self.assertNotIn("Authorization", fields)
        _, target, fields, _ = self.asked(self.ours, "-L", f"{self.site}/to?{self.site}/a")
        signed = fields["Authorization"].partition("Signature=")[2]
        self.assertEqual(signed, recomputed("GET", target, fields, b"", "service"))

    def test_what_cannot_be_signed_is_not_sent(self):
        for arguments in (("-u", "a:b", "--aws-sigv4", "aws:amz"), ("--aws-sigv4", "aws:amz:r:s"),
                          ("-u", "a:b", "--aws-sigv4", "a:b:c:d:e")):
            done = run("zocalo", "get", *arguments, self.site + "/")
            self.assertEqual(done.returncode, USAGE, done.stderr)
        self.assertEqual(answering.seen, [])


if __name__ == "__main__":
    main()
