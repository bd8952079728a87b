# SPDX-License-Identifier: MIT
"""Every piece of C++ in the documentation is compiled (not linked, not run).

A block with a main() is a program of its own; one that includes nothing may use all of zocalo::net
as `net`, and TLS. Any other block is the body of a function; what it needs beside stands before it:

    <!-- given: net::socket client; std::string message; -->

A block after `<!-- quote ... -->` is compiled elsewhere, one after `<!-- not compiled: why -->`
is a plan.
"""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("ZOCALO_BUILD", ROOT / "build"))
BLOCK = re.compile(r"(?:^<!-- (?P<mark>quote|given:|not compiled:)(?P<given>[^>]*)-->\n+)?"
                   r"^```cpp\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
PREAMBLE = """
#include <chrono>
#include <iostream>
#include <string>
#include "zocalo/io/reader.hpp"
#include "zocalo/io/readiness.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/net/net.hpp"
#include "zocalo/opener/opener.hpp"
#include "zocalo/url/robots.hpp"
#include "zocalo/tls/info.hpp"
#include "zocalo/tls/name_server.hpp"
#include "zocalo/tls/stream.hpp"
#include "zocalo/tls/upgrade.hpp"
namespace net = zocalo::net;
using namespace std::chrono_literals;
"""


def compiler():
    cache = (BUILD / "CMakeCache.txt").read_text()
    return re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache, re.MULTILINE)[1]


def sources():
    """Pages of Markdown; of a header, its opening comment."""
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        yield page, page.read_text()
    tour = ROOT / "include" / "zocalo" / "net" / "net.hpp"
    yield tour, re.sub(r"^///? ?", "", tour.read_text(), flags=re.MULTILINE)


def blocks():
    """Yields (file, line, declarations, code) of each block that is to be compiled."""
    for path, text in sources():
        for block in BLOCK.finditer(text):
            if block["mark"] in ("quote", "not compiled:"):
                continue
            line = text.count("\n", 0, block.start("code")) + 1
            yield path.relative_to(ROOT), line, block["given"] or "", block["code"]


class snippets(unittest.TestCase):
    def compile(self, code):
        with tempfile.NamedTemporaryFile("w", suffix=".cpp") as file:
            file.write(code)
            file.flush()
            warnings = ["-Wall", "-Wextra", "-Werror", "-Wno-unused", "-Wno-unused-parameter"]
            done = subprocess.run([compiler(), "-std=c++20", "-fsyntax-only", *warnings,
                                   "-I", ROOT / "include", file.name],
                                  capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_programs_compile(self):
        for path, line, _, code in blocks():
            if "int main(" in code:
                preamble = "" if "#include" in code else PREAMBLE
                with self.subTest(f"{path}:{line}"):
                    self.compile(f'{preamble}#line {line} "{path}"\n{code}')

    def test_fragments_compile(self):
        unit, count = PREAMBLE, 0
        for path, line, given, code in blocks():
            if "int main(" not in code:
                count += 1
                unit += (f'void fragment_{count}() {{\n{given}\n{{\n'
                         f'#line {line} "{path}"\n{code}}}}}\n')
        self.assertGreater(count, 0)
        self.compile(unit)


if __name__ == "__main__":
    unittest.main()
