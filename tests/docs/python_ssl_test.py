# SPDX-License-Identifier: MIT
"""docs/python-ssl.md held against Python's ssl, and against our headers."""

import ssl
import types
import unittest

from python_page import ROOT, claim, compiles, holds_spellings, rows, with_members

PAGE = "python-ssl.md"
# What the module has from elsewhere, for itself.
FOREIGN = {"namedtuple", "socket", "create_connection", "SOCK_STREAM", "SOL_SOCKET", "SO_TYPE",
           "socket_error"}


def public_names():
    for name, value in vars(ssl).items():
        if name.startswith("_") or name in FOREIGN or isinstance(value, types.ModuleType):
            continue
        if name == "DefaultVerifyPaths":  # a tuple with names
            yield name
        elif name == "SSLContext":  # most of it is in a base that is written in C
            yield name
            yield from (f"{name}.{member}" for member in dir(value) if not member.startswith("_"))
        else:
            yield from with_members(name, value)


def claims():
    """Yields (names, C++) for each spelling of the page."""
    for index, (names, spelling, _) in enumerate(rows(PAGE)):
        if spelling:
            yield names, claim(index, spelling)


class python_ssl(holds_spellings, unittest.TestCase):
    page = PAGE
    rooms = ("io", "net", "tls")
    claims = staticmethod(claims)

    def wanted(self):
        names = set(public_names())
        self.assertGreater(len(names), 200)
        return names

    def test_a_wrong_spelling_would_be_found(self):
        headers = [ROOT / "include/zocalo/tls" / name for name in ("options.hpp", "error.hpp")]
        right = claim(0, "tls::errc::truncated") + claim(1, "tls::trust::files")
        self.assertEqual(compiles(right, headers).returncode, 0)
        for wrong in (claim(0, "tls::errc::cut"), claim(0, "tls::trust::file"),
                      claim(0, "tls::verify::everthing"), claim(0, "tls::client_option")):
            self.assertNotEqual(compiles(wrong, headers).returncode, 0, wrong)


if __name__ == "__main__":
    unittest.main()
