# SPDX-License-Identifier: MIT
"""`zocalo listen --ws` with clients of Python's websockets and of Node's ws."""

import asyncio
import shutil
import ssl
import tempfile
from pathlib import Path

from pki import Authority
from running import HERE, foreign, listen
from support import PATIENCE, cannot_run, enter_own_network, main, run
from websocket_peers import WithPython, websockets

MODULES = "/usr/share/nodejs"  # where Debian puts those of Node

NODE_CLIENT = """
const { WebSocket } = require("ws");
const socket = new WebSocket(process.argv[1], ["other", "chat"]);
socket.on("open", () => { socket.send("from node"); socket.send(Buffer.from([0, 255])); });
socket.on("message", (data) => {
  console.log(String(data), socket.protocol, socket.extensions !== "");
  socket.close(4001, "enough");
});
"""


def setUpModule():
    enter_own_network()


class a_listener(WithPython):
    def talk(self, port, dialogue, scheme="ws", path="/any/path", **options):
        async def connect():
            url = f"{scheme}://{HERE}:{port}{path}"
            async with websockets.connect(url, max_size=None, **options) as peer:
                return await dialogue(peer)
        return asyncio.run(asyncio.wait_for(connect(), PATIENCE))

    def test_prints_messages_and_sends_lines(self):
        async def greet(peer):
            await peer.send("Hello")
            await peer.send("x" * 30_000)
            return [await peer.recv() for _ in range(2)]
        with listen("--ws", 0) as ours:
            ours.write(b"one\nt\xc3\xa9o\n")
            self.assertEqual(self.talk(ours.port(), greet), ["one", "t\u00e9o"])
            self.assertEqual(ours.end(), (b"Hello\n" + b"x" * 30_000 + b"\n", 0))

    def test_closes_at_the_end_of_its_input(self):
        async def hear(peer):
            got = [each async for each in peer]
            return got, peer.close_code
        with listen("--ws", 0, input=b"one\ntwo") as ours:
            self.assertEqual(self.talk(ours.port(), hear), (["one", "two"], 1000))
            self.assertEqual(ours.end(), (b"", 0))

    def test_goes_on(self):
        async def say(peer):
            await peer.send("from " + peer.path)
        with listen("--ws", "-k", 0, input=b"") as ours:
            for each in ("/one", "/two"):
                self.talk(ours.port(), say, path=each)
                self.assertEqual(ours.output.readline(), f"from {each}\n".encode())
            self.assertEqual(ours.stop(), 130)

    def test_says_everything_to_everybody(self):
        async def meet(port):
            url = f"ws://{HERE}:{port}/"
            async with websockets.connect(url) as one, websockets.connect(url) as other:
                for each in (one, other):
                    await each.send("here")
                await asyncio.to_thread(lambda: [ours.output.readline() for _ in range(2)])
                ours.write(b"for all\n")
                heard = [await each.recv() for each in (one, other)]
                stopping = asyncio.to_thread(ours.stop)
                ended = asyncio.gather(one.wait_closed(), other.wait_closed())
                code = (await asyncio.gather(stopping, ended))[0]
                return heard, code, [one.close_code, other.close_code]
        with listen("--ws", "-k", 0) as ours:
            heard = asyncio.run(asyncio.wait_for(meet(ours.port()), PATIENCE))
        self.assertEqual(heard, (["for all"] * 2, 130, [1001, 1001]))

    def test_has_a_program_for_each(self):
        async def shout(peer):
            await peer.send("hello")
            return await peer.recv(), [each async for each in peer], peer.close_code
        with listen("--ws", "-k", "-c", "read x; echo got $x", 0) as ours:
            for _ in range(2):
                self.assertEqual(self.talk(ours.port(), shout), ("got hello", [], 1000))

    def test_sends_a_file_as_one_message(self):
        data = bytes(range(256)) * 200  # a pipe has room for it

        async def hear(peer):
            return await peer.recv()
        with listen("--ws", "--binary", 0, input=data) as ours:
            self.assertEqual(self.talk(ours.port(), hear), data)

    def test_has_messages_with_lines_in_them(self):
        async def say(peer):
            await peer.send("a\nb")
            return await peer.recv()
        with listen("--ws", "-0", 0, input=b"c\nd\0") as ours:
            self.assertEqual(self.talk(ours.port(), say), "c\nd")
            self.assertEqual(ours.end()[0], b"a\nb\0")

    def test_speaks_tls(self):
        async def greet(peer):
            await peer.send("safe")
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            certificate, key = map(str, authority.for_servers())
            trusted = ssl.create_default_context(cafile=str(authority.certificate))
            with listen("--ws", "--ssl", "--ssl-cert", certificate, "--ssl-key", key, 0) as ours:
                self.talk(ours.port(), greet, scheme="wss", ssl=trusted)
                self.assertEqual(ours.end(), (b"safe\n", 0))

    def test_has_a_unix_socket(self):
        async def greet(at):
            async with websockets.unix_connect(at, "ws://localhost/any/path") as peer:
                await peer.send("Hello")
                return peer.path, await peer.recv()
        with tempfile.TemporaryDirectory() as folder:
            for at, name in ((f"{folder}/socket", None), ("@zocalo-test", "\0zocalo-test")):
                with listen("--ws", "-v", "-U", at) as ours:
                    ours.said("listening on")
                    ours.write(b"one\n")
                    self.assertEqual(asyncio.run(asyncio.wait_for(greet(name or at), PATIENCE)),
                                     ("/any/path", "one"))
                    self.assertEqual(ours.end(), (b"Hello\n", 0))
                self.assertFalse(Path(at).exists())

    def test_lets_no_strange_pages_in(self):
        async def greet(peer):
            await peer.send("x")
        page = "https://page.example"
        with listen("--ws", "-k", "-v", 0) as ours:
            with self.assertRaises(websockets.InvalidStatusCode) as refused:
                self.talk(ours.port(), greet, origin=page)
            self.assertEqual(refused.exception.status_code, 403)
            ours.said("was answered with 403")
        with listen("--ws", "-k", "--origin", page, 0) as ours:
            self.talk(ours.port(), greet, origin=page)
            self.assertEqual(ours.output.readline(), b"x\n")

    def test_tells_of_a_client_that_vanishes(self):
        async def vanish(peer):
            await peer.send("x")
            peer.transport.abort()
        with listen("--ws", 0) as ours:
            self.talk(ours.port(), vanish)
            self.assertEqual(ours.end(), (b"x\n", 6))

    def test_of_node(self):
        if shutil.which("node") is None or not Path(MODULES, "ws").exists():
            cannot_run("no node, or no ws (node-ws)")
        with listen("--ws", "--subprotocol", "chat,other", 0) as ours:
            ours.write(b"to node\n")
            with foreign("env", f"NODE_PATH={MODULES}", "node", "-e", NODE_CLIENT,
                         f"ws://{HERE}:{ours.port()}/") as client:
                self.assertEqual(client.result(), b"to node chat true\n")
            self.assertEqual(ours.end(), (b"from node\n\x00\xff", 0))

    def test_options_that_do_not_fit_are_refused(self):
        for wrong in (["--ws", "-u"], ["--ws", "--crlf"], ["--binary"], ["--origin", "*"],
                      ["--ws", "--binary", "-0"]):
            done = run("zocalo", "listen", *wrong, "0", input="")
            self.assertEqual(done.returncode, 2, done.stderr)


if __name__ == "__main__":
    main()
