# SPDX-License-Identifier: MIT
"""What `zocalo get` takes from curl's command lines: patterns of URLs, tries, forms, proxies,
tokens; the same command line, and the same outcome."""

import http.server
import json
import os
import socket
import ssl
import subprocess
import time
import unittest
from email.utils import formatdate

from pki import Authority
from program_get_curl_test import USAGE, with_site
from proxies import PAGE, WithProxies
from support import PATIENCE, enter_own_network, main, program

REFUSED = 9
OLD = 784111777  # when an example of RFC 9110 was written


def setUpModule():
    enter_own_network()


class echo(http.server.BaseHTTPRequestHandler):
    """Answers with the request; /busy and /none say no at first, /away leads on."""

    protocol_version = "HTTP/1.1"
    visits = 0

    def log_message(self, *_):
        pass

    def do_GET(self):
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        echo.visits += 1
        status = 200
        if self.path in ("/busy", "/none") and echo.visits < 3:
            status = 503 if self.path == "/busy" else 404
        elif self.path.startswith("/away"):
            status = 302
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/end")
        kept = ("Referer", "Authorization", "X-Own")
        told = {name: self.headers[name] for name in kept if name in self.headers}
        text = json.dumps([self.requestline, told, content.decode()]).encode() + b"\n"
        self.send_header("Last-Modified", formatdate(OLD, usegmt=True))
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET


class beside_curl(with_site):
    @staticmethod
    def server():
        echo.visits = 0
        return http.server.ThreadingHTTPServer(("127.0.0.1", 0), echo)

    def both(self, *words, code=0, theirs=None):
        """What the two print for the same words."""
        outputs = []
        for each, expected in ((self.get, code), (self.curl, code if theirs is None else theirs)):
            echo.visits = 0
            outputs.append(each(*words, code=expected).stdout)
        self.assertEqual(*outputs)
        return outputs[0]


class patterns(beside_curl):
    def test_stand_for_what_curl_makes_of_them(self):
        for pattern in ("{a,b}", "[1-3]", "[08-10]", "[01-10:4]", "[a-e:2]", "{a,b}[1-2]",
                        R"{a\,b,c}", "{a,}", "x[1-1]y"):
            with self.subTest(pattern):
                self.both("-w", "%{urlnum} %{url}\\n", f"{self.url}/{pattern}", self.url + "/z")
        told = self.both("-g", self.url + "/%5B1-2%5D")
        self.assertIn("/%5B1-2%5D", told)

    def test_name_files(self):
        for each in (self.get, self.curl):
            each("-o", "x#1#2_#3", self.url + "/{a,b}[1-2]", "-o", "y#1", self.url + "/c")
            for name in ("xa1_#3", "xb2_#3", "y#1"):
                self.assertTrue((self.here / name).read_text().startswith("["))
                (self.here / name).unlink()
            self.assertEqual({"xa2_#3", "xb1_#3"}, set(os.listdir(self.here)))

    def test_that_are_none_are_said(self):
        for pattern in ("[1-", "{a", "a}", "[3-1]", "[a-Z]", "{}", "[x]", "[1-3:0]", "[1-2]]"):
            with self.subTest(pattern):
                self.curl(f"{self.url}/{pattern}", code=3)
                done = self.get(f"{self.url}/{pattern}", code=USAGE)
                self.assertRegex(done.stderr, r"at character \d+ of ")
        done = self.get(self.url + "/[1-1000000]", code=USAGE)
        self.assertIn("more than 100000 URLs", done.stderr)

    def test_are_none_in_a_file_of_urls(self):
        (self.here / "list").write_text(f"{self.url}/{{a,b}}\n")
        self.assertIn("GET /%7Ba,b%7D HTTP/1.1", self.get("--input-file", "list").stdout)


class tries(beside_curl):
    def test_after_any_error(self):
        words = ["-s", "-f", "--retry", "5", "--retry-delay", "1", "-w", "%{num_retries}",
                 "-o", "x", self.url + "/none"]
        self.assertEqual(self.get("--retry-all-errors", *words).stdout, "2")
        echo.visits = 0
        self.curl("--retry-all-errors", *words[:6], *words[8:])  # it has no such variable yet
        self.assertEqual(echo.visits, 3)
        echo.visits = 0
        self.get(*words, code=REFUSED)
        self.assertEqual(echo.visits, 1)

    def test_for_so_long(self):
        with socket.socket() as taken:  # where nobody listens
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
            words = ["-s", "--retry", "50", "--retry-connrefused", "--retry-delay", "1",
                     "--retry-max-time", "2", url]
            for each, code in ((self.get, 4), (self.curl, 7)):
                began = time.monotonic()
                each(*words, code=code)
                self.assertLess(time.monotonic() - began, PATIENCE / 2)
                self.assertGreater(time.monotonic() - began, 1)


class requests(beside_curl):
    def test_of_http_1_0(self):
        self.assertIn("GET / HTTP/1.0", self.both("-0", self.url + "/"))
        self.both("--http1.0", "-d", "a=1", self.url + "/")

    def test_say_which_page_led_on(self):
        for referer in (";auto", "http://from/;auto", "http://from/"):
            told = self.both("-L", "-e", referer, self.url + "/away?a")
            self.assertEqual("away?a" in told, "auto" in referer)
        self.assertNotIn("Referer", self.both("-e", ";auto", self.url + "/"))
        self.assertIn("http://from/\"", self.both("-e", "http://from/;auto", self.url + "/"))

    def test_after_others_begin_anew(self):
        told = self.both("-s", "-d", "a=1", self.url + "/", "--next", "-s", "-H", "X-Own: b",
                         self.url + "/b", "-:", "-s", self.url + "/c")
        self.assertEqual([each[0] for each in map(json.loads, told.splitlines())],
                         ["POST / HTTP/1.1", "GET /b HTTP/1.1", "GET /c HTTP/1.1"])
        nobody = "http://127.0.0.1:1/"
        self.both("-s", nobody, "--next", "-s", self.url + "/")
        self.both("-s", self.url + "/", "--next", "-s", nobody, code=4, theirs=7)
        for words in (["--next", self.url], [self.url, "--next"]):
            self.get(*words, code=USAGE)

    def test_have_texts_in_forms(self):
        for text in ("a=@b", "a=<b", "a=b;type=c", "a="):
            told = self.get("--form-string", text, self.url + "/").stdout
            content = json.loads(told)[2]
            self.assertIn('form-data; name="a"\r\n', content)
            self.assertIn(f"\r\n\r\n{text[2:]}\r\n--", content)
            theirs = json.loads(self.curl("--form-string", text, self.url + "/").stdout)[2]
            self.assertIn(f"\r\n\r\n{text[2:]}\r\n--", theirs)
        self.assertIn("--form-string", self.get("--form-string", "a", self.url, code=USAGE).stderr)

    def test_have_a_token(self):
        self.assertIn("Bearer CANARY", self.both("--oauth2-bearer", "CANARY", self.url + "/"))


class socks(WithProxies):
    def test_is_asked_for_as_in_curl(self):
        proxy = f"127.0.0.1:{self.microsocks()}"
        url = f"http://127.0.0.1:{self.port}/"
        for option in ("--socks5", "--socks5-hostname"):
            for words in ([program("zocalo"), "get"], ["curl", "-sS"]):
                done = subprocess.run([*words, option, proxy, url], capture_output=True,
                                      timeout=PATIENCE)
                self.assertEqual((done.stdout, done.stderr), (PAGE, b""))
        for word in ("socks5://" + proxy, ""):
            done = subprocess.run([program("zocalo"), "get", "--socks5", word, url],
                                  capture_output=True, timeout=PATIENCE)
            self.assertEqual(done.returncode, USAGE)


class old_socks(unittest.TestCase):
    def ask(self, *words):
        """What a proxy of SOCKS 4 hears first."""
        with socket.create_server(("127.0.0.1", 0)) as proxy:
            asking = subprocess.Popen([*words, f"127.0.0.1:{proxy.getsockname()[1]}",
                                       "http://127.0.0.1:8000/"], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            proxy.settimeout(PATIENCE)
            with proxy.accept()[0] as client:
                client.settimeout(PATIENCE)
                heard = client.recv(1000)
            self.assertNotEqual(asking.wait(PATIENCE), 0)
        return heard

    def test_is_asked_for_as_in_curl(self):
        ours = [program("zocalo"), "get"]
        self.assertEqual(self.ask(*ours, "--socks4"), self.ask("curl", "-s", "--socks4"))
        self.assertEqual(self.ask(*ours, "--socks4")[:2], b"\x04\x01")
        self.assertEqual(self.ask(*ours, "--socks4a")[:4], b"\x04\x01\x1f\x40")


class files(beside_curl):
    def test_have_the_time_of_the_server(self):
        for each in (self.get, self.curl):
            for options in (["-R", "-o", "x"], ["-R", "-C", "-", "-o", "y"]):
                each(*options, self.url + "/")
                self.assertEqual((self.here / options[-1]).stat().st_mtime, OLD)
                (self.here / options[-1]).unlink()

    def test_of_all_urls_have_their_names(self):
        for each in (self.get, self.curl):
            each("--remote-name-all", self.url + "/a", self.url + "/b")
            self.assertEqual({"a", "b"}, set(os.listdir(self.here)))
            for name in ("a", "b"):
                (self.here / name).unlink()

    def test_in_a_folder_that_takes_no_others(self):
        folder = self.here / "closed"
        folder.mkdir()
        (folder / "file").write_text("before")
        (folder / "file").chmod(0o666)
        folder.chmod(0o755)
        self.here.chmod(0o755)
        nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
        if not nobody:
            folder.chmod(0o555)
        for words, code in ((["-o", "closed/file"], 0), (["-o", "closed/new"], 7)):
            done = subprocess.run([program("zocalo"), "get", *words, self.url + "/"],
                                  cwd=self.here, capture_output=True, text=True, timeout=PATIENCE,
                                  **nobody)
            self.assertEqual(done.returncode, code, done.stderr)
        self.assertTrue((folder / "file").read_text().startswith("["))
        folder.chmod(0o755)


class authorities(beside_curl):
    def test_of_a_folder(self):
        authority = Authority(self.here)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.for_servers())
        server = self.server()
        server.socket = context.wrap_socket(server.socket, server_side=True)
        url = f"https://localhost:{self.serve(server)}/"
        folder = self.here / "trusted"
        (folder / "empty").mkdir(parents=True)
        (folder / "root.pem").write_bytes(authority.certificate.read_bytes())
        subprocess.run(["openssl", "rehash", folder], check=True, timeout=PATIENCE)
        self.both("--capath", folder, url)
        self.get("--capath", folder / "empty", url, code=6)
        for each in (self.get, self.curl):
            done = each("-k", "-o", "x", "-w", "%{ssl_verify_result}", url)
            self.assertNotEqual(done.stdout, "0")
            done = each("--capath", folder, "-o", "x", "-w", "%{ssl_verify_result}", url)
            self.assertEqual(done.stdout, "0")


if __name__ == "__main__":
    main()
