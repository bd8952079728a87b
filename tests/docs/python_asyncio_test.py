# SPDX-License-Identifier: MIT
"""docs/python-asyncio.md held against Python's asyncio, select and selectors, and our headers."""

import asyncio
import asyncio.subprocess
import inspect
import select
import selectors
import unittest

from python_page import (ROOT, claim, compiles, holds_spellings, public_of, rows,
                         with_members)

PAGE = "python-asyncio.md"
ROOMS = ("io", "net", "serve", "tls")
OLD_MODULES = {"asyncore", "asynchat"}  # one row has all of both
LOOPS = (asyncio.AbstractEventLoop, asyncio.BaseEventLoop, asyncio.SelectorEventLoop)
UNLISTED = ("TaskGroup",)  # public in fact, but not in __all__


def names_of_asyncio():
    """What loops have is called `loop.` and a name, whichever class says so."""
    for name in (*asyncio.__all__, *UNLISTED):
        value = getattr(asyncio, name)
        if name.startswith("_"):
            continue
        if value in LOOPS:
            yield name
            yield from (f"loop.{member}" for member in public_of(value))
        else:
            yield from with_members(name, value)
    for name in ("PIPE", "STDOUT", "DEVNULL", "Process"):
        yield from with_members(f"subprocess.{name}", getattr(asyncio.subprocess, name))


def names_of_selectors():
    for name, value in vars(selectors).items():
        made_here = inspect.isclass(value) and value.__module__ == "selectors"
        if not name.startswith("_") and (made_here or name.startswith("EVENT_")):
            yield from with_members(name, value)
    for name, value in vars(select).items():
        if not name.startswith("_"):
            yield from with_members(name, value)


def claims():
    """Yields (names, C++) for each spelling of the page; what poll and epoll have is a number."""
    yield ["T"], "struct T {};"
    for index, (names, spelling, _) in enumerate(rows(PAGE)):
        if not spelling:
            continue
        yield names, claim(index, spelling)
        for name in names:
            if name.startswith(("POLL", "EPOLL")):
                number = getattr(select, name)
                yield names, f"static_assert(static_cast<unsigned>({spelling}) == {number}U);"


class python_asyncio(holds_spellings, unittest.TestCase):
    page = PAGE
    rooms = ROOMS
    claims = staticmethod(claims)

    def wanted(self):
        names = {*names_of_asyncio(), *names_of_selectors(), *OLD_MODULES}
        self.assertGreater(len(names), 300)
        return names

    def test_a_wrong_spelling_would_be_found(self):
        headers = [ROOT / "include/zocalo/io/scope.hpp", ROOT / "include/zocalo/net/poller.hpp",
                   ROOT / "include/zocalo/io/channel.hpp"]
        right = claim(0, "net::event::read") + claim(1, "io::channel<int>::send()")
        self.assertEqual(compiles(right, headers).returncode, 0)
        for wrong in (claim(0, "io::scope::spwan()"), claim(0, "io::scoop"),
                      claim(0, "net::event::reed"), claim(0, "io::channel<int>::sent()"),
                      "static_assert(static_cast<unsigned>(net::event::read) == 2U);"):
            self.assertNotEqual(compiles(wrong, headers).returncode, 0, wrong)


if __name__ == "__main__":
    unittest.main()
