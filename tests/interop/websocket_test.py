# SPDX-License-Identifier: MIT
"""WebSocket with Python's websockets, at both ends, compressed and not."""

import asyncio
import http
import threading

from support import PATIENCE, Program, enter_own_network, main, run
from websocket_peers import HERE, WithPython, websockets


def setUpModule():
    enter_own_network()


class our_server(WithPython):
    def talk(self, dialogue, **options):
        async def all_of_it(url):
            async with websockets.connect(url, max_size=None, **options) as peer:
                await dialogue(peer)

        with Program("examples/websocket_server", f"{HERE}:0") as server:
            url = server.wait_for(r"serving at (\S+)")[1]
            asyncio.run(asyncio.wait_for(all_of_it(url), PATIENCE))

    async def exchange(self, peer):
        for size in (0, 1, 125, 126, 65535, 65536, 1_000_000):
            text = "\u00e9" * (size // 2) + "x" * (size % 2)
            await peer.send(text)
            self.assertEqual(await peer.recv(), text)
            await peer.send(b"\xff" * size)
            self.assertEqual(await peer.recv(), b"\xff" * size)
        await peer.send(["in ", "three ", "fragments"])
        self.assertEqual(await peer.recv(), "in three fragments")
        await asyncio.wait_for(await peer.ping(b"are you there?"), PATIENCE)
        await peer.close(4000, "enough")
        self.assertEqual(peer.close_code, 4000)

    def test_answers_with_compression(self):
        async def dialogue(peer):
            self.assertEqual([each.name for each in peer.extensions], ["permessage-deflate"])
            await self.exchange(peer)
        self.talk(dialogue)

    def test_answers_without_compression(self):
        async def dialogue(peer):
            self.assertEqual(list(peer.extensions), [])
            self.assertEqual(peer.subprotocol, "echo")
            await self.exchange(peer)
        self.talk(dialogue, compression=None, subprotocols=["other", "echo"])

    def test_refuses_pages_of_others(self):
        async def dialogue(peer):
            self.fail("let in")
        with self.assertRaises(websockets.InvalidStatusCode) as caught:
            self.talk(dialogue, origin="https://evil.example")
        self.assertEqual(caught.exception.status_code, 403)

    def test_says_why_it_ends(self):
        async def dialogue(peer):
            await peer.send([b"\xff".decode("latin-1"), "x"])
            await peer.recv()
            with self.assertRaises(websockets.ConnectionClosedError) as caught:
                await peer.write_frame(True, 1, b"\xff")
                await peer.recv()
            self.assertEqual(caught.exception.rcvd.code, 1007)
        self.talk(dialogue, compression=None)


class our_client(WithPython):
    def echo(self, **options):
        heard = []
        ended = threading.Event()

        async def handler(peer):
            async for each in peer:
                heard.append(each)
                await peer.ping()
                await peer.send([each[:3], each[3:]])
            heard.append(peer.close_code)
            ended.set()
        url = f"ws://{HERE}:{self.serve(handler, **options)}/"
        lines = ["Hello", "\u00e9 and more", "x" * 100_000]
        got = run("examples/websocket_client", url, *lines)
        self.assertEqual(got.returncode, 0, got.stderr)
        self.assertEqual(got.stdout.splitlines()[0], "Hello")
        self.assertEqual(len(got.stdout.splitlines()), len(lines))
        self.assertTrue(ended.wait(PATIENCE))
        self.assertEqual(heard, lines + [1000])

    def test_asks_with_compression(self):
        self.echo()

    def test_asks_without_compression(self):
        self.echo(compression=None)

    def test_tells_why_it_was_refused(self):
        async def handler(peer):
            self.fail("let in")

        async def refuse(path, fields):
            return http.HTTPStatus.UNAUTHORIZED, [], b"who are you?\n"
        url = f"ws://{HERE}:{self.serve(handler, process_request=refuse)}/"
        got = run("examples/websocket_client", url, show_errors=False)
        self.assertEqual(got.returncode, 1)
        self.assertIn("401", got.stderr)


if __name__ == "__main__":
    main()
