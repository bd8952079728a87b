# SPDX-License-Identifier: MIT
"""Rules that need no compiler: width, length, licence, open work."""

import ast
import re

from .project import Finding

LINE_LIMIT = 100
FILE_LIMIT = 400
FUNCTION_LIMIT = 60  # clang-tidy holds the C++ functions to the same number

CODE = (".hpp", ".cpp", ".cmake", "CMakeLists.txt", ".py", ".sh", "dev", ".ci/run")
LICENSED = CODE + (".in",)


def line_width(project):
    """No line of code is wider than 100 columns."""
    for path in project.select(*CODE):
        for number, line in project.lines(path):
            if len(line) > LINE_LIMIT:
                yield Finding(path, number, f"{len(line)} columns, of {LINE_LIMIT}")


def file_length(project):
    """No file of code is longer than 400 lines."""
    for path in project.select(*CODE):
        length = len(project.text(path).splitlines())
        if length > FILE_LIMIT:
            yield Finding(path, length, f"{length} lines, of {FILE_LIMIT}")


def _shell_functions(text):
    """Yields (line, name, length) of each function of a shell script."""
    for match in re.finditer(r"^(\w+)\(\) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL):
        yield text.count("\n", 0, match.start()) + 1, match[1], match[2].count("\n")


def _python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.name, node.end_lineno - node.lineno


def script_function_length(project):
    """No function of a script is longer than 60 lines."""
    for path in project.select(".py", ".sh", "dev", ".ci/run"):
        find = _python_functions if path.endswith(".py") else _shell_functions
        for line, name, length in find(project.text(path)):
            if length > FUNCTION_LIMIT:
                yield Finding(path, line, f"{name}(): {length} lines, of {FUNCTION_LIMIT}")


def licence(project):
    """Every file of code says in its first three lines that it is under the MIT licence."""
    for path in project.select(*LICENSED):
        head = project.text(path).splitlines()[:3]
        if not any("SPDX-License-Identifier: MIT" in line for line in head):
            yield Finding(path, 1, "no line SPDX-License-Identifier: MIT")


TODO_KINDS = ("soon", "someday", "perf", "security", "test", "docs")
MARKS = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X"))


def open_work(project):
    """What is left to do is marked with its kind, and nothing that must be done now is left."""
    for path in project.select(*CODE):
        for number, line in project.lines(path):
            mark = re.search(rf"\b({MARKS})\b(?:\((\w*)\))?", line)
            if mark and (not mark[1].startswith("TO") or mark[2] not in TODO_KINDS):
                yield Finding(path, number,
                              f"{mark[0]}: write {MARKS[:4]}(kind), one of {', '.join(TODO_KINDS)}")


def headers_guarded(project):
    """Every header is guarded by #pragma once."""
    for path in project.select(".hpp"):
        if "\n#pragma once\n" not in project.text(path):
            yield Finding(path, 1, "no #pragma once")


def merges_finished(project):
    """No file, prose neither, has the marks that version control leaves where two changes meet."""
    for path in project.select(*CODE, ".md", ".txt", ".json", ".css", ".js", ".html"):
        for number, line in project.lines(path):
            if re.match(r"<{7} |>{7} |\|{7} ", line):
                yield Finding(path, number, "two changes meet here; keep what is right of both")


RULES = (line_width, file_length, script_function_length, licence, open_work, headers_guarded,
         merges_finished)
