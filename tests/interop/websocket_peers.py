# SPDX-License-Identifier: MIT
"""Servers of WebSocket that we did not write: Python's websockets, in a thread of its own."""

import asyncio
import threading
import unittest

from support import PATIENCE, cannot_run

try:
    import websockets
except ImportError:
    websockets = None

HERE = "127.0.0.1"


class WithPython(unittest.TestCase):
    def setUp(self):
        if websockets is None:
            cannot_run("no websockets (python3-websockets)")

    def serve(self, handler, **options):
        """The port where `handler` talks with each client, in a loop of its own."""
        ready = threading.Event()
        where = {}

        async def serve():
            where["stop"] = asyncio.Event()
            where["loop"] = asyncio.get_running_loop()
            async with websockets.serve(handler, HERE, 0, max_size=None, **options) as server:
                where["port"] = server.sockets[0].getsockname()[1]
                ready.set()
                await where["stop"].wait()

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        self.addCleanup(lambda: where["loop"].call_soon_threadsafe(where["stop"].set))
        self.assertTrue(ready.wait(PATIENCE))
        return where["port"]
