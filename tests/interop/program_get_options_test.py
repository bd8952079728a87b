# SPDX-License-Identifier: MIT
"""Options of `zocalo get` that say how the others are found and what may be spoken: -K, --proto,
--tlsv1.x, --trace; each beside curl with the same words."""

import http.server
import re
import shutil
import ssl
import subprocess
import unittest

from pki import Authority
from program_get_curl_test import USAGE, PEER, site, with_site
from running import foreign, free_port
from sites import run_nginx
from support import PATIENCE, cannot_run, enter_own_network, main, program


def setUpModule():
    enter_own_network()


class echo(site):
    """Answers with what came."""

    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        lines = [f"{name}: {value}" for name, value in self.headers.items()
                 if name.startswith("X-")]
        answer = "\n".join(lines).encode() + b"\n" + content
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


class with_echo(with_site):
    @staticmethod
    def server():
        return http.server.ThreadingHTTPServer(("127.0.0.1", 0), echo)

    def both(self, *words, input=None, works=True):
        """What both have printed; curl's exit codes are others."""
        curl = shutil.which("curl") or cannot_run("there is no curl")
        ours, theirs = (
            subprocess.run([*name, *map(str, words)], cwd=self.here, capture_output=True,
                           timeout=PATIENCE, input=input)
            for name in ([program("zocalo"), "get", "-sS"], [curl, "-sS"]))
        self.assertEqual((ours.returncode == 0, theirs.returncode == 0), (works, works),
                         (ours.stderr, theirs.stderr))
        self.assertEqual(ours.stdout, theirs.stdout)
        return ours


class files_of_options(with_echo):
    def write(self, text, name="options"):
        (self.here / name).write_text(text)
        return name

    def test_every_way_to_write_them(self):
        for text in ('header = "X-A: b c"\ndata = "d e"\n',
                     'header: "X-A: b"\n\n  # a comment\n/ another\n* one more\ndata d # this\n',
                     '--header "X-A: b"\n--data d\n',
                     '-H "X-A: b"\n-d d\n-HX-B:c\n',
                     'header="X-A: \\"q\\" \\\\ \\x"\r\ndata = "a\\tb\\nc\\rd\\ve"\r\n',
                     'data   =   d\nheader\t"X-A: b"\nsilent\n-fL\n',
                     'data = d', 'data = "#"\nheader = "X-A: #b"\n'):
            with self.subTest(text):
                self.both("-K", self.write(text), self.url)
                self.both("-K", "-", self.url, input=text.encode())
                self.both("--config", self.write(text), self.url)

    def test_urls_and_files(self):
        options = self.write(f'url = {self.url}/hints\nurl = "{self.url}/hints"\n'
                             'output = first\noutput = second\n')
        for each in (self.get, self.curl):
            each("-K", options)
            self.assertEqual([(self.here / name).read_text() for name in ("first", "second")],
                             ["hello\n", "hello\n"])
            for name in ("first", "second"):
                (self.here / name).unlink()

    def test_the_last_one_counts(self):
        options = self.write("user-agent = a\nmax-time = 0.001\nmax-time = 20\nrequest = GET\n")
        for words in (["-K", options], ["-X", "BAD", "-K", options],
                      ["-m", "0.001", "-K", options, "-m", "20"]):
            self.assertEqual(self.both(*words, self.url).stdout, b"hello\n")

    def test_files_in_files(self):
        self.write("data = d", "inner")
        self.both("-K", self.write("config = inner\nheader = X-A:b"), self.url)
        told = self.get("-K", self.write("config = options"), self.url, code=USAGE)
        self.assertIn("too deep", told.stderr)

    def test_what_is_wrong_is_told_with_its_line(self):
        for text, why in (("silent\nno-such = 1\n", "options:2: no such option: \"--no-such\""),
                          ("# a\n\nmax-time = soon\n", "options:3: "),
                          ("data = a b\n", "options:1: what follows the value"),
                          ('data = "a\n', "options:1: a quote without an end"),
                          ("data\n", "options:1: --data needs a value"),
                          ("silent = 1\n", "options:1: --silent takes no value"),
                          ("proto = =:\n", "options:1: "), ("= 1\n", "options:1: no name")):
            with self.subTest(text):
                done = self.get("-K", self.write(text), self.url, code=USAGE)
                self.assertIn(why, done.stderr)
        self.assertIn("missing", self.get("-K", "missing", self.url, code=1).stderr)

    def test_a_secret_is_never_on_the_command_line(self):
        self.write('user = "ada:CANARY"\nbasic')
        done = self.get("-v", "-K", "options", self.url)
        self.assertIn("> Authorization: (secret)", done.stderr)
        self.assertNotIn("CANARY", done.stderr)


class which_protocols(with_echo):
    def test_schemes_beside_curl(self):
        for words, works in ((["--proto", "=http"], True), (["--proto", "=https"], False),
                             (["--proto", "-all,http"], True), (["--proto", "-http"], False),
                             (["--proto", "-all,https,+http"], True),
                             (["--proto", "=https,ftp"], False)):
            with self.subTest(words):
                self.both(*words, self.url + "/hints", works=works)

    def test_redirects_beside_curl(self):
        redirect = self.url + "/redirect?" + self.url + "/hints"
        for words, works in (([], True), (["--proto-redir", "=http"], True),
                             (["--proto-redir", "=https"], False),
                             (["--proto-redir", "-http"], False)):
            with self.subTest(words):
                self.both("-L", *words, redirect, works=works)
        self.assertIn("--proto-redir", self.get("-L", "--proto-redir", "=https", redirect,
                                                code=PEER).stderr)

    def test_other_schemes(self):
        (self.here / "file").write_text("a\n")
        self.get("--proto", "=https", f"file://{self.here}/file", code=USAGE)
        self.get("--proto", "=http", "gopher://127.0.0.1:1/", code=USAGE)
        self.get("--proto", "-all", self.url, code=USAGE)
        self.get("--proto", "=file", f"file://{self.here}/file")

    def test_a_host_that_wants_tls_is_asked_so_first(self):
        (self.here / "hsts").write_text('localhost.test "20400101 00:00:00"\n')
        done = self.get("--hsts", "hsts", "--proto", "=https", "--resolve",
                        "localhost.test:80:127.0.0.1", "--resolve",
                        "localhost.test:443:127.0.0.1", "http://localhost.test/", code=4)
        self.assertNotIn("--proto", done.stderr)

    def test_versions_of_tls_beside_curl(self):
        authority = Authority(self.here)
        old, new = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
        urls = {}
        for only in (old, new):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*authority.for_servers())
            context.minimum_version = context.maximum_version = only
            server = self.server()
            server.handle_error = lambda *_: None
            server.socket = context.wrap_socket(server.socket, server_side=True)
            urls[only] = f"https://127.0.0.1:{self.serve(server)}/hints"
        for only, words, works in ((old, ["--tlsv1.2"], True), (old, ["--tlsv1.3"], False),
                                   (new, ["--tlsv1.3"], True), (new, ["--tls-max", "1.2"], False),
                                   (old, ["--tls-max", "1.2"], True),
                                   (new, ["--tls-max", "1.3", "--tlsv1.2"], True)):
            with self.subTest(f"{only} {words}"):
                self.both(*words, "--cacert", authority.certificate, urls[only], works=works)
        self.get("--tlsv1.3", "--tls-max", "1.2", "https://127.0.0.1:1/", code=USAGE)
        self.get("--tls-max", "1.1", "https://127.0.0.1:1/", code=USAGE)


class what_is_on_the_wire(with_echo):
    @staticmethod
    def read(text):
        """What went each way: heads and data; only what is in hexadecimal."""
        ways = {"Send": b"", "Recv": b""}
        parts = []
        for line in text.splitlines():
            if begin := re.match(r"[=<][>=] (Send|Recv) (header|data), (\d+) bytes", line):
                way = begin[1]
                parts.append((way, begin[2]))
            elif row := re.match(r"[0-9a-f]{4,}: ((?:[0-9a-f]{2} )+)", line):
                ways[way] += bytes.fromhex(row[1])
        return ways, parts

    @staticmethod
    def plain(data):
        return re.sub(rb"(User-Agent|Date|Accept-Encoding|Set-Cookie|Accept):.*\r\n", b"", data)

    def traces(self, option, *words):
        self.get(option, "ours", *words)
        self.curl("--trace" if option == "--trace" else option, "theirs", *words)
        return [(self.here / name).read_text() for name in ("ours", "theirs")]

    def test_the_bytes_are_those_of_curl(self):
        for words in (["/hints"], ["-L", "/redirect"], ["-d", "a=b", "-H", "X-A: b", "/"]):
            *options, path = words
            ours, theirs = (self.read(text)[0]
                            for text in self.traces("--trace", *options, self.url + path))
            for way in ("Send", "Recv"):
                # curl leaves the empty line behind a 103 out.
                lines = [sorted(filter(None, self.plain(all[way]).split(b"\r\n")))
                         for all in (ours, theirs)]
                self.assertEqual(*lines)

    def test_rows_look_as_those_of_curl(self):
        """The same bytes are written the same way."""
        for option in ("--trace", "--trace-ascii"):
            ours, theirs = self.traces(option, "-d", "a\r\nb" + "c" * 200 + "\r\n\r\nd\te",
                                       self.url)
            sent = r"(?s)=> Send data, 211 bytes.*?\n(?=[<=]=? )"
            self.assertEqual(re.search(sent, ours)[0], re.search(sent, theirs)[0])

    def test_no_secrets(self):
        self.get("--trace-ascii", "ours", "-L", "-u", "ada:CANARY", "--basic", "-b", "b=CANARY",
                 self.url + "/redirect")
        told = (self.here / "ours").read_text()
        self.assertNotIn("CANARY", told)
        self.assertIn("Authorization: ***", told)
        self.assertIn("Set-Cookie: ***", told)

    def test_times_and_standard_streams(self):
        told = self.get("--trace-ascii", "-", "--trace-time", self.url + "/hints").stdout
        self.assertRegex(told, r"(?m)^\d\d:\d\d:\d\d\.\d{6} => Send header, \d+ bytes \(0x")
        self.assertIn("=> Send header", self.get("--trace", "%", self.url + "/hints").stderr)
        self.get("--trace", "no/such/folder", self.url, code=1)

    def test_heads_of_http2_can_be_read(self):
        port = free_port()
        (self.here / "page").write_text("hello\n")
        self.here.chmod(0o755)
        run_nginx(self, self.here, free_port(),
                  beside=f"server {{ listen 127.0.0.1:{port} http2; }}")
        self.get("--trace-ascii", "ours", "--http2-prior-knowledge", "-H", "X-A: b", "-b",
                 "c=CANARY", f"http://127.0.0.1:{port}/page")
        told = (self.here / "ours").read_text()
        for line in ("GET /page HTTP/2", "X-A: b", "Cookie: ***", "PRI * HTTP/2.0", "HTTP/2 200",
                     "content-type: text/plain", "hello", "*" * 20):
            self.assertIn(line.lower(), told.lower())
        self.assertNotIn("CANARY", told)

    def test_what_is_no_answer_is_seen(self):
        port = free_port()
        with foreign(program("zocalo"), "listen", "127.0.0.1", str(port), "-c", "echo nonsense",
                     port=port):
            self.get("--trace-ascii", "ours", f"http://127.0.0.1:{port}/", code=PEER)
        self.assertIn("nonsense", (self.here / "ours").read_text())


if __name__ == "__main__":
    main()
