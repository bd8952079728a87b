# SPDX-License-Identifier: MIT
"""What comparisons with rivals share: who is here, rounds in turn, rows, promises, the end."""

import argparse
import statistics
from pathlib import Path

import report

BUILD = report.ROOT / "build" / "bench"
RIVALS = BUILD / "rivals"
RIVALS_HERE = Path(__file__).resolve().parent / "rivals"
PYTHON = "/usr/bin/python3"

_absent = []


def exists(name, command, *needs):
    """Whether the program of a command is there, and what else it needs; who is not is told."""
    program = next(part for part in command if isinstance(part, Path))
    if all(path.exists() for path in (program, *needs)):
        return True
    if name not in _absent:
        _absent.append(name)
    return False


def absent():
    """A paragraph for each rival that was not found so far."""
    return [f"**Absent, so not compared: {name}.** `./dev setup bench` installs it."
            for name in _absent]


def rounds_of(wanted, runs):
    """name → list of results, all in turn in each round."""
    found = {name: [] for name in runs}
    for _ in range(wanted.rounds):
        for name, run in runs.items():
            found[name].append(run())
    return found


def ratio(found, name, rival, column):
    """How the two compare in that column, in the same rounds."""
    if any(base[column] == 0 for base in found[rival]):
        raise SystemExit(f"{rival} has measured nothing in one of {found[rival]}")
    return statistics.median(run[column] / base[column]
                             for run, base in zip(found[name], found[rival]))


def rows_of(cell, found):
    """A row for each program: cost, speed and what else there is, the first two beside the
    program that is the first."""
    rows = []
    first = next(iter(found))
    for name, runs in found.items():
        cost, speed, *late = (statistics.median(column) for column in zip(*runs))
        rows.append((f"{cell}: {name}", f"{cost:.2f}", f"{ratio(found, name, first, 0):.2f}",
                     f"{speed:,.2f}" if speed < 100 else f"{speed:,.0f}",
                     f"{ratio(found, name, first, 1):.2f}",
                     *(f"{figure:,.0f}" for figure in late)))
    return rows


def too_costly(cell, found, promises):
    """What costs more than (cell, program, rival) → limit says, in words."""
    missed = []
    for (where, ours, rival), limit in promises.items():
        if where != cell or ours not in found or rival not in found:
            continue
        is_now = ratio(found, ours, rival, 0)
        if is_now > limit:
            missed.append(f"{cell}: {ours} costs {is_now:.2f} × {rival}; promised: {limit}.")
    return missed


def options(about, cells, rounds, seconds):
    """What every comparison is asked for."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--seconds", type=type(seconds), default=seconds)
    parser.add_argument("--cell", action="append", choices=cells, metavar="CELL",
                        help=f"one of: {'; '.join(cells)}")
    parser.add_argument("--print-only", action="store_true",
                        help="leave docs/performance.md as it is")
    return parser.parse_args()


def end(name, wanted, text, missed):
    """Prints it, puts it into the page unless only a part was asked for; the exit code."""
    print(text)
    if not (wanted.print_only or wanted.cell):
        report.write(name, text)
    for line in missed:
        print(line)
    return 1 if missed else 0
