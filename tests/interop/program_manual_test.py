# SPDX-License-Identifier: MIT
"""Help texts, man pages and completions, as man, groff, bash and zsh see them."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import cannot_run, main, program

ROOT = Path(__file__).resolve().parents[2]


def zocalo(*arguments):
    return subprocess.run([program("zocalo"), *arguments], capture_output=True, text=True,
                          timeout=20, check=True).stdout


def commands():
    """The names of the subcommands, from --help."""
    listed = zocalo("--help").split("Subcommands:\n")[1].split("\n\n")[0]
    return re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE)


def variables_in_sources():
    """The environment variables that our own code asks for by their names."""
    asks = re.compile(r'\b(?:getenv|variable|number_from|proxy_from)\([^;]*?\);', re.DOTALL)
    names = set()
    for folder in ("src", "apps"):
        for path in (ROOT / folder).rglob("*.[ch]pp"):
            for call in asks.findall(path.read_text()):
                names |= set(re.findall(r'"([A-Za-z]+(?:_[A-Za-z]+)*)"', call))
    return names


def need(name):
    if not shutil.which(name):
        cannot_run(f"no {name}")


class manual(unittest.TestCase):
    def test_groff_has_nothing_to_say_about_any_page(self):
        need("groff")
        with tempfile.TemporaryDirectory() as folder:
            zocalo("man", "--all", folder)
            pages = sorted(Path(folder).glob("*.1"))
            self.assertLessEqual({"zocalo"} | {f"zocalo-{name}" for name in commands()},
                                 {page.stem for page in pages})
            for page in pages:
                with self.subTest(page.name):
                    done = subprocess.run(["groff", "-ww", "-man", "-z", "-Tutf8", page],
                                          capture_output=True, text=True, timeout=20)
                    self.assertEqual((done.stderr, done.returncode), ("", 0))

    def test_man_reads_a_page_that_says_what_help_says(self):
        need("man")
        with tempfile.NamedTemporaryFile("w", suffix=".1") as page:
            page.write(zocalo("man", "connect"))
            page.flush()
            done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", page.name],
                                  capture_output=True, text=True, timeout=20,
                                  env={"PATH": "/usr/bin:/bin", "MANWIDTH": "100"})
        self.assertEqual(done.stderr, "")
        options = set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", zocalo("connect", "--help")))
        self.assertIn("--recv-only", options)
        for option in options:
            self.assertIn(option, done.stdout)

    def test_every_variable_that_is_read_is_on_a_page(self):
        read = variables_in_sources()
        self.assertLessEqual({"SSLKEYLOGFILE", "NETRC", "https_proxy", "LISTEN_FDS"}, read)
        for_tests = {"ZOCALO_URING", "ZOCALO_SEED", "ZOCALO_SEEDS"}
        general = zocalo("--help")
        pages = general + "".join(zocalo(name, "--help") for name in commands())
        for name in read - for_tests - {"HOME", "TERM"}:
            self.assertRegex(pages, rf"(?i)\n  (.*, )?{name}\b", name)
        for name in ("ZOCALO_BACKEND", "ZOCALO_CORE_FILES"):
            self.assertIn("Environment:\n", general)
            self.assertIn(f"\n  {name}\n", general)
            self.assertIn(f"\n\\fB{name}\\fR\n", zocalo("man", "interfaces"))
        self.assertIn("\n\\fBSSLKEYLOGFILE\\fR\n", zocalo("man", "get"))
        self.assertNotIn("SSLKEYLOGFILE", zocalo("man", "interfaces"))
        self.assertNotIn(".SH EXAMPLES\n.TP\n\\fBSSLKEYLOGFILE", zocalo("man", "get"))

    def test_help_of_each_subcommand_has_examples(self):
        for name in commands():
            with self.subTest(name):
                self.assertIn("Examples:\n  zocalo " + name, zocalo(name, "--help"))


class completion(unittest.TestCase):
    def complete(self, *words):
        """What bash offers for the last of the words."""
        line = " ".join(f"'{word}'" for word in words)
        script = (f'eval "$({program("zocalo")} completion bash)"; COMP_WORDS=({line}); '
                  f"COMP_CWORD={len(words) - 1}; _zocalo; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=20)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_bash_offers_subcommands_and_their_options(self):
        self.assertEqual(self.complete("zocalo", "conn"), ["connect"])
        self.assertIn("listen", self.complete("zocalo", ""))
        self.assertEqual(self.complete("zocalo", "connect", "--recv"), ["--recv-only"])
        self.assertIn("--keep-open", self.complete("zocalo", "listen", "-v", "--"))
        self.assertNotIn("--keep-open", self.complete("zocalo", "connect", "--"))

    def test_bash_offers_files_after_an_option_that_takes_one(self):
        with tempfile.NamedTemporaryFile(prefix="zocalo-completion") as file:
            self.assertEqual(self.complete("zocalo", "connect", "--output", file.name[:-1]),
                             [file.name])

    def test_zsh_accepts_its_script(self):
        need("zsh")
        with tempfile.NamedTemporaryFile("w", suffix=".zsh") as script:
            script.write(zocalo("completion", "zsh"))
            script.flush()
            done = subprocess.run(["zsh", "-n", script.name], capture_output=True, text=True,
                                  timeout=20)
        self.assertEqual((done.stderr, done.returncode), ("", 0))


if __name__ == "__main__":
    main()
