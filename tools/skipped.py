# SPDX-License-Identifier: MIT
"""Lists the tests that ctest could not run, and why, from its JUnit report."""

import re
import sys
import xml.etree.ElementTree as xml


def reasons(output):
    """What GoogleTest and unittest print about a test that was skipped."""
    found = re.findall(r"cannot run: (.*)", output)
    found += re.findall(r"^(\S+ \(.*?\)).* \.\.\. skipped ['\"](.*)['\"]$", output, re.MULTILINE)
    return [text if isinstance(text, str) else ": ".join(text) for text in found]


def skipped(report):
    """Yields (name, reasons) of each test that the report calls skipped."""
    for case in xml.parse(report).getroot().iter("testcase"):
        if case.find("skipped") is None:
            continue
        output = case.findtext("system-out") or ""
        yield case.get("name"), reasons(output) or [case.find("skipped").get("message") or "?"]


def main(report):
    tests = list(skipped(report))
    if not tests:
        print("Nothing was skipped.")
        return
    print(f"{len(tests)} skipped:")
    for name, why in tests:
        for reason in dict.fromkeys(why):
            print(f"  {name}: {reason}")


if __name__ == "__main__":
    main(sys.argv[1])
