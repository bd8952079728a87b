# SPDX-License-Identifier: MIT
"""Our client over HTTP/2 with servers that we did not write: nghttpd, nginx, Node."""

import hashlib
import os
import shutil
import tempfile
import unittest
from pathlib import Path

from pki import Authority
from running import foreign, free_port
from support import cannot_run, enter_own_network, main, run

LARGE = 50_000_000

# What a path asks for; /count says how many connections there were. Without a certificate there is
# no TLS.
NODE = """
const fs = require("fs");
const http2 = require("http2");
const [port, certificate, key, old] = process.argv.slice(1);
const server = certificate ? http2.createSecureServer({ cert: fs.readFileSync(certificate),
  key: fs.readFileSync(key), allowHTTP1: old === "yes" }) : http2.createServer();
let connections = 0;
server.on("session", () => ++connections);
let cuts = 0;
server.on("request", (asked, answer) => {
  const over = asked.stream && asked.stream.session;
  switch (asked.url) {
    case "/count": return answer.end(`${connections}`);
    case "/version": return answer.end(asked.httpVersion);
    case "/moved": answer.writeHead(302, { location: "/version" }); return answer.end();
    case "/early":
      answer.writeEarlyHints({ link: "</style.css>; rel=preload" });
      return answer.end("late");
    case "/trailers":
      answer.write("body");
      answer.addTrailers({ "x-sum": "4" });
      return answer.end();
    case "/echo":
      asked.pipe(answer, { end: false });
      return asked.on("end", () => {
        answer.addTrailers({ "x-sum": asked.trailers["x-sum"] ?? "none" });
        answer.end();
      });
    case "/reset":
      answer.writeHead(200, { "content-length": 1000 });
      answer.write("part");
      return setTimeout(() => answer.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR), 20);
    case "/destroyed":
      answer.writeHead(200);
      answer.write("part");
      return setTimeout(() => over.destroy(), 20);
    case "/goodbye":
      over.goaway();
      return setTimeout(() => answer.end("bye"), 20);
    case "/closing":
      over.close();
      return setTimeout(() => answer.end("bye"), 20);
    case "/refused":
      if (++cuts % 2 == 1) return answer.stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
      return answer.end("at last");
  }
  let size = 0;
  asked.on("data", (piece) => { size += piece.length; });
  asked.on("end", () => answer.end(`${asked.method} ${asked.url} ${size}`));
});
server.listen(Number(port), "127.0.0.1");
"""


def setUpModule():
    enter_own_network()


def tool(name):
    path = shutil.which(name, path="/usr/bin:/usr/sbin:/usr/local/bin")
    if path is None:
        cannot_run(f"there is no {name}")
    return path


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


class with_a_folder(unittest.TestCase):
    how = ()  # each request is made

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.site = self.folder / "site"
        self.site.mkdir()
        self.authority = Authority(self.folder)
        self.certificate, self.key = self.authority.for_servers()

    def get(self, *arguments, code=0, **options):
        done = run("zocalo", "get", "-sS", "--cacert", self.authority.certificate, *self.how,
                   *arguments, patience=60, **options)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout

    def fill(self):
        (self.site / "large").write_bytes(os.urandom(LARGE))
        for i in range(100):
            (self.site / f"{i}").write_text(f"{i}\n" * (i * i))

    def fetch_much(self, base, *how):
        """Many files at once, a large one, one that is gone on with, one in parts."""
        out = self.folder / "out"
        out.mkdir()
        targets = [f"{base}/{i}" for i in range(100)]
        names = [word for i in range(100) for word in ("-o", out / f"{i}")]
        said = self.get(*how, "-Z", "--parallel-max", "100", "-w", "%{http_version}\n", *names,
                        *targets)
        self.assertEqual(said, "2\n" * 100)
        for i in range(100):
            self.assertEqual(digest(out / f"{i}"), digest(self.site / f"{i}"))
        wanted = digest(self.site / "large")
        self.get(*how, "-o", out / "whole", base + "/large")
        self.assertEqual(digest(out / "whole"), wanted)
        self.get(*how, "--segments", "4", "-o", out / "parts", base + "/large")
        self.assertEqual(digest(out / "parts"), wanted)
        (out / "begun").write_bytes((self.site / "large").read_bytes()[:12_345_678])
        self.get(*how, "-C", "12345678", "-o", out / "begun", base + "/large")
        self.assertEqual(digest(out / "begun"), wanted)
        self.assertEqual(self.get(*how, "-r", "0-3", base + "/99"), "99\n9")
        self.assertRegex(self.get(*how, "-I", base + "/large"), f"(?i)content-length: {LARGE}")
        self.assertEqual(self.get(*how, "-w", "%{http_code}", "-o", "/dev/null", base + "/none"),
                         "404")


class nghttpd(with_a_folder):
    def test_sends_files(self):
        self.fill()
        for how, scheme, proof in (([], "https", [str(self.key), str(self.certificate)]),
                                   (["--http2-prior-knowledge"], "http", [])):
            with self.subTest(scheme):
                port, more = free_port(), [] if proof else ["--no-tls"]
                self.enterContext(foreign(tool("nghttpd"), *more, "-d", str(self.site), str(port),
                                          *proof, port=port))
                base = f"{scheme}://localhost:{port}"
                said = self.get(*how, "-Z", *(f"{base}/{i}" for i in range(50)))
                self.assertEqual(len(said), sum(len(f"{i}\n") * i * i for i in range(50)))
                self.get(*how, "-o", self.folder / "came", base + "/large")
                self.assertEqual(digest(self.folder / "came"), digest(self.site / "large"))

    def test_echoes_what_is_sent(self):
        sent = self.folder / "sent"
        sent.write_bytes(b"y" * 5_000_000)
        port = free_port()
        self.enterContext(foreign(tool("nghttpd"), "--echo-upload", "-d", str(self.site),
                                  str(port), str(self.key), str(self.certificate), port=port))
        base = f"https://localhost:{port}/echo"
        for how in (["--data-binary", f"@{sent}"], ["-T", sent]):
            with self.subTest(how):
                self.get(*how, "-o", self.folder / "came", base)
                self.assertEqual(digest(self.folder / "came"), digest(sent))


class nginx(with_a_folder):
    def start(self):
        port, plain = free_port(), free_port()
        config = self.folder / "nginx.conf"
        config.write_text(f"""
            daemon off; master_process off; pid {self.folder}/pid; user root;
            error_log {self.folder}/errors;
            events {{ }}
            http {{ access_log off; gzip on; gzip_types *; root {self.site};
              server {{ listen 127.0.0.1:{port} ssl http2; ssl_certificate {self.certificate};
                        ssl_certificate_key {self.key};
                        location /moved {{ return 301 /9; }} }}
              server {{ listen 127.0.0.1:{plain} http2; keepalive_requests 7; }} }}
        """)
        self.enterContext(foreign(tool("nginx"), "-c", str(config), "-e", "stderr", port=port))
        return port, plain

    def test_sends_files(self):
        self.fill()
        port, _ = self.start()
        self.fetch_much(f"https://localhost:{port}")
        base = f"https://localhost:{port}"
        wanted = (self.site / "9").read_text()
        self.assertEqual(self.get("--compressed", base + "/9"), wanted)
        self.assertEqual(self.get("-L", base + "/moved"), wanted)

    def test_sends_files_without_tls_and_leaves_often(self):
        self.fill()
        _, plain = self.start()
        self.fetch_much(f"http://127.0.0.1:{plain}", "--http2-prior-knowledge")


class a_node:
    """With TLS and without."""

    def test_answers(self):
        base = self.start()
        self.assertEqual(self.get(base + "/version"), "2.0")
        self.assertEqual(self.get("-L", base + "/moved"), "2.0")
        self.assertEqual(self.get(base + "/early"), "late")
        self.assertEqual(self.get(base + "/trailers"), "body")
        self.assertEqual(self.get(base + "/refused"), "at last")
        self.assertEqual(self.get(base + "/goodbye"), "bye")
        self.assertEqual(self.get(base + "/closing"), "bye")
        self.assertRegex(self.get("-I", base + "/x"), "^HTTP/2 200")

    def test_takes_content(self):
        base = self.start()
        sent = self.folder / "sent"
        sent.write_bytes(b"y" * 5_000_000)
        self.assertEqual(self.get("--data-binary", f"@{sent}", base + "/a"), "POST /a 5000000")
        self.assertEqual(self.get("-T", sent, base + "/a"), "PUT /a 5000000")

    def test_shares_a_connection(self):
        base = self.start()
        said = self.get("-Z", "--parallel-max", "100", "-d", "z",
                        *(f"{base}/{i}" for i in range(200)))
        for i in range(200):
            self.assertIn(f"POST /{i} 1", said)
        self.assertEqual(self.get(base + "/count"), "2")

    def test_breaks_off(self):
        base = self.start()
        for path in ("reset", "destroyed"):
            with self.subTest(path):
                done = run("zocalo", "get", "-sS", "--cacert", self.authority.certificate,
                           *self.how, f"{base}/{path}")
                self.assertNotEqual(done.returncode, 0)
                self.assertRegex(done.stderr, "HTTP/2|ended|reset")

    def test_leaves_while_many_ask(self):
        base = self.start()
        paths = [f"{base}/{'goodbye' if i == 10 else i}" for i in range(40)]
        said = self.get("-Z", "--parallel-max", "20", *paths)
        self.assertIn("bye", said)
        self.assertEqual(said.count("GET /"), 39)

    def test_echoes_what_it_is_sent(self):
        """As much as our window holds: the answer is read when all was sent."""
        base = self.start()
        sent = self.folder / "sent"
        sent.write_bytes(os.urandom(1_500_000))
        self.get("--data-binary", f"@{sent}", "-o", self.folder / "came", base + "/echo")
        self.assertEqual(digest(self.folder / "came"), digest(sent))


class node_with_tls(a_node, with_a_folder):
    def start(self, old="no"):
        port = free_port()
        self.enterContext(foreign(tool("node"), "-e", NODE, str(port), str(self.certificate),
                                  str(self.key), old, port=port))
        return f"https://localhost:{port}"

    def test_speaks_both_versions(self):
        base = self.start("yes")
        self.assertEqual(self.get(base + "/version"), "2.0")
        self.assertEqual(self.get("--http1.1", base + "/version"), "1.1")


class node_without_tls(a_node, with_a_folder):
    how = ("--http2-prior-knowledge",)

    def start(self):
        port = free_port()
        self.enterContext(foreign(tool("node"), "-e", NODE, str(port), port=port))
        return f"http://localhost:{port}"


if __name__ == "__main__":
    main()
