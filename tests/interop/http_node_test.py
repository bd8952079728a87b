# SPDX-License-Identifier: MIT
"""HTTP with Node's http: its server and our client, its client and our server."""

import shutil
import tempfile
import unittest
from pathlib import Path

from running import foreign, free_port
from support import Program, cannot_run, enter_own_network, main, run

# Says what it is asked; /chunks sends pieces and a trailer, the others do what they are called.
SERVER = """
const http = require("http");
const server = http.createServer((asked, answer) => {
  if (asked.url === "/chunks") {
    answer.writeHead(200, { Trailer: "X-Sum" });
    for (let i = 0; i < 1000; ++i) answer.write(`${i}\\n`);
    answer.addTrailers({ "X-Sum": "499500" });
    return answer.end();
  }
  if (asked.url === "/early") {
    answer.writeEarlyHints({ link: "</style.css>; rel=preload" });
    return answer.end("late\\n");
  }
  if (asked.url === "/cut") {
    answer.writeHead(200, { "Content-Length": 1000 });
    answer.write("part");
    return setTimeout(() => asked.socket.destroy(), 50);
  }
  let size = 0;
  asked.on("data", (piece) => { size += piece.length; });
  asked.on("end", () => answer.end(`${asked.method} ${asked.url} ${size} ${server.seen}\\n`));
});
server.seen = 0;
server.on("connection", () => ++server.seen);
server.listen(Number(process.argv[1]), "127.0.0.1");
"""

CLIENT = """
const http = require("http");
const base = process.argv[1];
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
let connections = 0;
function ask(path, options = {}, pieces = []) {
  return new Promise((resolve, reject) => {
    const asked = http.request(base + path, { agent, ...options }, (answer) => {
      let text = "";
      answer.on("data", (piece) => { text += piece; });
      answer.on("end", () => resolve(`${answer.statusCode} ${text}`));
      answer.on("error", reject);
    });
    asked.on("socket", (socket) => { if (!socket.seen) { socket.seen = true; ++connections; } });
    asked.on("error", reject);
    for (const piece of pieces) asked.write(piece);
    asked.end();
  });
}
(async () => {
  const all = await Promise.all([...Array(50).keys()].map((i) => ask(`/hello/${i}`)));
  all.forEach((text, i) => { if (text !== `200 Hello, ${i}!\\n`) throw new Error(text); });
  console.log(`connections ${connections}`);
  const large = Buffer.alloc(100_000, "x");
  console.log(await ask("/count", { method: "POST" }, Array(30).fill(large)));
  console.log(await ask("/count", { method: "POST", headers: { "Content-Length": 100_000 } },
    [large]));
  console.log(await ask("/count", { method: "POST", headers: { Expect: "100-continue" } }));
  console.log(await ask("/hello/you", { method: "HEAD" }));
  console.log(await ask("/none"));
  agent.destroy();
})().catch((error) => { console.error(error.stack); process.exit(1); });
"""


def setUpModule():
    enter_own_network()


class with_node(unittest.TestCase):
    def setUp(self):
        self.node = shutil.which("node")
        if not self.node:
            cannot_run("there is no node")


class a_server(with_node):
    def setUp(self):
        super().setUp()
        port = free_port()
        self.enterContext(foreign(self.node, "-e", SERVER, str(port), port=port))
        self.base = f"http://127.0.0.1:{port}"

    def get(self, *arguments, code=0, **options):
        done = run("zocalo", "get", "-sS", *arguments, show_errors=code == 0, **options)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_is_asked_on_one_connection(self):
        done = self.get(*(f"{self.base}/{i}" for i in range(20)))
        self.assertEqual(done.stdout, "".join(f"GET /{i} 0 1\n" for i in range(20)))

    def test_is_sent_content(self):
        with tempfile.TemporaryDirectory() as folder:
            given = Path(folder) / "given"
            given.write_bytes(bytes(3_000_000))
            for more in ([], ["-H", "Expect: 100-continue"]):
                done = self.get(*more, "-X", "POST", "--data-binary", f"@{given}", self.base + "/a")
                self.assertRegex(done.stdout, r"^POST /a 3000000 \d+$")
            done = self.get("-T", "-", self.base + "/b", input="x" * 100_000)
            self.assertTrue(done.stdout.startswith("PUT /b 100000 "), done.stdout)

    def test_is_heard_to_the_end_of_its_chunks(self):
        done = self.get(self.base + "/chunks")
        self.assertEqual(done.stdout, "".join(f"{i}\n" for i in range(1000)))

    def test_is_heard_behind_its_early_hints(self):
        self.assertEqual(self.get(self.base + "/early").stdout, "late\n")

    def test_breaks_off(self):
        done = self.get(self.base + "/cut", code=6)
        self.assertIn("the connection ended in the content", done.stderr)


class a_client(with_node):
    def test_asks_on_few_connections(self):
        site = self.enterContext(Program("examples/http_site", "127.0.0.1:0"))
        base = site.wait_for(r"serving at (http://127\.0\.0\.1:\d+)/hello/you")[1]
        done = run(self.node, "-e", CLIENT, base)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout, "connections 4\n200 3000000 bytes\n\n200 100000 bytes\n\n"
                                      "200 0 bytes\n\n200 \n404 404 Not Found\n\n")


if __name__ == "__main__":
    main()
