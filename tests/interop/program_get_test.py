# SPDX-License-Identifier: MIT
"""`zocalo get` beside curl: the same options, the same bytes, the same end."""

import http.server
import json
import os
import pty
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from running import free_port
from support import PATIENCE, cannot_run, enter_own_network, main, program

REFUSED = 9


def setUpModule():
    enter_own_network()


class site(http.server.BaseHTTPRequestHandler):
    """Says what it was asked, redirects, sets cookies, cuts content off."""

    protocol_version = "HTTP/1.1"
    busy = 0  # so many answers with 503 are still to be given

    def log_message(self, *_):
        pass

    def reply(self, status, content=b"", **fields):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def received(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        content = b""
        while size := int(self.rfile.readline(), 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def answer(self):
        content = self.received()
        path = self.path.split("?")[0]
        if path == "/echo":
            names = ("Content-Type", "Accept", "User-Agent", "Referer", "X-Own", "Cookie",
                     "Authorization", "Range")
            fields = {name: self.headers[name] for name in names if name in self.headers}
            if fields.get("User-Agent") != "own agent":
                fields.pop("User-Agent", None)
            told = {"method": self.command, "path": self.path, "fields": fields,
                    "content": content.decode("latin-1")}
            self.reply(200, json.dumps(told, sort_keys=True).encode() + b"\n")
        elif path == "/file.bin":
            self.reply(200, bytes(range(256)) * 1000)
        elif path == "/redirect":
            self.reply(302, b"elsewhere\n", Location="/echo")
        elif path == "/round":
            self.reply(302, Location="/round")
        elif path == "/cookie":
            self.reply(200, b"set\n", Set_Cookie="taste=sweet; Path=/; Max-Age=1000")
        elif path == "/named":
            self.reply(200, b"named\n", Content_Disposition='attachment; filename="../../x.txt"')
        elif path == "/hidden":
            self.reply(200, b"x\n", Content_Disposition='attachment; filename=".bashrc"')
        elif path == "/escape":
            self.reply(200, b"a\x1b[31mred\n")
        elif path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"short")
            self.close_connection = True
        elif path == "/busy" and site.busy > 0:
            site.busy -= 1
            self.reply(503, b"later\n")
        elif path == "/busy":
            self.reply(200, b"at last\n")
        else:
            self.reply(404, b"nothing here\n")

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer


class quiet_server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """Clients that leave early are part of the tests."""


class with_a_site(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.server = quiet_server(("127.0.0.1", 0), site)
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"

    def run_in(self, folder, command, *arguments, given=b"", **options):
        folder.mkdir(exist_ok=True)
        words = [str(word).replace("URL", self.base) for word in arguments]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        return subprocess.run([*command, *words], input=given, cwd=folder, env=environment,
                              capture_output=True, timeout=PATIENCE, **options)

    def get(self, *arguments, **options):
        return self.run_in(self.folder, [program("zocalo"), "get"], *arguments, **options)


class beside_curl(with_a_site):
    """Each row is run with both."""

    ROWS = [
        ["URL/echo"],
        ["-X", "DELETE", "URL/echo"],
        ["-d", "a=b", "-d", "c=d e", "URL/echo"],
        ["-d", "@lines.txt", "URL/echo"],
        ["--data-raw", "@lines.txt", "URL/echo"],
        ["--data-binary", "@lines.txt", "URL/echo"],
        ["--data-urlencode", "name=a b&c", "--data-urlencode", "=x y", "URL/echo"],
        ["--data-urlencode", "text@lines.txt", "URL/echo"],
        ["-d", "one=1", "--data-raw", "two=2", "-d", "three=3", "URL/echo"],
        ["-G", "-d", "a=b", "--data-urlencode", "q=c d", "URL/echo"],
        ["-G", "-d", "a=b", "URL/echo?z=1"],
        ["--json", '{"a": 1}', "URL/echo"],
        ["--json", "@lines.txt", "URL/echo"],
        ["-T", "lines.txt", "URL/echo"],
        ["-H", "X-Own: yes", "-H", "Accept: text/plain", "URL/echo"],
        ["-H", "X-Own;", "URL/echo"],
        ["-A", "own agent", "-e", "http://example.org/", "URL/echo"],
        ["-u", "ada:secret", "--basic", "URL/echo"],
        ["-b", "a=1; b=2", "URL/echo"],
        ["-r", "0-99", "URL/echo"],
        ["-L", "URL/redirect"],
        ["URL/redirect"],
        ["-L", "-d", "a=b", "URL/redirect"],
        ["URL/nothing"],
        ["-f", "URL/nothing"],
        ["--fail-with-body", "URL/nothing"],
        ["-L", "--max-redirs", "3", "URL/round"],
        ["-o", "out", "URL/file.bin"],
        ["-O", "URL/file.bin"],
        ["-o", "deep/er/out", "--create-dirs", "URL/echo"],
        ["--output-dir", "deep", "--create-dirs", "-O", "URL/file.bin"],
        ["-o", "one", "URL/echo", "-o", "two", "URL/file.bin"],
        ["-O", "-J", "URL/named"],
        ["-Z", "-o", "one", "-o", "two", "URL/echo", "URL/file.bin"],
        ["-o", "/dev/null", "-w", "%{http_code} %{size_download} %{num_redirects} %{method}\\n",
         "URL/file.bin"],
        ["-w", "%{url_effective}|%{content_type}|%%\\t", "-L", "URL/redirect"],
        ["-b", "", "-o", "x", "URL/cookie", "URL/echo"],
        ["URL/cut"],
    ]

    def result(self, name, command, row):
        folder = self.folder / name
        folder.mkdir()
        (folder / "lines.txt").write_bytes(b"first\r\nsecond \xc3\xa9\n")
        done = self.run_in(folder, command, *row)
        files = {str(path.relative_to(folder)): path.read_bytes()
                 for path in folder.rglob("*") if path.is_file()}
        shutil.rmtree(folder)
        return done.stdout, done.returncode != 0, files

    def test_the_same_bytes_and_the_same_end(self):
        if not shutil.which("curl"):
            cannot_run("no curl")
        for row in self.ROWS:
            with self.subTest(" ".join(row)):
                theirs = self.result("theirs", ["curl", "-s", "-S"], row)
                ours = self.result("ours", [program("zocalo"), "get"], row)
                if row == ["URL/cut"] or "URL/round" in row:  # an error, however much came before
                    self.assertTrue(theirs[1] and ours[1])
                else:
                    self.assertEqual(ours, theirs)


class alone(with_a_site):
    def test_a_form_in_parts_arrives(self):
        (self.folder / "cat.png").write_bytes(b"\x89PNG")
        done = self.get("-F", "name=Ada", "-F", "picture=@cat.png", "-F", "j={};type=text/json",
                        "URL/echo")
        told = json.loads(done.stdout)
        boundary = told["fields"]["Content-Type"].split("boundary=")[1]
        parts = told["content"].split("--" + boundary)
        self.assertEqual(parts[1], '\r\nContent-Disposition: form-data; name="name"\r\n\r\nAda\r\n')
        self.assertIn('name="picture"; filename="cat.png"\r\n'
                      "Content-Type: image/png\r\n\r\n\x89PNG", parts[2])
        self.assertIn("Content-Type: text/json\r\n\r\n{}", parts[3])
        self.assertEqual(parts[4], "--\r\n")

    def test_standard_input_is_sent_in_chunks(self):
        told = json.loads(self.get("-T", "-", "URL/echo", given=b"abc" * 50000).stdout)
        self.assertEqual((told["method"], told["content"]), ("PUT", "abc" * 50000))

    def test_fail_has_an_exit_code_of_its_own(self):
        done = self.get("-f", "URL/nothing")
        self.assertEqual((done.returncode, done.stdout), (REFUSED, b""))
        self.assertIn(b"/nothing", done.stderr)
        self.assertEqual(self.get("-s", "-f", "URL/nothing").stderr, b"")
        self.assertIn(b"404", self.get("-s", "-S", "-f", "URL/nothing").stderr)

    def test_nobody_listens(self):
        done = self.get(f"http://127.0.0.1:{free_port()}/")
        self.assertEqual(done.returncode, 4)
        self.assertIn(b"refused", done.stderr)

    def test_a_file_that_cannot_be_says_so_once(self):
        done = self.get("-o", "nowhere/x", "URL/file.bin")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stderr.count(b"No such file or directory"), 1, done.stderr)

    def test_what_is_cut_off_leaves_no_file(self):
        done = self.get("-o", "whole", "URL/cut")
        self.assertEqual((done.returncode, os.listdir(self.folder)), (6, []))

    def test_what_is_cut_off_leaves_the_old_file(self):
        (self.folder / "whole").write_text("old")
        self.assertNotEqual(self.get("-o", "whole", "URL/cut").returncode, 0)
        self.assertEqual((self.folder / "whole").read_text(), "old")

    def test_a_replaced_file_keeps_its_permissions_and_a_link_stays(self):
        (self.folder / "real").write_text("old")
        (self.folder / "real").chmod(0o640)
        (self.folder / "link").symlink_to("real")
        self.assertEqual(self.get("-o", "link", "URL/file.bin").returncode, 0)
        self.assertTrue((self.folder / "link").is_symlink())
        self.assertEqual((self.folder / "real").stat().st_mode & 0o777, 0o640)
        self.assertEqual((self.folder / "real").stat().st_size, 256000)

    def test_a_name_that_the_server_gives_stays_in_the_folder_and_replaces_nothing(self):
        self.assertEqual(self.get("-O", "-J", "URL/named").returncode, 0)
        self.assertEqual((self.folder / "x.txt").read_text(), "named\n")
        self.assertNotEqual(self.get("-O", "-J", "URL/named").returncode, 0)
        self.assertEqual(self.get("-O", "-J", "--clobber", "URL/named").returncode, 0)
        self.get("-O", "-J", "URL/hidden")
        self.assertFalse((self.folder / ".bashrc").exists())

    def test_retries_until_the_server_has_time(self):
        site.busy = 2
        done = self.get("--retry", "3", "--retry-delay", "10ms", "-w", "%{num_retries}",
                        "URL/busy")
        self.assertEqual((done.stdout, done.returncode), (b"at last\n2", 0))
        site.busy = 9
        done = self.get("--retry", "1", "--retry-delay", "10ms", "URL/busy")
        self.assertEqual(done.stdout, b"later\n")
        site.busy = 0

    def test_cookies_are_kept_in_a_file_that_is_nobody_elses(self):
        self.assertEqual(self.get("-c", "jar", "URL/cookie").returncode, 0)
        self.assertEqual((self.folder / "jar").stat().st_mode & 0o777, 0o600)
        told = json.loads(self.get("-b", "jar", "URL/echo").stdout)
        self.assertEqual(told["fields"]["Cookie"], "taste=sweet")

    def test_the_report_tells_each_request(self):
        done = self.get("-L", "--json-report", "report", "URL/redirect", "URL/nothing")
        first, second = json.loads((self.folder / "report").read_text())
        self.assertEqual([hop["status"] for hop in first["requests"]], [302, 200])
        self.assertGreater(first["requests"][0]["milliseconds"]["first_byte"], 0)
        self.assertEqual((second["status"], second["exit_code"]), (404, 0))
        self.assertEqual(done.returncode, 0)

    def test_verbose_shows_no_secrets(self):
        done = self.get("-v", "-u", "ada:canary1", "--basic", "-H", "Authorization: canary2", "-b",
                        "c=canary3", "URL/cookie")
        self.assertNotIn(b"canary", done.stderr)
        self.assertNotIn(b"sweet", done.stderr)
        self.assertIn(b"> GET", done.stderr)
        self.assertIn(b"< HTTP/1.1 200", done.stderr)

    def test_the_list_of_processes_shows_no_password(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(PATIENCE)
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            asking = subprocess.Popen([program("zocalo"), "get", "-u", "ada:canary", "--basic",
                                       url], stdout=subprocess.PIPE)
            with asking, listener.accept()[0] as client:
                request = client.recv(4096)
                shown = Path(f"/proc/{asking.pid}/cmdline").read_bytes()
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
                self.assertEqual(asking.stdout.read(), b"hi")
        self.assertIn(b"Authorization: Basic YWRhOmNhbmFyeQ==", request)
        self.assertIn(b"\0ada:******\0", shown)
        self.assertNotIn(b"canary", shown)

    def test_a_terminal_gets_no_escapes_and_no_binary(self):
        shown = self.on_a_terminal("URL/escape")
        self.assertIn(b"a\\x1b[31mred", shown)
        self.assertNotIn(b"\x1b[31m", shown)
        self.assertIn(b"binary content", self.on_a_terminal("URL/file.bin"))
        self.assertIn(b"\x1b[31m", self.on_a_terminal("-o", "-", "URL/escape"))
        self.assertIn(b"\x1b[31m", self.get("URL/escape").stdout)

    def on_a_terminal(self, *arguments):
        ours, theirs = pty.openpty()
        words = [word.replace("URL", self.base) for word in arguments]
        process = subprocess.Popen([program("zocalo"), "get", *words], stdin=subprocess.DEVNULL,
                                   stdout=theirs, stderr=theirs, cwd=self.folder)
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # how a pty ends
            pass
        process.wait(PATIENCE)
        os.close(ours)
        return shown

    def test_a_command_line_that_cannot_be(self):
        for wrong in (["ftp://x/"], ["-I", "-d", "a", "URL/"], ["-o", "a", "-o", "b", "URL/"],
                      ["-d", "a", "-F", "b=c", "URL/"]):
            with self.subTest(wrong):
                done = self.get(*wrong)
                self.assertEqual((done.returncode, done.stdout), (2, b""))
                self.assertTrue(done.stderr.startswith(b"zocalo: "))


if __name__ == "__main__":
    main()
