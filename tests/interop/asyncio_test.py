# SPDX-License-Identifier: MIT
"""Python's asyncio as our client and as our server, with TLS and without."""

import asyncio
import contextlib
import ssl
import tempfile
import threading
import unittest
from pathlib import Path

from pki import Authority
from support import PATIENCE, Program, main, run

HERE = "127.0.0.1"
CLIENTS = 50
LONG = b"x" * 4000


async def dialogue(port, number, **options):
    """What one client gets for a few lines, the last of which follows the end of what it says."""
    reader, writer = await asyncio.open_connection(HERE, port, **options)
    lines = [b"client %d\n" % number, LONG + b"\n", b"\n"]
    for line in lines:
        writer.write(line)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
        answer = await reader.read()
    else:
        answer = await reader.readexactly(sum(map(len, lines)))
    writer.close()
    await writer.wait_closed()
    return answer == b"".join(lines)


class WithAuthority(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.authority = Authority(self.folder)


class clients_of_asyncio(WithAuthority):
    def talk(self, settings, **options):
        path = self.folder / "settings"
        path.write_text(settings)
        with Program("tests/serve_probe", path) as server:
            port = int(server.wait_for(r"serving at 127\.0\.0\.1:(\d+)")[1])

            async def all_at_once():
                return await asyncio.wait_for(
                    asyncio.gather(*(dialogue(port, i, **options) for i in range(CLIENTS))),
                    PATIENCE)
            self.assertEqual(asyncio.run(all_at_once()), [True] * CLIENTS)

    def test_in_the_clear(self):
        self.talk("")

    def test_with_tls(self):
        chain, key = self.authority.for_servers()
        context = ssl.create_default_context(cafile=self.authority.certificate)
        self.talk(f"certificate {chain} {key}\n", ssl=context, server_hostname="localhost")


class servers_of_asyncio(WithAuthority):
    @contextlib.contextmanager
    def serving(self, answer, **options):
        """A server on a loop in a thread; `answer` is given what came up to a blank line."""
        loop = asyncio.new_event_loop()

        async def reply(reader, writer):
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                writer.write(answer(await reader.readuntil(b"\r\n\r\n")))
                await writer.drain()
                writer.close()
                await writer.wait_closed()

        server = loop.run_until_complete(asyncio.start_server(reply, HERE, 0, **options))
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            loop.call_soon_threadsafe(server.close)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(PATIENCE)
            loop.close()

    def test_in_the_clear(self):
        with self.serving(bytes.upper) as port:
            done = run("zocalo", "connect", HERE, port, input="hello\r\n\r\n")
            self.assertEqual(done.stdout, "HELLO\n\n")
            self.assertEqual(done.returncode, 0)

    def test_with_tls(self):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*self.authority.for_servers())
        with self.serving(lambda _: b"hello from asyncio\n", ssl=context) as port:
            done = run("examples/tls_client", "localhost", port, self.authority.certificate)
            self.assertIn("hello from asyncio", done.stdout)
            self.assertEqual(done.returncode, 0)


if __name__ == "__main__":
    main()
