# SPDX-License-Identifier: MIT
"""HTTP over Unix sockets: curl and Python ask `zocalo serve`; `zocalo get` and `zocalo rpc` ask
nginx, in HTTP/2 too, and servers of Python."""

import http.client
import http.server
import os
import shutil
import socket
import socketserver
import stat
import subprocess
import tempfile
import threading
import unittest
import xmlrpc.server
from pathlib import Path

from pki import Authority
from running import foreign
from support import PATIENCE, Program, cannot_run, enter_own_network, main, run


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


def tool(name):
    return shutil.which(name) or cannot_run(f"no {name}")


class unix_connection(http.client.HTTPConnection):
    """Python's own, whose connection is to a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class with_folder(unittest.TestCase):
    def setUp(self):
        self.own = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.folder = self.own / "site"
        self.folder.mkdir()
        self.folder.chmod(0o755)
        (self.folder / "a.txt").write_text("Hello\n", encoding="utf-8")
        self.at = str(self.own / "socket")


class our_server(with_folder):
    def serving(self, *options, at=None):
        """`zocalo serve` at a Unix socket and nowhere else."""
        server = Program("zocalo", "serve", "-l", "unix:" + (at or self.at), *options, self.folder)
        self.enterContext(server)
        if "--tls" in options:
            server.complaint(r"zocalo: a certificate for this run.*")
        server.wait_for(r"HTTP at unix:.*")
        return server

    def curl(self, *arguments):
        said = subprocess.run([tool("curl"), "-sS", *arguments], capture_output=True, text=True,
                              timeout=PATIENCE, check=False)
        self.assertEqual(said.returncode, 0, said.stderr)
        return said.stdout

    def test_is_asked_by_curl(self):
        self.serving()
        for host in ("localhost", "whoever.example"):
            got = self.curl("--unix-socket", self.at, f"http://{host}/a.txt")
            self.assertEqual(got, "Hello\n")
        self.assertEqual(self.curl("--unix-socket", self.at, "--http2-prior-knowledge",
                                   "http://localhost/a.txt"), "Hello\n")

    def test_is_asked_by_curl_in_tls(self):
        self.serving("--tls")
        said = self.curl("-k", "--http2", "-w", "%{http_version}", "--unix-socket", self.at,
                         "https://localhost/a.txt")
        self.assertEqual(said, "Hello\n2")

    def test_is_asked_at_an_abstract_name(self):
        self.serving(at="@zocalo-test")
        got = self.curl("--abstract-unix-socket", "zocalo-test", "http://localhost/a.txt")
        self.assertEqual(got, "Hello\n")

    def test_is_asked_by_python(self):
        self.serving("--threads", "3")
        for _ in range(20):
            client = unix_connection(self.at)
            client.request("GET", "/a.txt")
            self.assertEqual(client.getresponse().read(), b"Hello\n")
            client.close()

    def test_shows_what_happens_to_nobody_there(self):
        self.serving()
        client = unix_connection(self.at)
        self.addCleanup(client.close)
        client.request("GET", "/.zocalo/")
        self.assertEqual(client.getresponse().status, 403)

    def test_gives_its_file_the_mode_and_takes_it_away(self):
        server = self.serving("--socket-mode", "0660")
        self.assertEqual(stat.S_IMODE(os.stat(self.at).st_mode), 0o660 & ~self.umask())
        self.assertEqual(server.interrupt(), 0)
        self.assertFalse(os.path.exists(self.at))

    @staticmethod
    def umask():
        mask = os.umask(0)
        os.umask(mask)
        return mask

    def test_replaces_a_file_that_nobody_listens_at(self):
        with socket.socket(socket.AF_UNIX) as gone:
            gone.bind(self.at)
        self.serving()
        self.assertEqual(self.curl("--unix-socket", self.at, "http://localhost/a.txt"), "Hello\n")

    def test_takes_nobodys_place(self):
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(self.at)
            other.listen()
            said = run("zocalo", "serve", "-l", "unix:" + self.at, self.folder)
        self.assertIn("Address already in use", said.stderr)
        self.assertTrue(os.path.exists(self.at))

    def test_wants_options_that_fit(self):
        for arguments in (("-l", "unix:" + self.at, "--http", "no"), ("--socket-mode", "600"),
                          ("-l", "unix:" + self.at, "--socket-mode", "888")):
            self.assertEqual(run("zocalo", "serve", *arguments, self.folder).returncode, 2)


class their_server(with_folder):
    def get(self, *arguments, code=0, **options):
        got = run("zocalo", "get", "-s", "-S", *arguments, show_errors=False, **options)
        self.assertEqual(got.returncode, code, got.stderr)
        return got

    def in_background(self, server):
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

    def python(self, at):
        """http.server there; it says which host it was asked for, and /away leads elsewhere."""
        class handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                away = self.path == "/away"
                content = b"" if away else self.headers["Host"].encode() + b"\n"
                self.send_response(302 if away else 200)
                self.send_header("Content-Length", str(len(content)))
                if away:
                    self.send_header("Location", "http://elsewhere.example/here")
                self.end_headers()
                if content:
                    self.wfile.write(content)

            def address_string(self):
                return "local"

            def log_message(self, *_):
                pass

        self.in_background(socketserver.ThreadingUnixStreamServer(at, handler))

    def test_of_python_is_asked(self):
        self.python(self.at)
        got = self.get("--unix-socket", self.at, "http://any.example:81/")
        self.assertEqual(got.stdout, "any.example:81\n")
        got = self.get("-L", "--unix-socket", self.at, "http://any.example/away")
        self.assertEqual(got.stdout, "elsewhere.example\n")
        # What the environment says of proxies is not about this.
        environment = {**os.environ, "http_proxy": "http://127.0.0.1:1"}
        got = self.get("--unix-socket", self.at, "http://any.example/", env=environment)
        self.assertEqual(got.stdout, "any.example\n")

    def test_of_python_is_asked_at_an_abstract_name(self):
        self.python("\0zocalo-test")
        got = self.get("--abstract-unix-socket", "zocalo-test", "http://any.example/")
        self.assertEqual(got.stdout, "any.example\n")

    def test_that_is_not_there_is_told(self):
        got = self.get("--unix-socket", self.at, "http://localhost/", code=4)
        self.assertIn(self.at, got.stderr)
        self.get("--unix-socket", self.at, "-x", "http://127.0.0.1:1", "http://a/", code=2)
        self.get("--unix-socket", self.at, "gopher://localhost/", code=2)

    def test_of_nginx_is_asked(self):
        root = Authority(self.own)
        certificate, key = root.for_servers()
        config = self.own / "nginx.conf"
        config.write_text(f"""
            daemon off; master_process off; pid {self.own}/pid; error_log {self.own}/errors;
            user root; events {{ }}
            http {{ access_log off; root {self.folder};
                    server {{ listen unix:{self.at}; }}
                    server {{ listen unix:{self.at}2 ssl http2; ssl_certificate {certificate};
                              ssl_certificate_key {key}; }} }}""", encoding="utf-8")
        self.enterContext(foreign(tool("nginx"), "-c", str(config), "-e", "stderr"))
        wait_until_there(self.at + "2")
        self.assertEqual(self.get("--unix-socket", self.at, "http://localhost/a.txt").stdout,
                         "Hello\n")
        for version, option in (("2", "--http2"), ("1.1", "--http1.1")):
            said = self.get("--unix-socket", self.at + "2", "--cacert", str(root.certificate),
                            option, "-w", "%{http_version}", "https://localhost/a.txt")
            self.assertEqual(said.stdout, "Hello\n" + version)

    def test_of_python_is_called(self):
        class handler(xmlrpc.server.SimpleXMLRPCRequestHandler):
            disable_nagle_algorithm = False  # of a Unix socket there is none

            def address_string(self):
                return "local"

        class server(socketserver.UnixStreamServer, xmlrpc.server.SimpleXMLRPCDispatcher):
            logRequests = False

            def __init__(self, at):
                xmlrpc.server.SimpleXMLRPCDispatcher.__init__(self)
                socketserver.UnixStreamServer.__init__(self, at, handler)

        serving = server(self.at)
        serving.register_function(lambda a, b: a + b, "add")
        self.in_background(serving)
        said = run("zocalo", "rpc", "--unix-socket", self.at, "http://localhost/RPC2", "add", "1",
                   "2")
        self.assertEqual((said.returncode, said.stdout), (0, "3\n"), said.stderr)


def wait_until_there(path):
    for _ in range(int(PATIENCE * 100)):
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(path) == 0:
                return
        threading.Event().wait(0.01)
    raise AssertionError(f"nobody listens at {path}")


if __name__ == "__main__":
    main()
