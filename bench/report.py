# SPDX-License-Identifier: MIT
"""What the benchmarks share: tables, the line about the machine, and docs/performance.md."""

import os
import platform
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"


def table(heads, rows):
    """A table in Markdown that reads well as plain text; all columns but the first are numbers."""
    widths = [max(len(str(row[i])) for row in [heads, *rows]) for i in range(len(heads))]

    def line(row):
        cells = [str(row[0]).ljust(widths[0])]
        cells += [str(cell).rjust(width) for cell, width in zip(row[1:], widths[1:])]
        return "| " + " | ".join(cells) + " |"

    rule = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    return "\n".join([line(heads), "| " + " | ".join(rule) + " |", *map(line, rows)])


def machine():
    """The machine, the kernel and the compiler, in a line."""
    names = re.findall(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    compiler = subprocess.run(["g++", "-dumpfullversion"], check=True, capture_output=True,
                              text=True).stdout.strip()
    return (f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores; "
            f"Linux {platform.release()}; GCC {compiler} -O2; Python {platform.python_version()}")


def write(name, text):
    """Puts `text` between the marks of that name in the page, and leaves the rest as it is."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    page = PAGE.read_text()
    if begin not in page or end not in page:
        raise SystemExit(f"{PAGE} has no marks for {name}")
    head, rest = page.split(begin, 1)
    _, tail = rest.split(end, 1)
    PAGE.write_text(f"{head}{begin}\n{text}\n{end}{tail}")
