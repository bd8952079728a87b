# SPDX-License-Identifier: MIT
"""What `zocalo get -v` and --trace show beside HTTP: handshakes of TLS, dialogues with proxies that
we did not write, and with Gopher servers. Nothing of it is secret."""

import http.server
import re
import shutil
import socket
import ssl
import subprocess
import threading
from datetime import datetime

from pki import Authority
from proxies import PAGE, WithProxies, need
from running import HERE
from support import PATIENCE, cannot_run, main, program


def setUpModule():
    socket.setdefaulttimeout(PATIENCE)
    need("microsocks", "tinyproxy")


class page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_):
        pass


class what_is_shown(WithProxies):
    def get(self, *words, code=0):
        done = subprocess.run([program("zocalo"), "get", *map(str, words)], cwd=self.folder,
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def curl(self, *words):
        path = shutil.which("curl") or cannot_run("there is no curl")
        return subprocess.run([path, "-sS", "-v", *map(str, words)], cwd=self.folder,
                              capture_output=True, text=True, timeout=PATIENCE).stderr

    def secure(self):
        """The port of a server of https, and the file that it can be checked with."""
        authority = Authority(self.folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.for_servers())
        server = http.server.ThreadingHTTPServer((HERE, 0), page)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_port, authority.certificate

    @staticmethod
    def lines(told):
        return [line.removeprefix("zocalo: ").strip() for line in told.splitlines()]

    def test_a_handshake_as_curl_sees_it(self):
        port, trusted = self.secure()
        words = ("--cacert", trusted, f"https://{HERE}:{port}/")
        ours, theirs = self.get("-v", *words).stderr, self.curl("--http1.1", *words)
        version, cipher = re.search(r"SSL connection using (\S+) / (\S+)", theirs).groups()
        self.assertIn(f"* TLS: {version}, {cipher}, no ALPN", self.lines(ours))
        subject = re.search(r"subject: (.*)", theirs)[1].replace(" = ", "=")
        self.assertIn(f"* TLS: certificate of {subject} for ", ours)
        expires = datetime.strptime(re.search(r"expire date: (.*) GMT", theirs)[1],
                                    "%b %d %H:%M:%S %Y")
        self.assertIn(f" to {expires.strftime('%a, %d %b %Y %H:%M:%S')} GMT, from CN=", ours)
        self.assertIn("* TLS: verified", self.lines(ours))
        told = self.get("-v", "-k", f"https://{HERE}:{port}/").stderr
        self.assertIn("* TLS: nobody has looked whether it may be believed", self.lines(told))
        trace = self.get("--trace-ascii", "%", "-o", "x", *words).stderr
        self.assertIn(f"== Info: TLS: {version}, {cipher}, no ALPN", self.lines(trace))

    def dialogue(self, told):
        return [line for line in self.lines(told) if re.match(r"[<>] \S", line) and not re.match(
            r"[<>] (User-Agent|Proxy-Connection|Date|Accept-Encoding|Server)", line)]

    def test_connect_as_curl_sees_it(self):
        port, trusted = self.secure()
        proxy = f"http://{HERE}:{self.tinyproxy('BasicAuth me CANARY')}"
        words = ("-x", proxy, "-U", "me:CANARY", "--cacert", trusted, f"https://{HERE}:{port}/")
        ours, theirs = self.get("-v", *words).stderr, self.curl("--http1.1", *words)
        count = 3  # the request, its host, the user
        of_us, of_curl = self.dialogue(ours)[:count], self.dialogue(theirs)[:count]
        self.assertEqual([re.sub(r"Authorization:.*", "Authorization", line) for line in of_us],
                         [re.sub(r"Authorization:.*", "Authorization", line) for line in of_curl])
        self.assertIn("< HTTP/1.0 200 Connection established", ours)
        self.assertIn("> Proxy-Authorization: ***", ours)
        trace = self.get("--trace-ascii", "%", "-o", "x", *words).stderr
        self.assertIn(f"0000: CONNECT {HERE}:{port} HTTP/1.1", trace)
        self.assertIn("HTTP/1.0 200 Connection established", trace)
        self.assertEqual((self.folder / "x").read_bytes(), PAGE)
        for told in (ours, trace):
            self.assertNotIn("CANARY", told)
            self.assertNotIn("bWU6Q0FOQVJZ", told)

    def test_socks(self):
        proxy = f"socks5h://{HERE}:{self.microsocks('-u', 'me', '-P', 'CANARY')}"
        words = ("-x", proxy, "-U", "me:CANARY", f"http://{HERE}:{self.port}/")
        told = self.get("-v", *words).stderr
        self.assertIn("* SOCKS 5: the proxy has answered", self.lines(told))
        self.get("--trace", "trace", *words)
        trace = (self.folder / "trace").read_text()
        for sent in ("05 02 00 02", "05 01 00"):
            self.assertIn("0000: " + sent, trace)
        self.assertIn("0000: " + "2a " * 11, trace)  # name and password
        self.assertIn("GET / HTTP/1.1", self.get("--trace-ascii", "%", *words).stderr)
        for text in (told, trace):
            self.assertNotIn("CANARY", text)
            self.assertNotIn("43 41 4e 41 52 59", text)

    def test_gopher(self):
        with socket.create_server((HERE, 0)) as listener:
            def serve():
                for _ in range(3):
                    client, _ = listener.accept()
                    with client:
                        client.recv(4096)
                        client.sendall(b"hello\r\n.\r\n")
            thread = threading.Thread(target=serve)
            thread.start()
            url = f"gopher://{HERE}:{listener.getsockname()[1]}/0/a%20b"
            told = self.get("-v", url)
            self.assertEqual(told.stdout, "hello\n")
            self.assertIn("> /a b", self.lines(told.stderr))
            self.assertIn(f"* connected to {HERE}:{listener.getsockname()[1]}",
                          self.lines(told.stderr))
            trace = self.get("--trace-ascii", "%", "-o", "x", url).stderr
            self.assertRegex(trace, r"=> Send data, 6 bytes \(0x6\)\n0000: /a b\n")
            self.assertRegex(trace, r"<= Recv data, 10 bytes \(0xa\)\n0000: hello\n")
            proxy = f"socks5://{HERE}:{self.microsocks()}"
            trace = self.get("--trace", "%", "-o", "x", "-x", proxy, url).stderr
            self.assertIn("05 01 00", trace)
            self.assertRegex(trace, r"2f 61 20 62 0d 0a +/a b")
            thread.join(PATIENCE)


if __name__ == "__main__":
    main()
