# SPDX-License-Identifier: MIT
"""WebSocket with Node's ws, at both ends, and with pages in chromium; compressed and not."""

import json
import os
import shutil
import tempfile
import unittest
from pathlib import Path

from support import BUILD, Program, cannot_run, enter_own_network, main, run

HERE = "127.0.0.1"
PAGES = Path(__file__).resolve().parents[1] / "browser" / "websocket.mjs"
NODE_FOLDER = BUILD / "node"  # where ./dev test puts playwright-core
MODULES = "/usr/share/nodejs"  # where Debian puts those of Node

# Sends all messages, says what came back, and closes with a code of its own.
CLIENT = r"""
const { WebSocket } = require("ws");
const [url, deflate] = [process.argv[1], process.argv[2] === "yes"];
const { randomBytes } = require("crypto");
const messages = ["", "Hello", "\u00e9\u{1F600}", Buffer.from([0, 255]), "x".repeat(125),
                  "x".repeat(126), randomBytes(65535), randomBytes(65536),
                  Array.from({ length: 300000 }, (_, i) => i).join(" "), randomBytes(3000000)];
const socket = new WebSocket(url, ["other", "echo"], { perMessageDeflate: deflate });
let next = 0;
let pongs = 0;
socket.on("open", () => {
  socket.ping("are you there?");
  for (const each of messages.slice(0, -1)) socket.send(each);
  const last = messages.at(-1);
  for (let at = 0; at < last.length; at += 100000)
    socket.send(last.subarray(at, at + 100000), { fin: at + 100000 >= last.length });
});
socket.on("pong", (data) => { if (String(data) === "are you there?") ++pongs; });
socket.on("message", (data, isBinary) => {
  const sent = messages[next++];
  if (isBinary !== (typeof sent !== "string") || !Buffer.from(sent).equals(data)) {
    console.log(`message ${next} is another one`);
    process.exit(1);
  }
  if (next === messages.length) socket.close(4001, "enough");
});
socket.on("close", (code) => console.log(JSON.stringify({
  messages: next, code, pongs, protocol: socket.protocol, extensions: socket.extensions })));
"""

# Sends back what comes, in fragments; says with what code each connection has ended.
SERVER = r"""
const { WebSocketServer } = require("ws");
const deflate = process.argv[1] === "yes";
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: deflate && {
  threshold: 0 }, handleProtocols: (offered) => offered.has("echo") && "echo" },
  () => console.log(`serving at ws://127.0.0.1:${server.address().port}/`));
server.on("connection", (peer) => {
  peer.on("message", (data, binary) => {
    if (String(data) === "go away") return peer.close(4002, "as you like it");
    peer.ping();
    const half = data.length >> 1;
    peer.send(data.subarray(0, half), { binary, fin: false });
    peer.send(data.subarray(half), { binary, fin: true });
  });
  peer.on("close", (code) => console.log(`closed ${code} ${peer.extensions || "plain"}`));
});
process.on("SIGINT", () => process.exit(0));
"""


def setUpModule():
    enter_own_network()


def node():
    path = shutil.which("node")
    if not path or not (Path(MODULES) / "ws").exists():
        cannot_run("no node, or no ws for it (node-ws)")
    return path


def environment():
    return {**os.environ, "NODE_PATH": MODULES}


class our_server(unittest.TestCase):
    def talk(self, deflate):
        with Program("examples/websocket_server", f"{HERE}:0") as server:
            url = server.wait_for(r"serving at (\S+)")[1]
            done = run(node(), "-e", CLIENT, url, deflate, env=environment())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def test_answers_node_with_compression(self):
        self.assertEqual(self.talk("yes"), {"messages": 10, "code": 4001, "pongs": 1,
                                            "protocol": "echo",
                                            "extensions": "permessage-deflate"})

    def test_answers_node_without_compression(self):
        self.assertEqual(self.talk("no"), {"messages": 10, "code": 4001, "pongs": 1,
                                           "protocol": "echo", "extensions": ""})

    def test_answers_chromium(self):
        chromium = shutil.which("chromium")
        if not chromium or not (NODE_FOLDER / "node_modules/playwright-core").exists():
            cannot_run("no chromium or no playwright-core; ./dev test installs them")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            with Program("examples/websocket_server", f"{HERE}:0") as server:
                url = server.wait_for(r"serving at (\S+)")[1]
                done = run(node(), PAGES, url, patience=180, env={
                    **os.environ, "HOME": home, "ZOCALO_NODE": str(NODE_FOLDER),
                    "ZOCALO_CHROMIUM": chromium})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("ok "), 4)


class our_client(unittest.TestCase):
    def talk(self, deflate):
        lines = ["Hello", "", "\u00e9\U0001f600", "x" * 125, "y" * 126, "z" * 65536,
                 " ".join(map(str, range(300_000)))]
        with Program(node(), "-e", SERVER, deflate, env=environment()) as server:
            url = server.wait_for(r"serving at (\S+)")[1]
            done = run("zocalo", "connect", "--subprotocol", "other,echo", "-v", url,
                       input="\n".join(lines) + "\n")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout.split("\n")[:-1], lines)
            closed = server.wait_for(r"closed (\d+) (\S+)")
            done = run("zocalo", "connect", "--no-shutdown", url, input="go away\n")
            self.assertEqual(done.returncode, 9)
            self.assertIn("closed by the peer with 4002: as you like it", done.stderr)
        return closed.groups()

    def test_asks_node_with_compression(self):
        self.assertEqual(self.talk("yes"), ("1000", "permessage-deflate"))

    def test_asks_node_without_compression(self):
        self.assertEqual(self.talk("no"), ("1000", "plain"))


if __name__ == "__main__":
    main()
