# SPDX-License-Identifier: MIT
"""A folder that `zocalo serve` serves, for tests that ask for what is in it."""

import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from support import Program

HTTP = "http://127.0.0.1:8080"


class with_folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.elsewhere = Path(temporary.name)
        self.elsewhere.chmod(0o755)
        self.folder = self.elsewhere / "served"
        (self.folder / "docs").mkdir(parents=True)
        (self.folder / "readme.txt").write_text("Hello\n")
        (self.folder / "docs" / "large.bin").write_bytes(bytes(range(256)) * 10_000)
        (self.elsewhere / "secret.txt").write_text("the secret\n")

    def serving(self, *options, folder=None):
        where = [] if folder == () else [folder or self.folder]
        served = Program("zocalo", "serve", *options, *where)
        self.enterContext(served)
        served.wait_for(r"open (http\S+) in a browser; what happens: .*")
        return served

    def get(self, path, fields={}, method="GET", data=None):
        request = urllib.request.Request(HTTP + path, data, fields, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()
