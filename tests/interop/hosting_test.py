# SPDX-License-Identifier: MIT
"""`zocalo serve` before other servers: as a proxy, with programs, hosts, certificates, limits."""

import asyncio
import contextlib
import shutil
import signal
import socket
import ssl
import subprocess
import time

from pki import Authority, openssl
from running import HERE, foreign, free_port
from served_folder import with_folder
from sites import run_nginx, run_python, scripted
from support import PATIENCE, cannot_run, enter_own_network, main, receive_all, run

try:
    import websockets
except ImportError:
    websockets = None

LARGE = bytes(range(256)) * 10_000
SCRIPT = """#!/usr/bin/python3
import os, sys
print("Content-type: text/plain\\n")
print(os.environ["REQUEST_METHOD"], os.environ.get("QUERY_STRING"), os.environ.get("PATH_INFO"))
print(sys.stdin.read(int(os.environ.get("CONTENT_LENGTH") or 0)))
"""


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


def tool(name):
    path = shutil.which(name)
    if not path:
        cannot_run(f"there is no {name}")
    return path


def exchange(request, port=8080):
    """What comes back for some bytes, until the end of the connection."""
    with socket.create_connection((HERE, port)) as peer:
        peer.sendall(request)
        return receive_all(peer)


class a_proxy(with_folder):
    def check_folder(self, upstream):
        self.serving("--proxy-pass", f"/docs={upstream}")
        self.assertEqual(self.get("/docs/large.bin")[2], LARGE)
        self.assertEqual(self.get("/docs/none")[0], 404)
        self.assertEqual(self.get("/readme.txt")[2], b"Hello\n")
        got = run(tool("curl"), "-sS", "-w", "%{http_code}", "-I",
                  "http://127.0.0.1:8080/docs/large.bin").stdout
        self.assertIn("Content-Length: 2560000", got)
        kept = self.elsewhere / "got"
        run(tool("wget"), "-q", "-O", kept, "http://127.0.0.1:8080/docs/large.bin")
        self.assertEqual(kept.read_bytes(), LARGE)

    def test_before_nginx(self):
        port = free_port()
        run_nginx(self, self.folder, port)
        self.check_folder(f"http://{HERE}:{port}")
        status, fields, content = self.get("/docs/large.bin", {"Range": "bytes=1-3"})
        self.assertEqual((status, content), (206, b"\1\2\3"))
        tag = {"If-None-Match": fields["ETag"]}
        self.assertEqual(self.get("/docs/large.bin", tag)[0], 304)

    def test_before_pythons_http_server(self):
        port = free_port()
        run_python(self, self.folder, port)
        self.check_folder(f"http://{HERE}:{port}")

    def test_goes_on_without_an_upstream_that_ends(self):
        ports = [free_port(), free_port()]
        with contextlib.ExitStack() as one:
            one.enter_context(foreign("/usr/bin/python3", "-m", "http.server", "-b", HERE, "-d",
                                      str(self.folder), str(ports[0]), port=ports[0]))
            run_python(self, self.folder, ports[1])
            both = ",".join(f"http://{HERE}:{port}" for port in ports)
            self.serving("--proxy-pass", f"/docs={both}")
            for _ in range(4):
                self.assertEqual(self.get("/docs/large.bin")[0], 200)
            one.close()
            for _ in range(8):
                self.assertEqual(self.get("/docs/large.bin")[0], 200)

    def test_behind_haproxy_believes_it_alone(self):
        front = free_port()
        config = self.elsewhere / "haproxy.cfg"
        config.write_text(f"""
            defaults
                mode http
                timeout client 5s
                timeout server 5s
                timeout connect 5s
            frontend f
                bind {HERE}:{front}
                option forwardfor
                default_backend b
            backend b
                server s {HERE}:8080
        """.rstrip() + "\n")
        upstream = self.enterContext(scripted(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
        site = self.elsewhere / "site.toml"
        site.write_text(f'[[proxy]]\npath = "/"\nto = "http://{HERE}:{upstream.port}"\n'
                        'trusted = "127.0.0.1"\n')
        self.serving("-c", site)
        self.enterContext(foreign(tool("haproxy"), "-f", str(config), port=front))
        asked = b"GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        self.assertTrue(exchange(asked, front).endswith(b"hi"))
        self.assertIn("X-Forwarded-For: 127.0.0.1, 127.0.0.1\r\n", upstream.heard[-1])

    def test_passes_early_hints(self):
        upstream = self.enterContext(scripted(
            b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
        self.serving("--proxy-pass", f"/=http://{HERE}:{upstream.port}")
        got = run(tool("curl"), "-sSi", "http://127.0.0.1:8080/").stdout
        self.assertIn("103 Early Hints", got.splitlines()[0])
        self.assertIn("Link: </a.css>; rel=preload", got)
        self.assertTrue(got.endswith("hi"))
        old = run(tool("curl"), "-sSi", "--http1.0", "http://127.0.0.1:8080/").stdout
        self.assertNotIn("103", old)
        self.assertIn("200 OK", old.splitlines()[0])

    def test_speaks_http_2_with_clients(self):
        script = self.elsewhere / "bin" / "echo"
        script.parent.mkdir()
        script.write_text(SCRIPT)
        script.chmod(0o755)
        port = free_port()
        run_nginx(self, self.folder, port)
        self.serving("--cgi", script.parent, "--proxy-pass", f"/docs=http://{HERE}:{port}")
        ask = ("-sS", "--http2-prior-knowledge", "-w", "%{http_version}", "-o")
        kept = self.elsewhere / "got"
        got = run(tool("curl"), *ask, kept, "http://127.0.0.1:8080/docs/large.bin")
        self.assertEqual((got.stdout, kept.read_bytes()), ("2", LARGE))
        got = run(tool("curl"), *ask, "-", "-d", "spam", "http://127.0.0.1:8080/cgi-bin/echo")
        self.assertEqual(got.stdout, "POST  None\nspam\n2")

    def test_keeps_its_own_status_page(self):
        upstream = self.enterContext(scripted(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
        self.serving("--proxy-pass", f"/=http://{HERE}:{upstream.port}")
        self.assertEqual(self.get("/any")[2], b"hi")
        self.assertIn(b"<html", self.get("/.zocalo/")[2])

    def test_carries_websockets(self):
        if websockets is None:
            cannot_run("no websockets (python3-websockets)")
        asyncio.run(asyncio.wait_for(self.talk_by_websocket(), PATIENCE))

    async def talk_by_websocket(self):
        async def echo(peer, *_):
            async for message in peer:
                await peer.send(message)

        async with websockets.serve(echo, HERE, 0) as server:
            port = server.sockets[0].getsockname()[1]
            self.serving("--proxy-pass", f"/ws=http://{HERE}:{port}")
            async with websockets.connect("ws://127.0.0.1:8080/ws", max_size=None) as peer:
                for size in (0, 1, 65536, 1_000_000):
                    await peer.send(b"\xff" * size)
                    self.assertEqual(await peer.recv(), b"\xff" * size)
                await peer.close()
                self.assertEqual(peer.close_code, 1000)


class programs(with_folder):
    def setUp(self):
        super().setUp()
        self.bin = self.elsewhere / "cgi-bin"
        self.bin.mkdir()
        script = self.bin / "test.py"
        script.write_text(SCRIPT)
        script.chmod(0o755)

    def test_answer_as_pythons_did(self):
        self.serving("--cgi", self.bin)
        got = self.get("/cgi-bin/test.py/more?k=v")
        self.assertEqual(got[:1] + got[2:], (200, b"GET k=v /more\n\n"))
        got = self.get("/cgi-bin/test.py", method="POST", data=b"spam")
        self.assertEqual(got[2], b"POST  None\nspam\n")
        self.assertEqual(self.get("/cgi-bin/none.py")[0], 404)
        self.assertEqual(self.get("/readme.txt")[2], b"Hello\n")

    def test_complain_on_one_line(self):
        (self.bin / "sad.py").write_text("#!/usr/bin/python3\nraise SystemExit('no\\33[2J way')\n")
        (self.bin / "sad.py").chmod(0o755)
        served = self.serving("--cgi", self.bin)
        self.assertEqual(self.get("/cgi-bin/sad.py")[0], 502)
        served.complaint(r"zocalo: /cgi-bin/sad.py: no\\x1b\[2J way")


class hosts(with_folder):
    def setUp(self):
        super().setUp()
        for name in ("shop", "blog"):
            (self.elsewhere / name).mkdir()
            (self.elsewhere / name / "index.html").write_text(f"the {name}\n")
        self.config = self.elsewhere / "site.toml"

    def test_have_folders_of_their_own(self):
        self.config.write_text(f"""
            [[host]]
            names = ["shop.example", "www.shop.example"]
            folder = "{self.elsewhere}/shop"
            [[host]]
            names = "*.blog.example"
            folder = "{self.elsewhere}/blog"
        """)
        self.serving("-c", self.config)
        for host, text in (("shop.example", b"the shop\n"), ("a.blog.example", b"the blog\n")):
            self.assertEqual(self.get("/", {"Host": host})[2], text)
        self.assertEqual(self.get("/readme.txt", {"Host": "localhost"})[2], b"Hello\n")
        self.assertEqual(self.get("/readme.txt", {"Host": "shop.example"})[0], 404)
        self.assertEqual(self.get("/", {"Host": "evil.example"})[0], 421)

    def test_have_certificates_of_their_own_with_what_the_authority_says(self):
        pki = Authority(self.elsewhere)
        shop = pki.issue("shop", "subjectAltName=DNS:shop.example\n")
        answer = self.ocsp_answer(pki, shop[0])
        chain = self.elsewhere / "chain.pem"  # curl looks in there for who has signed
        chain.write_text(shop[0].read_text() + pki.certificate.read_text())
        self.config.write_text(f"""
            [[host]]
            names = ["shop.example"]
            folder = "{self.elsewhere}/shop"
            cert = "{chain}"
            key = "{shop[1]}"
            staple = "{answer}"
        """)
        served = self.serving("-c", self.config)
        served.complaint(r"zocalo: a certificate for this run, SHA-256 .*")
        got = run(tool("curl"), "-sS", "--cert-status", "--cacert", pki.certificate, "--resolve",
                  "shop.example:8080:127.0.0.1", "https://shop.example:8080/")
        self.assertEqual(got.stdout, "the shop\n", got.stderr)
        shown = subprocess.run(["openssl", "s_client", "-connect", "127.0.0.1:8080", "-servername",
                                "shop.example", "-status"], input=b"", capture_output=True,
                               timeout=PATIENCE, check=False).stdout.decode()
        self.assertIn("OCSP Response Status: successful", shown)
        self.assertIn("Cert Status: good", shown)
        self.assertEqual(self.ask_on("shop.example", "other.example"), 421)
        self.assertEqual(self.ask_on("shop.example", "shop.example"), 200)

    def test_have_new_certificates_after_a_signal(self):
        pki = Authority(self.elsewhere)
        names = "subjectAltName=DNS:shop.example\n"
        chain, key = pki.issue("shop", names)
        self.config.write_text(f"""
            [[host]]
            names = ["shop.example"]
            folder = "{self.elsewhere}/shop"
            cert = "{chain}"
            key = "{key}"
        """)
        served = self.serving("-c", self.config)
        served.complaint(r"zocalo: a certificate for this run, SHA-256 .*")
        before = self.certificate_for("shop.example")
        self.assertEqual(before, ssl.PEM_cert_to_DER_cert(chain.read_text()))
        pki.issue("shop", names)  # the same files
        self.assertEqual(self.certificate_for("shop.example"), before)
        served.process.send_signal(signal.SIGHUP)
        served.complaint(r"zocalo: a certificate for this run, SHA-256 .*")
        after = ssl.PEM_cert_to_DER_cert(chain.read_text())
        self.assertNotEqual(after, before)
        until = time.monotonic() + PATIENCE
        while self.certificate_for("shop.example") != after and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual(self.certificate_for("shop.example"), after)
        self.assertEqual(self.ask_on("shop.example", "shop.example"), 200)

    def certificate_for(self, name):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection((HERE, 8080)) as below:
            with context.wrap_socket(below, server_hostname=name) as peer:
                return peer.getpeercert(True)

    def ask_on(self, shown, host):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection((HERE, 8080)) as below:
            with context.wrap_socket(below, server_hostname=shown) as peer:
                peer.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                return int(peer.recv(65536).split()[1])

    def ocsp_answer(self, pki, certificate):
        path = self.elsewhere / "answer.der"
        index = self.elsewhere / "index.txt"
        told = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-serial"],
                              check=True, capture_output=True, text=True).stdout
        serial = told.split("=")[1].strip()
        index.write_text(f"V\t350101000000Z\t\t{serial}\tunknown\t/CN=shop\n")
        openssl("ocsp", "-index", index, "-CA", pki.certificate, "-rsigner", pki.certificate,
                "-rkey", pki.folder / "root.key", "-issuer", pki.certificate, "-cert",
                certificate, "-respout", path, "-ndays", "1")
        return path


class limits(with_folder):
    def test_hold_who_is_too_fast(self):
        self.serving("--request-rate", "1")
        answers = [self.get("/readme.txt") for _ in range(13)]
        self.assertEqual({each[0] for each in answers}, {200, 429})
        refused = next(each for each in answers if each[0] == 429)
        self.assertEqual(refused[1]["Retry-After"], "1")


class digest(with_folder):
    def test_lets_in_who_knows(self):
        names = self.elsewhere / "names"
        names.write_text("ada:sesame\n")
        self.serving("--passwords", names, "--digest", "--gopher", "no")
        url = "http://127.0.0.1:8080/readme.txt"
        self.assertEqual(run(tool("curl"), "-sS", "--digest", "-u", "ada:sesame", url).stdout,
                         "Hello\n")
        self.assertIn("401", run(tool("curl"), "-sSi", "--digest", "-u", "ada:x", url).stdout)
        self.assertIn("401", run(tool("curl"), "-sSi", "-u", "ada:sesame", url).stdout)
        self.assertEqual(run(tool("wget"), "-qO-", "--user=ada", "--password=sesame", url).stdout,
                         "Hello\n")


class a_file_of_options(with_folder):
    def test_says_where_it_is_wrong(self):
        config = self.elsewhere / "site.toml"
        for text, why in (
                ('[[proxy]]\npath = "/a"\n', "a proxy without upstreams"),
                ('[[proxy]]\nto = "http://a/"\n', "a path that begins with /"),
                ('[[proxy]]\npath = "/a"\nto = "ftp://a/"\n', "neither http nor https"),
                ('[[proxy]]\npath = "/a"\nto = "http://a/"\nstall = 1.5\n', "stall is a whole"),
                ('[[proxy]]\npath = "/a"\nto = "http://a/"\nheath = "/"\n', "did you mean health?"),
                ('[[cgi]]\nfolder = "/none"\n', "/none"), ('[[cgi]]\n', "CGI: a folder or"),
                ('[[host]]\nfolder = "/"\n', "a host without names"),
                ('[[host]]\nnames = "a b"\n', "no name of a host"),
                ('[[host]]\nnames = "a"\nkey = "x"\n', "cert is missing"),
                ('[[host]]\nnames = "a"\ncert = "/none.pem"\n', "/none.pem"),
                ('[host]\nnames = "a"\n', "[[host]]"), ('proxy = "x"\n', "[[proxy]]"),
                ('threads = 1.5\n', "threads is a whole number"), ('http = "x"\n', "http: a port"),
                ('user = "no-such-user"\n', "user: ")):
            config.write_text(text)
            done = run("zocalo", "serve", "-c", config, self.folder, show_errors=False)
            self.assertNotEqual(done.returncode, 0, text)
            self.assertRegex(done.stderr, rf"(?m)^zocalo: {config}:\d+: ", text)
            self.assertIn(why, done.stderr, text)

    def test_options_say_what_is_missing(self):
        for options in (("--proxy-pass", "app"), ("--proxy-pass", "/a="), ("--digest",),
                        ("--staple", "x"), ("--cgi", "/none"), ("--proxy-pass", "/a=x")):
            done = run("zocalo", "serve", *options, self.folder, show_errors=False)
            self.assertNotEqual(done.returncode, 0, options)
            self.assertNotEqual(done.stderr, "", options)


if __name__ == "__main__":
    main()
