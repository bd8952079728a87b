# SPDX-License-Identifier: MIT
"""Every rule of ./dev check catches what it is there to catch, and lets good code pass."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from house import compiler_rules, include_rules, text_rules  # noqa: E402
from house.cache import Cache  # noqa: E402
from house.project import Project  # noqa: E402

SPDX = "// SPDX-License-Identifier: MIT\n"
GOOD_HEADER = (SPDX + "#pragma once\n\nnamespace zocalo {\n\nint twice(int x);\n\n"
               "}  // namespace zocalo\n")
GOOD_SOURCE = (SPDX + '#include "zocalo/core/good.hpp"\n\nnamespace zocalo {\n\n'
               "int twice(int x) {\n    return 2 * x;\n}\n\n}  // namespace zocalo\n")
GOOD = {"include/zocalo/core/good.hpp": GOOD_HEADER, "src/core/good.cpp": GOOD_SOURCE}
CONFIGURATION = (".clang-format", ".clang-tidy", "tests/.clang-tidy",
                 "tools/house/banned_calls.hpp")


class Rules(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="zocalo-check-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name in CONFIGURATION:
            self.write(name, (ROOT / name).read_text())
        subprocess.run(["git", "init", "-q"], cwd=self.root, check=True)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def found(self, rule, files):
        """The findings of a rule in a project of the good files and these, as "path:line: text"."""
        for name, text in {**GOOD, **files}.items():
            self.write(name, text)
        project = Project(self.root)
        compiled = rule in compiler_rules.RULES
        extra = (Cache(project, self.root / ".cache"),) if compiled else ()
        findings = [str(finding) for finding in rule(project, *extra)]
        if compiled:  # a second run remembers what passed and nothing else
            again = [str(finding) for finding in rule(Project(self.root), *extra)]
            self.assertEqual(findings, again)
        return findings

    def assert_caught(self, rule, files, *parts):
        """The good files alone pass; with `files` there is one finding that has all `parts`."""
        self.assertEqual(self.found(rule, {}), [])
        findings = self.found(rule, files)
        self.assertEqual(len(findings), 1, findings)
        for part in parts:
            self.assertIn(part, findings[0])


class TextRules(Rules):
    def test_width(self):
        self.assert_caught(text_rules.line_width, {"src/core/a.cpp": SPDX + "x" * 101 + "\n"},
                           "src/core/a.cpp:2:", "101 columns")

    def test_file_length(self):
        self.assert_caught(text_rules.file_length, {"tools/a.py": "pass\n" * 401}, "401 lines")

    def test_functions_of_scripts(self):
        python = "def long():\n" + "    pass\n" * 61
        shell = "long() {\n" + "    :\n" * 61 + "}\n"
        self.assert_caught(text_rules.script_function_length, {"tools/a.py": python}, "long()")
        self.write("tools/a.py", "")
        self.assert_caught(text_rules.script_function_length, {"dev": shell, "tools/a.py": ""},
                           "dev:1:", "long()")

    def test_licence(self):
        self.assert_caught(text_rules.licence, {"cmake/a.cmake": "set(a b)\n"}, "SPDX")

    def test_open_work(self):
        mark = "TO" + "DO"
        fine = {"src/core/b.cpp": f"// {mark}(perf): faster\n"}
        self.assertEqual(self.found(text_rules.open_work, fine), [])
        for bad in (f"{mark}(now): this", f"{mark}: this", "FIX" + "ME", "XX" + "X later"):
            with self.subTest(bad):
                self.assertEqual(len(self.found(text_rules.open_work, {"a.cpp": bad})), 1)

    def test_guard(self):
        self.assert_caught(text_rules.headers_guarded, {"src/core/a.hpp": SPDX + "int a();\n"},
                           "#pragma once")

    def test_merges(self):
        self.assert_caught(text_rules.merges_finished,
                           {"docs/a.md": "a\n" + "<" * 7 + " HEAD\nb\n=======\nc\n"}, "docs/a.md:2")


class IncludeRules(Rules):
    def test_direction(self):
        rule = include_rules.include_direction
        self.assert_caught(rule, {"src/core/a.cpp": '#include "zocalo/net/socket.hpp"\n'},
                           "core must not include net")
        self.assertEqual(self.found(rule, {
            "src/core/a.cpp": '#include "sys/file.hpp"\n',
            "src/net/a.cpp": '// #include "zocalo/http/client.hpp"\n#include "core/hash.hpp"\n',
            "src/sys/a.cpp": '#include "zocalo/core/deadline.hpp"\n'}), [])

    def test_protocols_do_not_see_each_other(self):
        rule = include_rules.include_direction
        self.assert_caught(rule, {"include/zocalo/ftp/a.hpp": '#include "zocalo/smtp/types.hpp"\n'},
                           "ftp must not include smtp")

    def test_the_cellar_sees_values_only(self):
        self.assert_caught(include_rules.include_direction,
                           {"src/sys/a.hpp": '#include "core/hash.hpp"\n'}, "public values")

    def test_new_rooms_need_a_place(self):
        self.assert_caught(include_rules.include_direction, {"src/attic/a.cpp": ""}, "attic")

    def test_private_headers(self):
        self.assert_caught(include_rules.private_headers,
                           {"src/http/a.cpp": '#include "net/operate.hpp"\n'}, "private to net")

    def test_purity(self):
        for name in ("<sys/socket.h>", "<fmt/core.h>", '"net/fail.hpp"'):
            with self.subTest(name):
                self.assert_caught(include_rules.public_headers_are_pure,
                                   {"include/zocalo/net/a.hpp": f"#include {name}\n"}, name[1:-1])
                self.write("include/zocalo/net/a.hpp", "")
                GOOD.setdefault("include/zocalo/net/a.hpp", "")
        GOOD.pop("include/zocalo/net/a.hpp")

    def test_outsiders(self):
        rule = include_rules.outsiders_use_public_headers
        self.assert_caught(rule, {"examples/a.cpp": "#include <sys/socket.h>\n"}, "sys/socket.h")
        fine = {"examples/a.cpp": "#include <vector>\n#include <nlohmann/json.hpp>\n",
                "apps/zocalo/b.cpp": '#include "b.hpp"\n#include <CLI/CLI.hpp>\n',
                "apps/zocalo/b.hpp": GOOD_HEADER}
        self.assertEqual(self.found(rule, fine), [])

    def test_tests_stay_outside(self):
        self.assert_caught(include_rules.tests_stay_outside,
                           {"tests/net/a_test.cpp": '#include "net/fail.hpp"\n'},
                           "no public header")


class CompilerRules(Rules):
    def test_layout(self):
        self.assert_caught(compiler_rules.layout,
                           {"src/core/a.cpp": SPDX + "int   a();\nint b();\n"}, "src/core/a.cpp:2:")

    def test_headers_stand_alone(self):
        bad = GOOD_HEADER.replace("int twice(int x);", "std::size_t size();")
        findings = self.found(compiler_rules.headers_stand_alone,
                              {"include/zocalo/core/a.hpp": bad})
        self.assertTrue(all("a.hpp:6:" in finding for finding in findings), findings)
        self.assertTrue(findings)

    def test_headers_in_gnu_mode(self):
        """`unix` is a macro there."""
        bad = GOOD_HEADER.replace("int twice(int x);", "enum class family { unix };")
        self.assertTrue(self.found(compiler_rules.headers_stand_alone,
                                   {"include/zocalo/core/a.hpp": bad}))

    def test_budget(self):
        heavy = GOOD_HEADER + "int f();\n" * (compiler_rules.HEADER_BUDGET + 1)
        self.assert_caught(compiler_rules.header_budget, {"include/zocalo/core/a.hpp": heavy},
                           "over the standard headers")

    def test_system_calls(self):
        calls = {"::send(1, &c, 1, 0);": "send", "close(1);": "close", "auto* f = &read;": "read",
                 "errno = 0;": "errno"}
        for call, name in calls.items():
            source = (SPDX + "#include <sys/socket.h>\n#include <unistd.h>\n#include <cerrno>\n"
                      "namespace zocalo {\nvoid f() {\n    char c = 0;\n    " + call + "\n}\n}\n")
            with self.subTest(call):
                self.write("src/net/a.cpp", SPDX)
                findings = self.found(compiler_rules.system_calls_in_the_cellar,
                                      {"src/net/a.cpp": source, "src/sys/a.cpp": source})
                self.assertEqual(len(findings), 1, findings)
                self.assertIn("src/net/a.cpp:8:", findings[0])
                self.assertIn(name, findings[0])

    def test_members_may_be_named_as_calls(self):
        source = SPDX + "struct socket {\n    void send();\n    void f() { send(); }\n};\n"
        self.assertEqual(self.found(compiler_rules.system_calls_in_the_cellar,
                                    {"src/net/a.cpp": source}), [])

    def test_tidy_names(self):
        bad = GOOD_SOURCE.replace("return 2 * x;", "const int TwiceX = 2 * x;\n    return TwiceX;")
        self.assert_caught(compiler_rules.tidy, {"src/core/good.cpp": bad}, "TwiceX")

    def test_tidy_length_of_functions(self):
        bad = GOOD_SOURCE.replace("return 2 * x;", "++x;\n" * 61 + "return x;")
        self.assert_caught(compiler_rules.tidy, {"src/core/good.cpp": bad}, "function-size")

    def test_a_change_in_a_header_is_seen(self):
        self.assertEqual(self.found(compiler_rules.tidy, {}), [])
        bad = GOOD_HEADER.replace("int twice(int x);", "int twice(int x);\nint ThreeTimes(int x);")
        self.assertTrue(self.found(compiler_rules.tidy, {"include/zocalo/core/good.hpp": bad}))


if __name__ == "__main__":
    unittest.main()
