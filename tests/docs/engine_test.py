# SPDX-License-Identifier: MIT
"""docs/engine.md: each program that it quotes prints what stands below it, on each backend."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("ZOCALO_BUILD", ROOT / "build"))
QUOTED = re.compile(r"<!-- quote examples/(\w+)\.cpp -->.*?<!-- end of quote -->\n\n"
                    r"```text\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PATIENCE = 60  # seconds


def programs():
    """Yields (name, what it prints) of each program of the page."""
    yield from QUOTED.findall((ROOT / "docs" / "engine.md").read_text())


class engine(unittest.TestCase):
    def test_every_program_of_the_page_is_run(self):
        ours = {path.stem for path in ROOT.glob("examples/engine_*.cpp")}
        self.assertEqual({name for name, _ in programs()}, ours)
        self.assertGreater(len(ours), 5)

    def test_programs_print_what_the_page_says(self):
        for backend in ("poll", "epoll", "uring"):
            for name, printed in programs():
                with self.subTest(name, backend=backend), tempfile.TemporaryDirectory() as folder:
                    done = subprocess.run([BUILD / "examples" / name], cwd=folder, text=True,
                                          capture_output=True, timeout=PATIENCE, check=False,
                                          env={**os.environ, "ZOCALO_BACKEND": backend})
                    self.assertEqual((done.stdout, done.stderr, done.returncode), (printed, "", 0))


if __name__ == "__main__":
    unittest.main()
