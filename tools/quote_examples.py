#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Copies the examples into the pages that quote them, so that what is read is what is compiled.

    tools/quote_examples.py            brings every page up to date
    tools/quote_examples.py --check    says which pages are not, and fails then

A page quotes a file between two comments; what stands between them is replaced:

    <!-- quote examples/greeting_server.cpp -->
    <!-- end of quote -->
"""

import argparse
import difflib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUOTE = re.compile(r"(<!-- quote (\S+) -->\n).*?(<!-- end of quote -->)", re.DOTALL)
LANGUAGES = {".cpp": "cpp", ".hpp": "cpp", ".py": "python"}


def pages():
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def quotation(path):
    """The file as a block of Markdown, without the licence line."""
    text = (ROOT / path).read_text()
    text = re.sub(r"\A(#!.*\n)?(//|#) SPDX-License-Identifier: .*\n", "", text)
    return f"```{LANGUAGES[Path(path).suffix]}\n{text.strip()}\n```\n"


def up_to_date(page_text):
    return QUOTE.sub(lambda quote: quote[1] + quotation(quote[2]) + quote[3], page_text)


def main():
    arguments = argparse.ArgumentParser(description="copies the examples into the pages")
    arguments.add_argument("--check", action="store_true", help="only say which pages are old")
    check = arguments.parse_args().check
    old = 0
    for page in pages():
        before = page.read_text()
        after = up_to_date(before)
        if before == after:
            continue
        old += 1
        name = str(page.relative_to(ROOT))
        if check:
            sys.stdout.writelines(difflib.unified_diff(
                before.splitlines(True), after.splitlines(True), name, name + " (up to date)"))
        else:
            page.write_text(after)
            print("brought up to date:", name)
    if check and old:
        sys.exit("these pages quote old code; run tools/quote_examples.py")


if __name__ == "__main__":
    main()
