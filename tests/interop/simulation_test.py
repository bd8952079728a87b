# SPDX-License-Identifier: MIT
"""The example of docs/simulation.md: wrong in the world that the page shows, and mended in all."""

import os
import re
import subprocess
import unittest
from pathlib import Path

from support import PATIENCE, main, program

PAGE = Path(__file__).resolve().parents[2] / "docs" / "simulation.md"


def run(*arguments, **variables):
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("ZOCALO_SEED")}
    return subprocess.run([program("examples/retrying_client"), *arguments], capture_output=True,
                          text=True, timeout=PATIENCE, env={**environment, **variables})


class retrying_client(unittest.TestCase):
    def test_page_shows_what_it_says(self):
        shown = re.search(r"^\$ build/examples/retrying_client\n(.*?)^```$", PAGE.read_text(),
                          re.DOTALL | re.MULTILINE)[1]
        done = run()
        self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", shown))

    def test_seed_that_failed_can_be_replayed_alone(self):
        found = run().stderr
        seed = re.search(r"ZOCALO_SEED=(\d+)", found)[1]
        self.assertEqual(run(ZOCALO_SEED=seed).stderr, found)
        self.assertEqual(run(ZOCALO_SEED="1").returncode, 0)

    def test_mended_one_fails_nowhere(self):
        done = run("same")
        self.assertEqual((done.returncode, done.stdout), (0, "paid once in every one of them\n"))


if __name__ == "__main__":
    main()
