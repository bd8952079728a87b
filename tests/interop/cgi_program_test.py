# SPDX-License-Identifier: MIT
"""A CGI program of ours, run by Apache, by Python's http.server and by `zocalo serve`; asked by
curl and by Python's xmlrpc.client."""

import os
import shutil
import signal
import subprocess
import time
import unittest
import urllib.request
import xmlrpc.client
from pathlib import Path

from running import HERE, foreign, free_port
from served_folder import with_folder
from support import PATIENCE, cannot_run, enter_own_network, main, program, run

APACHE_MODULES = "/usr/lib/apache2/modules"


def setUpModule():
    enter_own_network()


class with_program(with_folder):
    """The program stands in cgi-bin; start() says where that is served."""

    passes_status = True
    echoed = 1_000_000  # bytes

    def setUp(self):
        super().setUp()
        folder = self.elsewhere / "cgi-bin"
        folder.mkdir()
        shutil.copy(program("examples/cgi_program"), folder / "app.cgi")
        self.url = self.start() + "/cgi-bin/app.cgi"

    def curl(self, path, *options, text=True):
        tool = shutil.which("curl") or cannot_run("there is no curl")
        done = subprocess.run([tool, "-sS", *options, self.url + path], capture_output=True,
                              timeout=PATIENCE, check=True)
        return done.stdout.decode() if text else done.stdout


class a_server:
    """What all of them do."""

    def test_runs_it(self):
        self.assertEqual(self.curl("/hello/Ada%20L"), "Hello, Ada L!\n")
        self.assertEqual(self.curl("/hello/K%C3%B6ln"), "Hello, K\u00f6ln!\n")
        head = self.curl("/hello/x", "-I")
        self.assertRegex(head, r"(?i)\r\nContent-Type: text/plain; charset=utf-8\r\n")

    def test_has_it_answer_for_what_is_not_there(self):
        said = self.curl("/none", "-i")
        if self.passes_status:
            self.assertRegex(said, r"^HTTP/1\.1 404 ")
        else:
            self.assertRegex(said, r"^HTTP/1\.0 200 [^$]*\r\nStatus: 404 Not Found\r\n")

    def test_gives_it_content_and_passes_its_own_on(self):
        sent = os.urandom(self.echoed)
        (self.elsewhere / "large").write_bytes(sent)
        said = self.curl("/echo", "--data-binary", f"@{self.elsewhere}/large", text=False)
        self.assertTrue(said == sent)
        self.assertEqual(self.curl("/echo", "-d", ""), "")

    def test_shows_where_it_sends_people(self):
        said = self.curl("/there", "-i")
        self.assertIn("\r\nLocation: http://example.org/here\r\n", said)
        if self.passes_status:
            self.assertRegex(said, r"^HTTP/1\.1 303 ")

    def test_passes_on_what_it_says_at_once(self):
        with urllib.request.urlopen(self.url + "/ticks", timeout=PATIENCE) as response:
            self.assertEqual(response.readline(), b"tick 0\n")
            first = time.monotonic()
            self.assertEqual(response.readline(), b"tick 1\n")
            self.assertGreater(time.monotonic() - first, 0.5)  # of the two seconds between them
            self.assertEqual(response.read(), b"")

    def test_has_it_answer_calls_of_procedures(self):
        with xmlrpc.client.ServerProxy(self.url + "/RPC2") as server:
            self.assertEqual(server.add(3, 4), 7)
            self.assertIn("add", server.system.listMethods())
            self.assertEqual(server.size("x" * 1_000_000), 1_000_000)
            with self.assertRaises(xmlrpc.client.Fault):
                server.divide(1, 0)


class apache(a_server, with_program):
    echoed = 50_000  # it hears nothing of a program that has not read all of its content

    def start(self):
        path = shutil.which("apache2", path="/usr/sbin:" + os.environ["PATH"])
        if not path:
            cannot_run("there is no apache2")
        port = free_port()
        loads = "\n".join(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so"
                          for name in ("mpm_event", "authz_core", "alias", "cgid"))
        config = self.elsewhere / "apache.conf"
        config.write_text(f"""
            {loads}
            ServerRoot {self.elsewhere}
            ServerName localhost
            PidFile {self.elsewhere}/pid
            ErrorLog {self.elsewhere}/errors
            ScriptSock {self.elsewhere}/cgid
            Listen {HERE}:{port}
            User www-data
            Group www-data
            DocumentRoot {self.folder}
            ScriptAlias /cgi-bin/ {self.elsewhere}/cgi-bin/
        """)
        server = self.enterContext(foreign(path, "-f", str(config), "-X", port=port)).process

        def end():  # and the process that starts programs, which would stay
            children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
            server.kill()
            for each in children:
                os.kill(int(each), signal.SIGKILL)
        self.addCleanup(end)
        return f"http://{HERE}:{port}"


class python(a_server, with_program):
    passes_status = False  # it says 200 before the program has said a word

    def start(self):
        port = free_port()
        self.enterContext(foreign("/usr/bin/python3", "-m", "http.server", "--cgi", "-b", HERE,
                                  "-d", str(self.elsewhere), str(port), port=port))
        return f"http://{HERE}:{port}"


class zocalo(a_server, with_program):
    def start(self):
        self.serving("--cgi", self.elsewhere / "cgi-bin")
        return f"http://{HERE}:8080"


class nobody(unittest.TestCase):
    def test_runs_it(self):
        done = run("examples/cgi_program", show_errors=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"^cgi_program: this is a CGI program, which a web server "
                                      r"runs \(GATEWAY_INTERFACE is not set\)\n$")

    def ask(self, content="", **variables):
        return subprocess.run([program("examples/cgi_program")], input=content.encode(),
                              env={"GATEWAY_INTERFACE": "CGI/1.1", **variables},
                              capture_output=True, timeout=PATIENCE, check=False)

    def test_asks_what_is_no_request(self):
        done = self.ask(REQUEST_METHOD="GET", QUERY_STRING="a b")
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stdout.startswith(b"Status: 400 Bad Request\r\n"))
        self.assertEqual(done.stderr, b'cgi_program: CGI: no query: "a b"\n')

    def test_sends_less_than_it_says(self):
        done = self.ask("part", REQUEST_METHOD="POST", PATH_INFO="/RPC2", CONTENT_LENGTH="100",
                        CONTENT_TYPE="text/xml")
        self.assertTrue(done.stdout.startswith(b"Status: 400 Bad Request\r\n"), done)

    def test_gives_it_a_file(self):
        with open(program("examples/cgi_program"), "rb") as file:
            done = subprocess.run(
                [program("examples/cgi_program")], stdin=file, capture_output=True, check=True,
                env={"GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST",
                     "PATH_INFO": "/echo", "CONTENT_LENGTH": "100000"})
            file.seek(0)
            self.assertTrue(done.stdout.endswith(b"\r\n\r\n" + file.read(100_000)))


if __name__ == "__main__":
    main()
