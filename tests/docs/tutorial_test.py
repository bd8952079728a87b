# SPDX-License-Identifier: MIT
"""The tutorial held against the house: it quotes today's code, each example, and no dead links."""

import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial"


class tutorial(unittest.TestCase):
    def test_quotes_the_code_that_is_compiled(self):
        tool = ROOT / "tools" / "quote_examples.py"
        done = subprocess.run([sys.executable, "-B", tool, "--check"], capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_has_every_example(self):
        quoted = set()
        for page in (ROOT / "docs").glob("**/*.md"):
            quoted |= set(re.findall(r"<!-- quote (\S+) -->", page.read_text()))
        examples = {f"examples/{path.name}" for path in ROOT.glob("examples/*.cpp")}
        self.assertEqual(examples - quoted, set(), "no page quotes these")

    def test_examples_are_short(self):
        for path in ROOT.glob("examples/*.cpp"):
            self.assertLessEqual(len(path.read_text().splitlines()), 60, path.name)

    def test_links_lead_somewhere(self):
        for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
            prose = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
            for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose):
                if "://" not in target:
                    self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")


if __name__ == "__main__":
    unittest.main()
