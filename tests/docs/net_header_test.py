# SPDX-License-Identifier: MIT
"""net.hpp includes its whole folder, but for what is named here, and tells of no other header."""

import re
import unittest
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "include" / "zocalo" / "net"
TEXT = (FOLDER / "net.hpp").read_text()


class net_header(unittest.TestCase):
    def test_includes_every_header_of_its_folder(self):
        headers = sorted(path.name for path in FOLDER.glob("*.hpp")
                         if path.name != "net.hpp")
        self.assertEqual(re.findall(r'^#include "zocalo/net/(.+)"$', TEXT, re.MULTILINE), headers)

    def test_tells_only_of_headers_that_exist(self):
        told = re.findall(r"\b([a-z_]+\.hpp)\b",
                          "".join(re.findall(r"^/// .*\n", TEXT, re.MULTILINE)))
        self.assertIn("socket.hpp", told)
        for name in told:
            self.assertTrue((FOLDER / name).exists(), name)


if __name__ == "__main__":
    unittest.main()
