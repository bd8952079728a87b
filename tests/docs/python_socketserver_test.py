# SPDX-License-Identifier: MIT
"""docs/python-socketserver.md names all of Python's socketserver, and nothing that we lack."""

import inspect
import re
import socketserver
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "python-socketserver.md").read_text()
HEADERS = "".join(path.read_text() for path in (ROOT / "include/zocalo/net").glob("*.hpp"))
OF_INSTANCES = ("server_address socket RequestHandlerClass request client_address server "
                "connection rfile wfile packet").split()
OF_CPP = {"address", "path", "arguments", "H", "true", "client"}


def rows():
    """Yields the cells of each row of each table, without the heads."""
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0] not in ("Python", "---"):
            yield cells


def names_in(text):
    return {name for code in re.findall(r"`([^`]*)`", text)
            for name in re.findall(r"[A-Za-z_]\w*", code)}


class page(unittest.TestCase):
    def test_has_every_public_name_of_python(self):
        wanted = set(socketserver.__all__) | set(OF_INSTANCES)
        for name, cls in inspect.getmembers(socketserver, inspect.isclass):
            if cls.__module__ == "socketserver" and not name.startswith("_"):
                wanted |= {attribute for attribute in vars(cls) if not attribute.startswith("_")}
        wanted -= {"ForkingUnixStreamServer", "ForkingUnixDatagramServer"}  # since Python 3.12
        listed = set().union(*(names_in(python) for python, _ in rows()))
        self.assertGreater(len(wanted), 60)
        self.assertEqual(sorted(wanted - listed), [])

    def test_names_only_what_there_is(self):
        for python, ours in rows():
            for name in names_in(ours) - OF_CPP:
                self.assertRegex(HEADERS, rf"\b{name}\b", python)


if __name__ == "__main__":
    unittest.main(verbosity=2)
