# SPDX-License-Identifier: MIT
"""The files of the project, and what they include."""

import functools
import re
import subprocess
from pathlib import Path
from typing import NamedTuple


class Finding(NamedTuple):
    path: str
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


class Project:
    """The files below `root`: those that git knows or would add."""

    def __init__(self, root):
        self.root = Path(root)
        listing = subprocess.run(
            ["git", "-c", "safe.directory=*",  # root looks at somebody else's clone in CI
             "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=self.root, check=True, capture_output=True, text=True).stdout
        names = sorted(set(listing.split("\0")) - {""})
        self.paths = [name for name in names if (self.root / name).is_file()]

    def select(self, *suffixes, under=("",)):
        """Paths that end in one of `suffixes` and lie below one of the folders `under`."""
        return [path for path in self.paths
                if path.endswith(suffixes) and path.startswith(tuple(under))]

    def cpp(self, under=("",)):
        return self.select(".hpp", ".cpp", under=under)

    def public_headers(self):
        return self.select(".hpp", under=("include/",))

    @functools.cache
    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8")

    def lines(self, path):
        """Yields (number, line), counted from 1."""
        return enumerate(self.text(path).splitlines(), start=1)


INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def includes(text):
    """Yields (line, quoted, name) of each #include."""
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start(2)) + 1, match.group(1) == '"', match.group(2)
