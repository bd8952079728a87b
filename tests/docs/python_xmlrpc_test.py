# SPDX-License-Identifier: MIT
"""docs/python-xmlrpc.md held against Python's xmlrpc, and against our headers."""

import unittest
import xmlrpc.client
import xmlrpc.server

from python_page import ROOT, claim, compiles, holds_spellings, rows, with_members

PAGE = "python-xmlrpc.md"
MODULES = (xmlrpc.client, xmlrpc.server)
UNLISTED = {"FastMarshaller", "FastParser", "FastUnmarshaller"}  # None, for whoever replaces them


def public_names():
    """Neither module has __all__: what they make themselves is theirs."""
    for module in MODULES:
        for name, value in vars(module).items():
            made_here = getattr(value, "__module__", None) == module.__name__
            if not name.startswith("_") and (made_here or name.isupper()):
                yield from with_members(name, value)


def claims():
    """Yields (names, C++) for each spelling of the page; Python's numbers are ours, too."""
    for index, (names, spelling, _) in enumerate(rows(PAGE)):
        number = getattr(xmlrpc.client, names[0], None)
        if spelling and isinstance(number, int):
            yield names, f"static_assert({spelling} == {number});"
        elif spelling:
            yield names, claim(index, spelling)


class python_xmlrpc(holds_spellings, unittest.TestCase):
    page = PAGE
    rooms = ("http", "io", "net", "rpc", "serve", "tls")
    claims = staticmethod(claims)

    def wanted(self):
        names = set(public_names()) | UNLISTED
        self.assertGreater(len(names), 100)
        return names

    def test_a_wrong_spelling_would_be_found(self):
        headers = [ROOT / "include/zocalo/rpc/fault.hpp"]
        right = "static_assert(rpc::fault_code::parse_error == -32700);"
        self.assertEqual(compiles(right, headers).returncode, 0)
        for wrong in (right.replace("00", "01"), claim(0, "rpc::fault::cod()"),
                      claim(0, "rpc::flaut")):
            self.assertNotEqual(compiles(wrong, headers).returncode, 0, wrong)


if __name__ == "__main__":
    unittest.main()
