# SPDX-License-Identifier: MIT
"""Holds the rules of the house; see CONTRIBUTING.md. There is no list of exceptions."""

import argparse
import sys
import time
from pathlib import Path

from house import compiler_rules, include_rules, text_rules
from house.cache import Cache
from house.project import Project


def options(arguments):
    names = [rule.__name__ for rule in
             text_rules.RULES + include_rules.RULES + compiler_rules.RULES]
    parser = argparse.ArgumentParser(prog="./dev check", description=__doc__)
    parser.add_argument("--all", action="store_true", help="forget what passed before")
    parser.add_argument("--root", default=Path(__file__).resolve().parent.parent, type=Path,
                        help="the project to check (this one)")
    parser.add_argument("--skip", action="append", default=[], metavar="RULE", choices=names,
                        help="all but this one")
    parser.add_argument("--record", action="store_true",
                        help="write down what the slow rules have passed, for other machines")
    parser.add_argument("rules", nargs="*", metavar="RULE", choices=[[], *names],
                        help="only these: " + ", ".join(names))
    return parser.parse_args(arguments)


def check(rule, *arguments):
    """Runs one rule, prints what it found, and returns how much that was."""
    begin = time.monotonic()
    found = list(rule(*arguments))
    for finding in found:
        print(finding)
    verdict = f"{len(found)} found" if found else "ok"
    name = rule.__name__.replace("_", " ")
    print(f"{name:32} {verdict} ({time.monotonic() - begin:.1f} s)", flush=True)
    return len(found)


def main(arguments):
    wanted = options(arguments)
    project = Project(wanted.root.resolve())
    cache = Cache(project, project.root / ".cache" / "check")
    if wanted.all:
        cache.forget()
    count = 0
    for rules, extra in ((text_rules.RULES, ()), (include_rules.RULES, ()),
                         (compiler_rules.RULES, (cache,))):
        for rule in rules:
            if rule.__name__ in wanted.skip:
                continue
            if not wanted.rules or rule.__name__ in wanted.rules:
                count += check(rule, project, *extra)
    if wanted.record:
        print(compiler_rules.record(project, cache))
    if count:
        print(f"\n{count} faults")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
