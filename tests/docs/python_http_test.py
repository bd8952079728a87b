# SPDX-License-Identifier: MIT
"""docs/python-http.md held against Python's http and urllib, and against our headers.

From the page's tables a C++ file is made that names every spelling; the compiler says whether they
are there. Python says which names the page has to have.
"""

import enum
import http
import http.client
import http.cookiejar
import http.cookies
import http.server
import inspect
import os
import re
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request
import urllib.response
import urllib.robotparser
from pathlib import Path

from python_socket_test import ROW, naming

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("ZOCALO_BUILD", ROOT / "build"))
PAGE = ROOT / "docs" / "python-http.md"
MODULES = (http, http.client, http.server, http.cookies, http.cookiejar, urllib.request,
           urllib.response, urllib.error, urllib.parse, urllib.robotparser)
UNLISTED = {"Morsel"}  # public in fact, but not in __all__
ROOMS = ("gopher", "http", "io", "net", "serve", "tls", "url")
# gopherlib is in no Python that still runs.
GOPHER = {"A_TEXT": "0", "A_MENU": "1", "A_CSO": "2", "A_ERROR": "3", "A_MACBINHEX": "4",
          "A_PCBINHEX": "5", "A_UUENCODED": "6", "A_INDEX": "7", "A_TELNET": "8", "A_BINARY": "9",
          "A_DUPLICATE": "+", "A_SOUND": "s", "A_EVENT": "e", "A_CALENDAR": "c", "A_HTML": "h",
          "A_TN3270": "T", "A_MIME": "M", "A_IMAGE": "I", "A_WHOIS": "w", "A_WWW": "w",
          "A_QUERY": "q", "A_GIF": "g", "A_PLUS_IMAGE": ":", "A_PLUS_MOVIE": ";",
          "A_PLUS_SOUND": "<"}
GOPHER_NAMES = {"send_selector", "send_query", "get_directory", "get_textfile", "get_alt_textfile",
                "get_binary", "get_alt_binary", "type_to_name", "DEF_SELECTOR", "DEF_HOST",
                "DEF_PORT", "CRLF", "TAB"}


def rows():
    """Yields (names, spelling or None, note) of each row of each table."""
    for row in ROW.finditer(PAGE.read_text()):
        spelling = row["spelling"].strip()
        yield (re.findall(r"`([^`]+)`", row["names"]),
               None if spelling == "—" else spelling.strip("`"), row["note"].strip())


def public_names():
    for module in MODULES:
        for name in module.__all__:
            yield name
            value = getattr(module, name)
            if inspect.isclass(value) and not issubclass(value, enum.Enum):
                yield from (f"{name}.{member}" for member in vars(value)
                            if not member.startswith("_"))


def claims():
    """Yields (names, C++) for each spelling of the page."""
    for index, (names, spelling, _) in enumerate(rows()):
        if not spelling:
            continue
        letter = GOPHER.get(names[0])
        if letter:
            yield names, f"static_assert(static_cast<char>({spelling}) == '{letter}');"
        elif spelling.startswith("zocalo::") or spelling.rpartition("::")[0] in ROOMS:
            yield names, f"namespace n{index} {{ using {spelling.removesuffix('()')}; }}"
        elif spelling.startswith("std::errc"):
            yield names, f"static_assert(static_cast<int>({spelling}) != 0);"
        else:
            yield names, naming(index, spelling)


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


class python_http(unittest.TestCase):
    def test_every_name_is_on_the_page_once(self):
        listed = [name for names, _, _ in rows() for name in names]
        self.assertGreater(len(listed), 200)
        wanted = set(public_names()) | UNLISTED | set(GOPHER) | GOPHER_NAMES
        missing = {name for name in wanted - set(listed)
                   if name.partition(".")[0] + ".*" not in listed}
        twice = {name for name in listed if listed.count(name) > 1}
        self.assertEqual((sorted(missing), sorted(twice)), ([], []))

    def test_the_page_names_nothing_that_python_lacks(self):
        wanted = set(public_names()) | UNLISTED | set(GOPHER) | GOPHER_NAMES
        listed = {name for names, _, _ in rows() for name in names if not name.endswith(".*")}
        self.assertEqual(sorted(listed - wanted), [])

    def test_every_spelling_compiles(self):
        code = "\n".join(f"{code}  // {names[0]}" for names, code in claims())
        result = compiles(code, headers_of((*ROOMS, "opener")))
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_wrong_spelling_would_be_found(self):
        headers = [ROOT / "include/zocalo/gopher/types.hpp"]
        right = "static_assert(static_cast<char>(gopher::item_type::text) == '0');"
        self.assertEqual(compiles(right, headers).returncode, 0)
        for wrong in (right.replace("'0'", "'1'"), naming(0, "gopher::menu::no_such()"),
                      naming(0, "gopher::item::naem"), "namespace n0 { using gopher::itme; }"):
            self.assertNotEqual(compiles(wrong, headers).returncode, 0, wrong)


if __name__ == "__main__":
    unittest.main()
