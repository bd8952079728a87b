# SPDX-License-Identifier: MIT
"""What must not be lost: standard input, which is there only once, files that a server says are
the newest, uploads that lead elsewhere, and secrets of a command line; beside curl where it can."""

import http.server
import json
import os
import re
import subprocess
import time
import unittest
from pathlib import Path

from program_get_curl_test import FAILED, PEER, USAGE, with_site
from program_get_options_test import echo, with_echo
from support import PATIENCE, enter_own_network, main, program

REFUSED = 9


def setUpModule():
    enter_own_network()


class store(echo):
    """Keeps what is PUT, says no at first below /busy, and that it is elsewhere at /NNN."""

    kept = {}
    visits = 0

    def content(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        content = b""
        while size := int(self.rfile.readline(), 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def do_PUT(self):
        content = self.content()
        store.visits += 1
        status = 201
        if self.path.startswith("/busy") and store.visits == 1:
            status = 503
        elif self.path[1:4] in ("301", "302", "303", "307", "308"):
            status = int(self.path[1:4])
        self.send_response(status)
        if status == 201:
            store.kept[self.path] = content
        elif status != 503:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()


class with_store(with_site):
    @staticmethod
    def server():
        store.kept, store.visits = {}, 0
        return http.server.ThreadingHTTPServer(("127.0.0.1", 0), store)

    def zocalo(self, *words, input=b"precious", code=0):
        done = subprocess.run([program("zocalo"), *map(str, words)], cwd=self.here, input=input,
                              capture_output=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr.decode()


class files_that_are_the_newest(with_site):
    def test_stay_as_they_are(self):
        (self.here / "version").write_text('"one"\n')
        for each in (self.get, self.curl):
            (self.here / "keep").write_text("precious\n")
            each("--etag-compare", "version", "-o", "keep", self.url + "/hints")
            self.assertEqual((self.here / "keep").read_text(), "precious\n")
            each("--etag-compare", "version", "-o", "none", self.url + "/hints")
            each("--etag-compare", "version", "-O", self.url + "/hints")
            self.assertFalse((self.here / "none").exists())
            self.assertFalse((self.here / "hints").exists())
            each("-H", 'If-None-Match: "one"', "-o", "keep", self.url + "/hints")
            self.assertEqual((self.here / "keep").read_text(), "precious\n")
        self.assertIn("304", self.get("-i", "--etag-compare", "version", self.url + "/").stdout)


class standard_input(with_echo):
    def test_is_sent_as_curl_sends_it(self):
        for option in ("-d", "--data-binary", "--json", "--data-urlencode"):
            for words in ([option, "@-"], [option, "@-", self.url], [option, "x", option, "@-"]):
                with self.subTest(words):
                    told = self.both(*words, self.url, input=b"a=1\nb")
                    self.assertIn(b"a", told.stdout)

    def test_goes_into_forms_and_fields(self):
        for part in ("a=@-", "a=<-", "a=@-;filename=f.txt", "a=@-;type=text/x"):
            with self.subTest(part):
                boundaries = []
                for name in ([program("zocalo"), "get", "-sS"], ["curl", "-sS"]):
                    done = subprocess.run([*name, "-F", part, self.url], input=b"precious",
                                          capture_output=True, timeout=PATIENCE, check=True)
                    lines = done.stdout.strip().split(b"\r\n")
                    boundaries.append([line for line in lines if not line.startswith(b"--")])
                self.assertIn(b"precious", boundaries[0])
                self.assertEqual(boundaries[0][-1], boundaries[1][-1])
                self.assertEqual(boundaries[0][0].replace(b"\n", b""),
                                 boundaries[1][0].replace(b"\n", b""))
        self.assertIn(b"X-A: b", self.both("-H", "@-", "-d", "x", self.url,
                                           input=b"X-A: b\n").stdout)


class uploads(with_store):
    def test_standard_input_is_never_tried_twice(self):
        for words in (["put", "-", self.url + "/busy"], ["get", "-T", "-", self.url + "/busy"]):
            store.visits = 0
            told = self.zocalo(*words, "--retry", "2", "--retry-delay", "0.1", code=REFUSED)
            self.assertIn("standard input cannot be sent once more", told)
            self.assertEqual((store.kept, store.visits), ({}, 1))
        (self.here / "file").write_text("precious")
        store.visits = 0
        self.zocalo("put", "file", self.url + "/busy", "--retry", "2", "--retry-delay", "0.1")
        self.assertEqual(store.kept, {"/busy": b"precious"})

    def test_standard_input_goes_to_one_place(self):
        told = self.zocalo("get", "-T", "-", self.url + "/a", self.url + "/b", code=USAGE)
        self.assertIn("only once", told)
        self.assertEqual(store.visits, 0)

    def test_that_lead_elsewhere_are_errors(self):
        (self.here / "file").write_text("precious")
        for status in (301, 302, 303, 307, 308):
            told = self.zocalo("put", "file", f"{self.url}/{status}", code=REFUSED)
            self.assertIn("nothing was stored", told)
            self.assertIn('"/elsewhere", which -L does', told)
        self.zocalo("put", "-L", "file", self.url + "/307")
        self.assertEqual(store.kept, {"/elsewhere": b"precious"})
        told = self.zocalo("put", "-L", "-", self.url + "/307", code=REFUSED)
        self.assertIn("standard input cannot be sent once more", told)


class redirects(with_site):
    def test_none_may_be_none(self):
        far = self.url + "/redirect"
        self.assertIn("more than 0 redirects",
                      self.get("-L", "--max-redirs", "0", far, code=PEER).stderr)
        self.curl("-L", "--max-redirs", "0", far, code=47)
        for each in (self.get, self.curl):
            each("--max-redirs", "0", far)
            self.assertEqual(each("-L", "--max-redirs", "1", far).stdout, "hello\n")


class cookies(with_site):
    def test_of_a_session_are_read_by_curl(self):
        for save, ask in ((self.get, self.curl), (self.curl, self.get)):
            save("-c", "jar", self.url)
            told = ask("-v", "-b", "jar", self.url).stderr
            self.assertRegex(told, r"> Cookie: (a=CANARY|\(secret\))")


class passwords(with_site):
    def test_are_hidden_in_every_command_that_takes_them(self):
        for words in (["rpc", "-u", "ada:CANARY", "-U", "eve:CANARY", "--proxy", self.url,
                       self.url, "m"],
                      ["get", "-u", "ada:CANARY", self.url], ["put", "-u", "ada:CANARY", "-",
                                                             self.url + "/x"]):
            with self.subTest(words):
                # Takes connections, and says nothing.
                silent = http.server.HTTPServer(("127.0.0.1", 0),
                                                http.server.BaseHTTPRequestHandler)
                self.addCleanup(silent.server_close)
                at = f"http://127.0.0.1:{silent.server_address[1]}"
                words = [each.replace(self.url, at) for each in words]
                with subprocess.Popen([program("zocalo"), *words], stdin=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL) as running:
                    line = Path(f"/proc/{running.pid}/cmdline")
                    until = time.monotonic() + PATIENCE
                    seen = b""
                    while b"***" not in seen and time.monotonic() < until:
                        time.sleep(0.01)
                        seen = line.read_bytes()  # nothing at all while it begins
                    running.kill()
                self.assertNotIn(b"CANARY", seen)
                self.assertIn(b"ada:***", seen)


class logins(with_site):
    def test_are_said_at_once_with_basic(self):
        (self.here / "netrc").write_text("machine 127.0.0.1 login ada password CANARY\n")
        (self.here / "netrc").chmod(0o600)
        of_url = self.url.replace("//", "//ada:CAN%41RY@")
        for words in (["--netrc-file", "netrc", self.url], [of_url]):
            for each, extra in ((self.get, ["--trace", "trace"]), (self.curl, [])):
                told = each("-v", "--basic", *words, *extra).stderr
                self.assertRegex(told, r"> Authorization: (Basic YWRhOkNBTkFSWQ==|\(secret\))")
            self.assertNotIn("> Authorization", self.get("-v", *words).stderr)


class reports(with_store):
    def test_have_curls_words(self):
        names = ["http_code", "redirect_url", "num_redirects", "url_effective", "urlnum",
                 "size_download", "size_header", "time_appconnect", "num_headers", "local_ip",
                 "remote_ip", "remote_port", "ssl_verify_result", "size_upload", "referer",
                 "response_code", "method", "num_connects", "url", "header_json", "onerror",
                 "http_code"]
        form = "".join(f"{name}=%{{{name}}}\\n" for name in names) + "%header{etag} %header{none}."
        (self.here / "format").write_text(form)
        for words in ([self.url + "/hints"], [self.url + "/redirect"],
                      ["-L", self.url + "/redirect"], ["-L", self.url + "/redirect",
                                                       self.url + "/hints"]):
            for given in (form, "@format"):
                with self.subTest(words, given=given):
                    done = [re.sub('"date":[^\\n]*', "", each("-w", given, *words).stdout)
                            for each in (self.get, self.curl)]
                    self.assertEqual(*done)
        for each in (self.get, self.curl):
            done = each("-w", "a%{stderr}b%{stdout}c", self.url, "-o", "file")
            self.assertEqual((done.stdout, done.stderr), ("ac", "b"))

    def test_are_written_as_json(self):
        for words in ([self.url + "/hints"], ["-d", "abc", self.url + "/"],
                      ["-L", self.url + "/redirect"],
                      ["-e", "http://from/", self.url + "/", self.url + "/redirect"]):
            files = ["-o", "file"] * sum(word.startswith(self.url) for word in words)
            told = [[json.loads(line) for line in each("-A", "a", *files, "-w", "%{json}\\n",
                                                       *words).stdout.splitlines()]
                    for each in (self.get, self.curl)]
            for ours, theirs in zip(*told, strict=True):
                common = {name for name in ours.keys() & theirs.keys()
                          if not name.startswith(("time_", "speed_", "local_port", "scheme"))}
                self.assertLess({"http_code", "local_ip", "num_headers", "urlnum"}, common)
                self.assertLessEqual(ours.keys() - {"num_retries"}, theirs.keys())
                if "-d" in words:
                    common.remove("size_request")  # of which content fields are written otherwise
                self.assertEqual({name: ours[name] for name in common},
                                 {name: theirs[name] for name in common})
                self.assertGreater(ours["local_port"], 0)
                self.assertGreater(ours["time_total"], 0)

    def test_warn_of_what_they_do_not_know(self):
        for each in (self.get, self.curl):
            done = each("-o", "file", "-w", "a%{nonsense}b%{http_code}%{onerror}%{nonsense}",
                        self.url)
            self.assertEqual(done.stdout, "ab200")
            self.assertIn("nonsense", done.stderr)

    def test_have_parts_of_urls(self):
        done = self.get("-o", "file", "-L", "-w", "%{url.scheme} %{url.host} %{url.path} "
                        "%{url.query} %{url.port} %{urle.path}", self.url + "/redirect?/a")
        port = self.url.rpartition(":")[2]
        self.assertEqual(done.stdout, f"http 127.0.0.1 /redirect /a {port} /a")

    def test_are_read_from_standard_input(self):
        done = subprocess.run([program("zocalo"), "get", "-o", "file", "-w", "@-", self.url],
                              cwd=self.here, input="%{http_code}\n", capture_output=True, text=True,
                              timeout=PATIENCE)
        self.assertEqual((done.stdout, done.stderr), ("200\n", ""))

    def test_know_where_too_many_redirects_were(self):
        for each, code in ((self.get, PEER), (self.curl, 47)):
            done = each("-L", "--max-redirs", "2", "-w", "%{http_code} %{num_redirects}",
                        self.url + "/redirect?/redirect?/redirect?/redirect", code=code)
            self.assertEqual(done.stdout, "302 2")


class places(with_store):
    def test_cookies_on_standard_output(self):
        told = [each("-o", "file", "-c", "-", self.url).stdout for each in (self.get, self.curl)]
        for each in told:
            self.assertIn("127.0.0.1\tFALSE\t/\tFALSE\t0\ta\tCANARY", each)
        self.assertFalse((self.here / "-").exists())

    def test_a_file_that_has_no_cookies_is_named(self):
        (self.here / "none").write_text("nothing")
        done = self.get("-b", "none", self.url, code=USAGE)
        self.assertIn('--cookie "none": no file', done.stderr)

    def test_a_folder_keeps_the_name(self):
        (self.here / "a b").write_text("precious")
        for each in (self.get, self.curl):
            each("-T", "a b", self.url + "/folder/")
            self.assertEqual(store.kept, {"/folder/a%20b": b"precious"})
            store.kept.clear()

    def test_a_link_is_written_through(self):
        for each in (self.get, self.curl):
            (self.here / "link").symlink_to("deep/target")
            (self.here / "deep").mkdir(exist_ok=True)
            for _ in range(2):
                each("-o", "link", self.url)
                self.assertTrue((self.here / "link").is_symlink())
                self.assertEqual((self.here / "deep/target").read_text(), "hello\n")
            (self.here / "link").unlink()
            (self.here / "deep/target").unlink()

    def test_standard_output_that_takes_nothing_is_named(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([program("zocalo"), "get", self.url], stdout=full,
                                  stderr=subprocess.PIPE, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stderr),
                         (FAILED, b"zocalo: write standard output: No space left on device\n"))

    def test_plain_http_reads_no_authorities(self):
        authorities = self.here / "authorities"
        os.mkfifo(authorities)  # nobody writes: who reads it waits for ever
        known = os.environ | {"SSL_CERT_FILE": str(authorities)}
        words = [program("zocalo"), "get", self.url]
        done = subprocess.run(words, env=known, capture_output=True, timeout=PATIENCE, check=True)
        self.assertEqual(done.stdout, b"hello\n")
        with self.assertRaises(subprocess.TimeoutExpired):
            subprocess.run([*words, self.url.replace("http:", "https:")], env=known,
                           capture_output=True, timeout=1, check=False)


if __name__ == "__main__":
    main()
