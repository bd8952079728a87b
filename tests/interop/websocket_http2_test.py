# SPDX-License-Identifier: MIT
"""WebSocket over HTTP/2 (RFC 8441) with nghttpx between us and Python's websockets, with Node's
http2 at either end, and with pages in chromium."""

import asyncio
import os
import re
import shutil
import tempfile
import threading
import unittest
from pathlib import Path

from pki import Authority
from running import foreign, free_port
from support import BUILD, PATIENCE, Program, cannot_run, enter_own_network, main, run
from websocket_peers import HERE, WithPython, websockets

PAGES = Path(__file__).resolve().parents[1] / "browser" / "websocket_http2.mjs"
NODE_FOLDER = BUILD / "node"  # where ./dev test puts playwright-core

# Speaks RFC 8441, and frames of RFC 6455 by hand: sends back what comes, masked by a client.
NODE_SERVER = """
const crypto = require("crypto");
const fs = require("fs");
const http2 = require("http2");
const [port, certificate, key, offers] = process.argv.slice(1);
const server = http2.createSecureServer({ cert: fs.readFileSync(certificate),
  key: fs.readFileSync(key), settings: { enableConnectProtocol: offers === "yes" },
  allowHTTP1: true });
server.on("stream", (stream, head) => {
  if (head[":protocol"] !== "websocket" || head["sec-websocket-key"] !== undefined) {
    stream.respond({ ":status": 400 });
    return stream.end();
  }
  stream.respond({ ":status": 200 });
  echo(stream);
});
server.on("upgrade", (asked, socket) => {
  const key = asked.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const accept = crypto.createHash("sha1").update(key).digest("base64");
  socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\n" +
    `Connection: Upgrade\\r\\nSec-WebSocket-Accept: ${accept}\\r\\n\\r\\n`);
  echo(socket);
});
function echo(stream) {
  let rest = Buffer.alloc(0);
  stream.on("data", (piece) => {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= 6 && rest.length >= 6 + (rest[1] & 127)) {
      const size = rest[1] & 127, mask = rest.subarray(2, 6);
      const plain = Buffer.from(rest.subarray(6, 6 + size).map((each, i) => each ^ mask[i % 4]));
      stream.write(Buffer.concat([Buffer.from([rest[0], size]), plain]));
      const isClose = (rest[0] & 15) === 8;
      rest = rest.subarray(6 + size);
      if (isClose) return stream.end();
    }
  });
}
server.listen(+port, "127.0.0.1");
"""

# Says what comes back for one message, which is sent in the frame `82 85 00000000 "hello"`.
NODE_CLIENT = """
const http2 = require("http2");
const session = http2.connect(process.argv[1]);
session.on("remoteSettings", (all) => {
  console.log("offers", all.enableConnectProtocol);
  const stream = session.request({ ":method": "CONNECT", ":protocol": process.argv[2],
    ":path": "/echo", "sec-websocket-version": "13" });
  stream.on("response", (head) => console.log("status", head[":status"],
    head["sec-websocket-accept"] === undefined));
  let heard = "";
  stream.on("data", (piece) => {
    heard += piece.toString("hex");
    if (heard === "820568656c6c6f") stream.write(Buffer.from("88820000000003e8", "hex"));
    if (heard.endsWith("880203e8")) stream.end();
  });
  stream.on("end", () => console.log("heard", heard));
  stream.on("close", () => { console.log("code", stream.rstCode); session.close(); });
  stream.write(Buffer.from("82850000000068656c6c6f", "hex"));
});
"""


def setUpModule():
    enter_own_network()


def nghttpx(*arguments):
    if shutil.which("nghttpx") is None:
        cannot_run("no nghttpx (nghttp2-proxy)")
    port = free_port()
    server = foreign("nghttpx", "--conf=/dev/null", "--workers=1", "--no-ocsp",
                     *(each.replace("PORT", str(port)) for each in arguments), port=port)
    return server, port


class through_nghttpx(WithPython):
    """It makes Upgrade of extended CONNECT, and the other way round."""

    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def test_our_client_has_a_stream(self):
        heard, ended = [], threading.Event()

        async def echo(peer):
            async for each in peer:
                heard.append(each)
                await peer.send(each)
            heard.append(peer.close_code)
            ended.set()
        behind = self.serve(echo)
        authority = Authority(self.folder)
        certificate, key = authority.for_servers()
        server, port = nghttpx(f"-f{HERE},PORT", f"-b{HERE},{behind}", str(key), str(certificate))
        with server:
            lines = ["Hello", "\u00e9", "x" * 100_000]
            done = run("zocalo", "connect", "-v", "--ssl-trustfile", str(authority.certificate),
                       f"wss://localhost:{port}/",
                       input="\n".join(lines))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("WebSocket over HTTP/2", done.stderr)
        self.assertEqual(done.stdout.splitlines(), lines)
        self.assertTrue(ended.wait(PATIENCE))
        self.assertEqual(heard, lines + [1000])

    def test_our_server_has_streams(self):
        async def talk(url):
            async def one(number):
                async with websockets.connect(url, max_size=None) as peer:
                    for size in (0, 1, 126, 65536, 300_000):
                        text = str(number) * size
                        await peer.send(text)
                        self.assertEqual(await peer.recv(), text)
                    await peer.close(4000, "enough")
                    self.assertEqual(peer.close_code, 4000)
            await asyncio.gather(*(one(number) for number in range(10)))
        with Program("examples/websocket_server", f"{HERE}:0") as ours:
            where = re.search(r":(\d+)/", ours.wait_for(r"serving at (\S+)")[1])[1]
            server, port = nghttpx(f"-f{HERE},PORT;no-tls", f"-b{HERE},{where};;proto=h2")
            with server:
                url = f"ws://{HERE}:{port}/echo"
                asyncio.run(asyncio.wait_for(talk(url), PATIENCE))


class with_node(unittest.TestCase):
    def setUp(self):
        if shutil.which("node") is None:
            cannot_run("no node (nodejs)")
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def ask(self, offers):
        authority = Authority(self.folder)
        certificate, key = authority.for_servers()
        port = free_port()
        with foreign("node", "-e", NODE_SERVER, str(port), str(certificate), str(key), offers,
                     port=port):
            done = run("zocalo", "connect", "-v", "--ssl-trustfile", str(authority.certificate),
                       f"wss://localhost:{port}/", input="Hello\nyou\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "Hello\nyou\n")
        return done.stderr

    def test_asks_its_server(self):
        self.assertIn("WebSocket over HTTP/2", self.ask("yes"))

    def test_asks_by_http_1_1_where_it_is_not_offered(self):
        self.assertIn("WebSocket over HTTP/1.1", self.ask("no"))

    def answers(self, protocol):
        with Program("examples/websocket_server", f"{HERE}:0") as ours:
            where = re.search(r":(\d+)/", ours.wait_for(r"serving at (\S+)")[1])[1]
            with foreign("node", "-e", NODE_CLIENT, f"http://{HERE}:{where}", protocol) as client:
                return client.result().decode().splitlines()

    def test_its_client_is_answered(self):
        self.assertEqual(self.answers("websocket"), [
            "offers true", "status 200 true", "heard 820568656c6c6f880203e8", "code 0"])

    def test_other_protocols_are_not_there(self):
        self.assertIn("status 501 true", self.answers("webtransport"))


class with_chromium(unittest.TestCase):
    def setUp(self):
        self.node, self.chromium = shutil.which("node"), shutil.which("chromium")
        playwright = NODE_FOLDER / "node_modules/playwright-core"
        if not self.node or not self.chromium or not playwright.exists():
            cannot_run("no node, no chromium or no playwright-core; ./dev test installs them")

    def test_its_pages_ask_on_the_connection_that_they_came_by(self):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            certificate, key = Authority(home).for_servers()
            with Program("tests/websocket_probe", certificate, key) as ours:
                port = ours.wait_for(r"serving at \S+:(\d+)")[1]
                done = run(self.node, PAGES, port, patience=180, env={
                    **os.environ, "HOME": home, "ZOCALO_NODE": str(NODE_FOLDER),
                    "ZOCALO_CHROMIUM": self.chromium})
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                for _ in range(4):
                    ours.wait_for(r"closed 400\d")
            said = [each.split(" ") for each in ours.lines]
        self.assertEqual(done.stdout.count("ok "), 4)
        by = [each[0] for each in said if each[1:] == ["GET", "", "/page", "HTTP/2"]]
        self.assertEqual(len(by), 2)
        sockets = [each for each in said if each[-2:-1] == ["/echo"]]
        self.assertEqual(sockets, [[by[0], "CONNECT", "websocket", "/echo", "HTTP/2"]] * 4)


if __name__ == "__main__":
    main()
