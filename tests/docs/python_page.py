# SPDX-License-Identifier: MIT
"""Pages that have Python's names beside ours: their tables, and whether they are true.

From the tables a C++ file is made that names every spelling; the compiler says whether they are
there. Python says which names the page has to have.
"""

import enum
import inspect
import os
import re
import subprocess
import tempfile
from pathlib import Path

from python_socket_test import ROW, naming

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("ZOCALO_BUILD", ROOT / "build"))
ROOMS = ("gopher", "http", "io", "net", "rpc", "serve", "tls", "url")
# What is in these is no member of a class.
ENUMERATIONS = ("io::backend_kind", "io::standard", "net::event", "net::poller::kind",
                "tls::channel_binding", "tls::client_certificates", "tls::errc", "tls::truncation",
                "tls::verify", "tls::version")


def rows(page):
    """Yields (names, spelling or None, note) of each row of each table."""
    for row in ROW.finditer((ROOT / "docs" / page).read_text()):
        spelling = row["spelling"].strip()
        yield (re.findall(r"`([^`]+)`", row["names"]),
               None if spelling == "—" else spelling.strip("`"), row["note"].strip())


def public_of(cls):
    """The public members that a class has itself."""
    return (member for member in vars(cls) if not member.startswith("_"))


def with_members(name, value):
    """The name, and of a class those of its public members."""
    yield name
    if inspect.isclass(value) and not issubclass(value, enum.Enum):
        yield from (f"{name}.{member}" for member in public_of(value))


def claim(index, spelling):
    """C++ that compiles when there is such a thing."""
    if spelling.rpartition("::")[0] in ENUMERATIONS:
        return f"constexpr auto n{index} = {spelling};"
    if spelling.startswith("zocalo::") or spelling.rpartition("::")[0] in ROOMS:
        return f"namespace n{index} {{ using {spelling.removesuffix('()')}; }}"
    if spelling.startswith("std::errc"):
        return f"static_assert(static_cast<int>({spelling}) != 0);"
    return naming(index, spelling)


def headers_of(rooms):
    return [header for room in rooms
            for header in sorted((ROOT / "include" / "zocalo" / room).glob("*.hpp"))]


def compiles(code, headers):
    cache = (BUILD / "CMakeCache.txt").read_text()
    compiler = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache, re.MULTILINE)[1]
    text = "".join(f'#include "zocalo/{header.parent.name}/{header.name}"\n' for header in headers)
    text += "".join(f"namespace zocalo::{room} {{}}\nnamespace {room} = zocalo::{room};\n"
                    for room in ROOMS)
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as file:
        file.write(text + code)
        file.flush()
        return subprocess.run([compiler, "-std=c++20", "-fsyntax-only", "-I", ROOT / "include",
                               file.name], capture_output=True, text=True, check=False)


class holds_names:
    """A test that has `page` and wanted(), the set of Python's names."""

    def test_every_name_is_on_the_page_once(self):
        wanted = self.wanted()
        listed = [name for names, _, _ in rows(self.page) for name in names]
        missing = {name for name in wanted - set(listed)
                   if name.partition(".")[0] + ".*" not in listed}
        twice = {name for name in listed if listed.count(name) > 1}
        self.assertEqual((sorted(missing), sorted(twice)), ([], []))

    def test_the_page_names_nothing_that_python_lacks(self):
        listed = {name for names, _, _ in rows(self.page) for name in names
                  if not name.endswith(".*")}
        self.assertEqual(sorted(listed - self.wanted()), [])


class holds_spellings(holds_names):
    """The same of ours: it has claims(), (names, C++) for each spelling, and the rooms of those."""

    def test_a_name_without_a_spelling_has_a_reason(self):
        for names, spelling, note in rows(self.page):
            self.assertTrue(spelling or note, names)

    def test_every_spelling_compiles(self):
        code = "\n".join(f"{code}  // {names[0]}" for names, code in self.claims())
        result = compiles(code, headers_of(self.rooms))
        self.assertEqual(result.returncode, 0, result.stderr)
