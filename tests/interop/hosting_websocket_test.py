# SPDX-License-Identifier: MIT
"""WebSockets through `zocalo serve --proxy-pass` to Python's websockets: of our client and of
chromium by HTTP/2, of Python by HTTP/1.1."""

import asyncio
import os
import queue
import shutil
import ssl
import tempfile
from pathlib import Path

from pki import Authority
from served_folder import with_folder
from support import BUILD, PATIENCE, Program, cannot_run, enter_own_network, main, run
from websocket_peers import HERE, WithPython, websockets

SCRIPT = Path(__file__).resolve().parents[1] / "browser" / "proxied_websocket.mjs"
NODE_FOLDER = BUILD / "node"  # where ./dev test puts playwright-core


def setUpModule():
    enter_own_network()


class a_proxy(WithPython, with_folder):
    def setUp(self):
        WithPython.setUp(self)
        with_folder.setUp(self)
        self.asked, self.ended = [], queue.Queue()

        async def echo(peer):
            self.asked.append((peer.path, peer.request_headers["Via"].split(" ")[0],
                               peer.request_headers.get("Origin"), peer.subprotocol))
            try:
                await peer.send("hello")
                async for each in peer:
                    await peer.send(each)
            finally:
                self.ended.put(peer.close_code)

        behind = self.serve(echo, subprotocols=["echo"])
        self.authority = Authority(self.elsewhere)
        certificate, key = self.authority.for_servers()
        served = Program("zocalo", "serve", "--cert", str(certificate), "--key", str(key),
                         "--gopher", "no", "--proxy-pass", f"/app=http://{HERE}:{behind}",
                         self.folder)
        self.enterContext(served)
        served.wait_for(r"open (https\S+) in a browser; .*")

    def test_for_our_client(self):
        lines = ["one", "\u00e9", "x" * 300_000]
        done = run("zocalo", "connect", "-v", "--ssl-trustfile", str(self.authority.certificate),
                   "--subprotocol", "echo", "wss://localhost:8080/app/a?b=c",
                   input="\n".join(lines))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("WebSocket over HTTP/2, echo, compressed", done.stderr)
        self.assertEqual(done.stdout.splitlines(), ["hello", *lines])
        self.assertEqual(self.asked, [("/app/a?b=c", "2", None, "echo")])
        self.assertEqual(self.ended.get(timeout=PATIENCE), 1000)

    def test_says_no_as_the_upstream_does(self):
        done = run("zocalo", "connect", "-v", "--ssl-trustfile", str(self.authority.certificate),
                   "wss://localhost:8080/readme.txt", input="")
        self.assertEqual(done.returncode, 9, done.stderr)
        self.assertIn("405", done.stderr)

    def test_for_python_by_http_1(self):
        async def talk():
            trusted = ssl.create_default_context(cafile=str(self.authority.certificate))
            async with websockets.connect("wss://localhost:8080/app", ssl=trusted) as peer:
                self.assertEqual(await peer.recv(), "hello")
                await peer.send("one")
                self.assertEqual(await peer.recv(), "one")

        asyncio.run(asyncio.wait_for(talk(), PATIENCE))
        self.assertEqual(self.asked, [("/app", "1.1", None, None)])

    def test_for_chromium(self):
        node, chromium = shutil.which("node"), shutil.which("chromium")
        if not node or not chromium or not (NODE_FOLDER / "node_modules/playwright-core").exists():
            cannot_run("no node, no chromium or no playwright-core; ./dev test installs them")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            done = run(node, SCRIPT, "https://localhost:8080", patience=180, env={
                **os.environ, "HOME": home, "ZOCALO_NODE": str(NODE_FOLDER),
                "ZOCALO_CHROMIUM": chromium})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.asked, [("/app/chat", "2", "https://localhost:8080", "echo")])
        self.assertEqual(self.ended.get(timeout=PATIENCE), 4001)


if __name__ == "__main__":
    main()
