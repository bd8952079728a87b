# SPDX-License-Identifier: MIT
"""docs/python-socket.md held against Python's socket module and against our headers.

From the page's tables a C++ file is made that names every spelling and compares every number with
Python's; the compiler then says whether the page is true.
"""

import enum
import os
import re
import socket
import subprocess
import tempfile
import types
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("ZOCALO_BUILD", ROOT / "build"))
PAGE = ROOT / "docs" / "python-socket.md"
ROW = re.compile(r"^\| (?P<names>`[^|]*`) \| (?P<spelling>[^|]*) \|(?P<note>[^|]*)\|$",
                 re.MULTILINE)

PREAMBLE = """
#include <system_error>
%s
namespace net = zocalo::net;
template <class Option> consteval long long number() { return Option::name; }
template <auto Value> consteval long long number() { return static_cast<long long>(Value); }
"""


def rows():
    """Yields (names, spelling or None, note) of each row of each table."""
    for row in ROW.finditer(PAGE.read_text()):
        names = re.findall(r"`([^`]+)`", row["names"])
        spelling = row["spelling"].strip()
        yield names, None if spelling == "—" else spelling.strip("`"), row["note"].strip()


def public_names():
    """The names that the module makes, without the modules and bases that it imports."""
    for name, value in vars(socket).items():
        imported = isinstance(value, types.ModuleType) or value in (enum.IntEnum, enum.IntFlag)
        if not name.startswith("_") and not imported:
            yield name
    for name in dir(socket.socket):
        if not name.startswith("_"):
            yield "socket." + name


def number_of(name):
    value = getattr(socket, name, None)
    return int(value) if isinstance(value, int) else None


def naming(index, spelling):
    """C++ that compiles only when `spelling` exists: a type, a function, a member."""
    spelling = spelling.removesuffix("()")
    scope, _, member = spelling.rpartition("::")
    if scope == "std::errc" or scope.startswith("net::option"):
        return f"static_assert(number<{spelling}>() != -1000000);"
    if scope in ("net", "std", "net::multicast"):
        return f"namespace n{index} {{ using {spelling}; }}"
    return f"struct n{index} : {scope} {{ using {scope}::{member}; }};"


def claims():
    """Yields (names, C++) for each spelling of the page."""
    for index, (names, spelling, _) in enumerate(rows()):
        for name in names if spelling else []:
            number = number_of(name)
            if (number is not None or is_value(spelling)) and not is_function(spelling):
                known = "" if number is None else f" && number<{spelling}>() == {number}LL"
                yield name, f"static_assert(number<{spelling}>() != -1000000{known});"
            else:
                yield name, naming(index, spelling)


def is_function(spelling):
    return bool(re.fullmatch(r"[\w:]+\(\)", spelling))


def is_value(spelling):
    """Whether a spelling whose name Python does not have stands for a number."""
    return spelling.startswith(("net::option::", "net::family::", "net::message_flag::"))


def compiles(code):
    cache = (BUILD / "CMakeCache.txt").read_text()
    compiler = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache, re.MULTILINE)[1]
    headers = sorted((ROOT / "include" / "zocalo" / "net").glob("*.hpp"))
    includes = "\n".join(f'#include "zocalo/net/{header.name}"' for header in headers)
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as file:
        file.write(PREAMBLE % includes + code)
        file.flush()
        return subprocess.run([compiler, "-std=c++20", "-fsyntax-only", "-I", ROOT / "include",
                               file.name], capture_output=True, text=True, check=False)


class python_socket(unittest.TestCase):
    def test_every_name_is_on_the_page_once(self):
        listed = [name for names, _, _ in rows() for name in names]
        self.assertGreater(len(listed), 400)
        missing = sorted(set(public_names()) - set(listed))
        twice = sorted({name for name in listed if listed.count(name) > 1})
        self.assertEqual((missing, twice), ([], []))

    def test_a_name_without_a_spelling_has_a_reason(self):
        for names, spelling, note in rows():
            self.assertTrue(spelling or note, names)

    def test_every_spelling_compiles_with_pythons_number(self):
        result = compiles("\n".join(f"{code}  // {name}" for name, code in claims()))
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_wrong_spelling_or_number_would_be_found(self):
        for wrong in ("static_assert(number<net::option::reuse_address>() == 3LL);",
                      naming(0, "net::option::reuse_adress"), naming(0, "net::socket::acept()"),
                      naming(0, "net::create_conection()")):
            self.assertNotEqual(compiles(wrong).returncode, 0, wrong)


if __name__ == "__main__":
    unittest.main()
