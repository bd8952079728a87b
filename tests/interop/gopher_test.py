# SPDX-License-Identifier: MIT
"""Gopher with everybody else: curl and lynx ask our server, our client asks pygopherd and
gophernicus, and Python's sockets say what real servers and clients say."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from burrows import run_gophernicus, run_pygopherd, tool
from pki import Authority
from proxies import WithProxies, need
from support import PATIENCE, Program, cannot_run, enter_own_network, main, program, \
    receive_all, run

HERE = "127.0.0.1"
BINARY = bytes(range(256)) * 1000


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


def fill(folder):
    """What every server here serves."""
    (folder / "docs").mkdir()
    (folder / "readme.txt").write_bytes(b"Hello, Gopher\n.a dot first\nK\xc3\xb6ln\n")
    (folder / "docs" / "one.txt").write_bytes(b"one\n")
    (folder / "picture.png").write_bytes(BINARY)
    folder.chmod(0o755)


class with_folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name) / "served"
        self.folder.mkdir()
        Path(temporary.name).chmod(0o755)
        fill(self.folder)
        self.elsewhere = Path(temporary.name)


class our_server(with_folder):
    def setUp(self):
        super().setUp()
        authority = Authority(self.elsewhere)
        made, key = authority.for_servers()
        self.trust = authority.certificate
        service = Program("examples/gopher_server", self.folder, f"{HERE}:0", made, key)
        self.enterContext(service)
        self.port = int(service.wait_for(r"serving at gopher://127\.0\.0\.1:(\d+)/")[1])
        (self.folder / "docs" / "gophermap").write_text(
            f"Texts\n0One\tone.txt\nhWeb\tURL:http://{HERE}:{self.port}/\n")

    def curl(self, path, *options, scheme="gopher", host=HERE):
        done = subprocess.run([tool("curl"), "-sS", "--max-time", "20", *options,
                               f"{scheme}://{host}:{self.port}{path}"], capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_answers_curl(self):
        here = f"\t{HERE}\t{self.port}\t+\r\n"
        self.assertEqual(self.curl("/").decode(),
                         f"1docs\t/docs{here}Ipicture.png\t/picture.png{here}"
                         f"0readme.txt\t/readme.txt{here}.\r\n")
        self.assertEqual(self.curl("/0/readme.txt"),
                         b"Hello, Gopher\r\n..a dot first\r\nK\xc3\xb6ln\r\n.\r\n")
        self.assertEqual(self.curl("/I/picture.png"), BINARY)
        self.assertIn(b"You have asked /find for: two words",
                      self.curl("/7/find%09two%20words"))

    def test_answers_curl_with_tls(self):
        self.assertEqual(
            self.curl("/I/picture.png", "--cacert", self.trust, scheme="gophers", host="localhost"),
            BINARY)

    def test_answers_lynx(self):
        def lynx(path):
            return run(tool("lynx"), "-cfg=/dev/null", "-dump", "-width=200",
                       f"gopher://{HERE}:{self.port}{path}", env={**os.environ, "LANG": "C.UTF-8"}
                       ).stdout
        menu = lynx("/1/docs")
        self.assertIn("Texts", menu)
        self.assertIn(f"gopher://{HERE}:{self.port}/0/docs/one.txt", menu)
        text = lynx("/0/readme.txt")
        self.assertIn("Hello, Gopher", text)
        self.assertIn(".a dot first", text)

    def test_names_that_are_no_utf_8_are_found_by_everybody(self):
        Path(os.fsdecode(os.fsencode(self.folder) + b"/K\xf6ln.txt")).write_text("Latin-1\n")
        menu = self.curl("/").decode()
        self.assertIn("0K\N{REPLACEMENT CHARACTER}ln.txt\t/K%F6ln.txt\t", menu)
        for escaped in ("/0/K%25F6ln.txt", "/0/K%F6ln.txt"):
            self.assertEqual(self.curl(escaped), b"Latin-1\r\n.\r\n")
        url = re.search(r"gopher://\S+/0/K\S+ln\.txt",
                        run(tool("lynx"), "-cfg=/dev/null", "-dump", "-width=200", "-listonly",
                            f"gopher://{HERE}:{self.port}/1/").stdout)[0]
        shown = run(tool("lynx"), "-cfg=/dev/null", "-dump", url).stdout
        self.assertIn("Latin-1", shown)

    def say(self, what):
        with socket.create_connection((HERE, self.port)) as client:
            client.sendall(what)
            return receive_all(client)

    def test_answers_python(self):
        self.assertEqual(self.say(b"/docs/one.txt\r\n"), b"one\r\n.\r\n")
        self.assertEqual(self.say(b"/docs/one.txt\n"), b"one\r\n.\r\n")
        self.assertEqual(self.say(b"/picture.png\t+\r\n"), b"+256000\r\n" + BINARY)
        self.assertTrue(self.say(b"/readme.txt\t!\r\n").startswith(b"+-1\r\n+INFO: 0readme.txt\t"))
        for hostile in (b"/../../etc/passwd", b"..", b"/docs/../../x", b"/proc/self/root",
                        b"\\..\\", b"MAIL FROM:<a>", b"GET / HTTP/1.1", b"/%2e%2e/x",
                        b"/docs/one.txt\0"):
            answer = self.say(hostile + b"\r\nDELE 1\r\n")
            self.assertRegex(answer, rb"^3[^\r\n]*\t\tinvalid\t0\r\n\.\r\n$")

    def test_survives_those_who_stop_talking(self):
        with socket.create_connection((HERE, self.port)) as silent:
            silent.sendall(b"/readme")
            self.assertEqual(self.say(b"/docs/one.txt\r\n"), b"one\r\n.\r\n")


def wait_for_port(port):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            return socket.create_connection((HERE, port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError(f"nobody listens at port {port}")


def ask(url, *arguments):
    done = run("examples/gopher_client", url, *arguments)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


class our_client(with_folder):
    """Asks servers that we did not write."""

    def running(self, command, port, **options):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   **options)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        wait_for_port(port)

    def check(self, port):
        top = ask(f"gopher://{HERE}:{port}/")
        for item in ("1/docs", "0/readme.txt", "I/picture.png"):  # pygopherd shows no endings
            name = re.escape(Path(item).stem)
            self.assertRegex(top, rf"{name}.*<gopher://{HERE}:{port}/{item}/?>")
        self.assertEqual(ask(f"gopher://{HERE}:{port}/0/readme.txt"),
                         "Hello, Gopher\n.a dot first\nKöln\n")
        picture = subprocess.run(
            [program("examples/gopher_client"), f"gopher://{HERE}:{port}/9/picture.png"],
            capture_output=True, timeout=PATIENCE)
        self.assertEqual(picture.stdout, BINARY)

    def test_asks_gophernicus(self):
        self.check(run_gophernicus(self, self.folder))

    def test_asks_pygopherd(self):
        self.check(run_pygopherd(self, self.folder))


class through_proxies(WithProxies):
    """Our client, a proxy that we did not write, and our server."""

    def setUp(self):
        need("microsocks", "ncat")
        super().setUp()
        served = self.folder / "served"
        served.mkdir()
        fill(served)
        authority = Authority(self.folder)
        made, key = authority.for_servers()
        self.trust = authority.certificate
        service = Program("examples/gopher_server", served, f"{HERE}:0", made, key)
        self.enterContext(service)
        self.port = int(service.wait_for(r"serving at gopher://127\.0\.0\.1:(\d+)/")[1])

    def ask(self, *proxies, scheme="gopher", host=HERE, path="/0/readme.txt"):
        return run("tests/gopher_probe", *proxies, f"{scheme}://{host}:{self.port}{path}",
                   self.trust)

    def test_texts_come_through(self):
        socks, web = self.microsocks(), self.ncat_proxy("http")
        for host, scheme, proxies in (
                (HERE, "gopher", [f"socks5://{HERE}:{socks}"]),
                ("localhost", "gopher", [f"socks5h://{HERE}:{socks}"]),
                ("localhost", "gophers", [f"socks5h://{HERE}:{socks}"]),
                ("localhost", "gophers", [f"http://{HERE}:{web}"]),
                (HERE, "gopher", [f"socks5://{HERE}:{socks}", f"http://{HERE}:{web}"])):
            done = self.ask(*proxies, scheme=scheme, host=host)
            self.assertEqual(done.stdout, "Hello, Gopher\n.a dot first\nKöln\n", done.stderr)

    def test_what_the_proxy_says_is_told(self):
        socks = self.microsocks("-u", "me", "-P", "secret")
        self.assertEqual(self.ask(f"socks5://me:secret@{HERE}:{socks}").returncode, 0)
        refused = self.ask(f"socks5://me:other@{HERE}:{socks}")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("wrong user or password", refused.stderr)


class real_servers(unittest.TestCase):
    """What servers have been seen to send."""

    def answer(self, sent, path="/1"):
        with socket.create_server((HERE, 0)) as listener:
            def serve():
                client, _ = listener.accept()
                with client:
                    self.request = client.recv(4096)
                    client.sendall(sent)
            thread = threading.Thread(target=serve)
            thread.start()
            port = listener.getsockname()[1]
            done = run("examples/gopher_client", f"gopher://{HERE}:{port}{path}")
            thread.join()
        return done

    def test_menus_are_read_tolerantly(self):
        for sent in (b"0A\t/a\th\t70\r\n.\r\n", b"0A\t/a\th\t70\n.\n", b"0A\t/a\th\t70\r\n",
                     b"0A\t/a\th\t70", b"0A\t/a\th\r\n.", b"0A\t/a\th\tx\t+\r\n\r\n.\r\nbehind"):
            self.assertEqual(self.answer(sent).stdout, "A  <gopher://h/0/a>\n", sent)
        self.assertEqual(self.answer(b"just text\r\n").stdout, "just text\n")
        self.assertEqual(self.answer(b"i\x1b[2Jred\t\t\t\r\n").stdout, "\\x1b[2Jred\n")

    def test_what_has_no_end_is_told(self):
        self.assertEqual(self.answer(b"a\r\n..b\r\n.\r\n", "/0").stderr, "")
        self.assertIn("no end", self.answer(b"a\r\n..b\r\n", "/0").stderr)
        self.assertEqual(self.answer(b"\0.\r\n", "/9").stdout, "\0.\n")

    def test_requests_are_one_line(self):
        self.answer(b".\r\n", "/7/find%09two%20words")
        self.assertEqual(self.request, b"/find\ttwo words\r\n")
        for path in ("/0a%0D%0ADATA", "/0a%00", "/8telnet"):
            done = run("examples/gopher_client", f"gopher://{HERE}:9999{path}")
            self.assertEqual(done.returncode, 1)
        self.assertIn("another protocol", run("examples/gopher_client",
                                              f"gopher://{HERE}:25/1").stderr)


if __name__ == "__main__":
    main()
