# SPDX-License-Identifier: MIT
"""Rules that a compiler or one of its tools holds."""

import re
import subprocess

from .include_rules import STANDARD
from .project import Finding, includes

# What cmake/ and apps/ give to the compiler, so that no build has to come first.
FLAGS = ("-std=c++20", "-Iinclude", "-Isrc", "-Itests", "-Iapps/zocalo", '-DZOCALO_VERSION="0"')
# Lines of our own that a public header may bring to whoever includes it, over the standard headers;
# the first header of a protocol brings all of it, and HTTP's is the largest.
HEADER_BUDGET = 4600

# What the slow rules have passed, by the hash of everything that each command read: without it they
# take a quarter of an hour on a new clone. `./dev check --record` writes it.
RECORD = "tools/passed.txt"

DIAGNOSTIC = re.compile(
    r"^(?P<path>[^:\n]+):(?P<line>\d+):\d+: (?:warning|error|fatal error): (?P<text>.*)$",
    re.MULTILINE)


def _diagnostics(project, output):
    """The findings in the output of a compiler, each once, with paths from the root."""
    found = {}
    for match in DIAGNOSTIC.finditer(output):
        path = match["path"].removeprefix(f"{project.root}/")
        found[Finding(path, int(match["line"]), match["text"])] = None
    return list(found)


def _judge_by_exit_code(project, path):
    def judge(code, output):
        if code == 0:
            return []
        return (_diagnostics(project, output) or
                [Finding(path, 1, output.strip() or f"exit {code}")])
    return judge


def layout(project, cache):
    """clang-format 19 would change nothing."""
    yield from cache.run(
        (path, ("clang-format-19", "--dry-run", "-Werror", path),
         _judge_by_exit_code(project, path))
        for path in project.cpp())


def _tidy_jobs(project):
    return [(path, ("clang-tidy-19", "--quiet", path, "--", *FLAGS),
             _judge_by_exit_code(project, path))
            for path in project.select(".cpp", under=("src/", "examples/", "fuzz/"))]


def _header_jobs(project):
    warnings = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror")
    return [(path, (compiler, "-fsyntax-only", f"-std={mode}", "-Iinclude", *warnings, "-x", "c++",
                    "-include", path, "/dev/null"), _judge_by_exit_code(project, path))
            for path in project.public_headers()
            for compiler, mode in (("g++", "c++20"), ("clang++-19", "gnu++20"))]


def _system_call_jobs(project):
    def judge(code, output):
        if code != 0:
            return _diagnostics(project, output) or [Finding("?", 1, output)]
        return [Finding(path, line, text.split("is deprecated")[0] + "is for src/sys/ only")
                for path, line, text in _diagnostics(project, output)
                if not path.startswith(("/", "src/sys/"))]
    command = ("clang++-19", "-fsyntax-only", "-Wno-everything", "-Wdeprecated-declarations",
               *FLAGS, "-include", "tools/house/banned_calls.hpp")
    return [(path, (*command, path), judge)
            for path in project.select(".cpp", under=("src/", "apps/", "examples/"))]


def _run(project, cache, jobs):
    known = project.root / RECORD
    lines = known.read_text().splitlines() if known.exists() else []
    yield from dict.fromkeys(cache.run(jobs, frozenset(line.split()[1] for line in lines)))


def record(project, cache):
    """Writes down what the slow rules have passed, and says how much that is."""
    jobs = _tidy_jobs(project) + _header_jobs(project) + _system_call_jobs(project)
    passed = sorted(cache.passes(jobs))
    (project.root / RECORD).write_text("".join(f"{path} {key}\n" for path, key in passed))
    return f"{len(passed)} of {len(jobs)} recorded in {RECORD}"


def tidy(project, cache):
    """clang-tidy 19 is silent about the library, its examples and its fuzz targets.

    The program and the tests are left to both compilers' warnings: the headers of CLI11,
    nlohmann-json and GoogleTest cost clang-tidy half a minute a file, and nobody would wait for
    that before a commit.
    """
    yield from _run(project, cache, _tidy_jobs(project))


def headers_stand_alone(project, cache):
    """A public header compiles alone: with GCC in strict mode, with Clang in GNU mode."""
    yield from _run(project, cache, _header_jobs(project))


def system_calls_in_the_cellar(project, cache):
    """Only src/sys/ makes system calls and reads errno, in whatever spelling."""
    yield from _run(project, cache, _system_call_jobs(project))


def _standard_headers(project, path):
    """The standard headers that a public header includes, directly or through ours."""
    found, seen, todo = set(), set(), [path]
    while todo:
        current = todo.pop()
        if current in seen or not (project.root / current).is_file():
            continue
        seen.add(current)
        for _, quoted, name in includes(project.text(current)):
            if quoted:
                todo.append(f"include/{name}")
            elif name in STANDARD:
                found.add(name)
    return sorted(found)


def _preprocessed_lines(project, text):
    done = subprocess.run(("g++", "-std=c++20", "-Iinclude", "-E", "-P", "-x", "c++", "-"),
                          cwd=project.root, input=text, capture_output=True, text=True, check=True)
    return done.stdout.count("\n")


def header_weight(project, path):
    """(lines, lines over the standard headers) of a public header after the preprocessor."""
    standard = "".join(f"#include <{name}>\n" for name in _standard_headers(project, path))
    whole = _preprocessed_lines(project, f'#include "{path.removeprefix("include/")}"\n')
    return whole, whole - _preprocessed_lines(project, standard)


def header_budget(project, cache):
    """A public header brings few lines beside the standard headers that it needs."""
    del cache  # a quarter of a second each, for the headers that nobody includes
    included = {f"include/{name}" for path in project.public_headers()
                for _, quoted, name in includes(project.text(path)) if quoted}
    for path in project.public_headers():
        if path in included:
            continue
        _, own = header_weight(project, path)
        if own > HEADER_BUDGET:
            yield Finding(path, 1, f"{own} lines over the standard headers, of {HEADER_BUDGET}")


RULES = (layout, headers_stand_alone, header_budget, system_calls_in_the_cellar, tidy)
