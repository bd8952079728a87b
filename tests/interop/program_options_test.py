# SPDX-License-Identifier: MIT
"""A value that an option cannot have: the message names the option, the value and what is wrong."""

import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import PATIENCE, enter_own_network, main, program

# What a folder with the file "junk" and the folder "site" does not let them have.
BAD = {
    "serve site -p 0 --gopher no --clients no": [
        ("--listen", "nonsense"), ("--socket-mode", "9"), ("--cert", "junk"), ("--cert", "nofile"),
        ("--proxy-protocol", "300.1"),
        ("--longest-upload", "abc"), ("--passwords", "nofile"), ("--passwords", "junk"),
        ("--user", "nobodyx"), ("--allow-origin", "x"), ("--server-name", "http://x"),
        ("--status-for", "1.2.3.4/99"), ("--request-rate", "abc"), ("--proxy-pass", "abc"),
        ("--proxy-pass", "/a=ftp://x"), ("--cgi", "nofolder"), ("--config", "nofile"),
        ("--log", "/nonexist/l"), ("--log", "site"), ("--threads", "abc"),
        ("--max-conns", "0"), ("--per-address", "abc"), ("--idle", "abc"), ("--drain", "-1")],
    "serve site": [("--http", "abc"), ("--http", "99999"), ("--gopher", "x"), ("--clients", "-")],
    "listen 127.0.0.1 0": [
        ("--output", "/nonexist/x"), ("--wait", "abc"), ("--idle-timeout", "abc"), ("-q", "abc"),
        ("--max-time", "x"), ("--max-conns", "abc"), ("--allow", "300.1"),
        ("--deny", "1.2.3.4/99"), ("--proxy-protocol", "x/y"), ("--ssl --ssl-cert", "nofile"),
        ("--ssl --cert", "junk"), ("--ws --origin", "x"), ("--ws --subprotocol", "a@b"),
        ("--ws --ping", "abc")],
    "connect 127.0.0.1 9": [
        ("--output", "/nonexist/x"), ("--connect-report", "foo"), ("--source-port", "99999"),
        ("--wait", "abc"), ("--idle-timeout", "x"), ("-q", "-1"), ("--ssl --ssl-cert", "nofile"),
        ("--ssl --cert", "junk"), ("--ssl --cacert", "junk"), ("--ssl --cacert", "nofile"),
        ("--ssl --pinnedpubkey", "x"), ("--proxy", "nonsense://x"), ("--proxy-type", "foo"),
        ("--resolve", "abc"), ("--resolve", "a:b:c"), ("--connect-to", "abc")],
    "resolve localhost": [
        ("--type", "foo"), ("--server", "nohost"), ("--tls-server", "x"), ("--max-time", "x"),
        ("--resolve", "abc")],
    "rpc http://127.0.0.1:9/ m": [
        ("--header", "abc"), ("--netrc-file", "nofile"), ("--cookie", "junk"),
        ("--max-redirs", "abc"), ("--connect-timeout", "x"), ("--max-time", "x"),
        ("--proxy", "nonsense://x"), ("--cacert", "nofile"), ("--cert", "junk"),
        ("--resolve", "x"), ("--tls-max", "1.1"), ("--pinnedpubkey", "x")],
}


def setUpModule():
    enter_own_network()


class bad_values(unittest.TestCase):
    def setUp(self):
        self.here = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.here / "junk").write_text("junk\n")
        (self.here / "site").mkdir()

    def test_are_told_with_their_option(self):
        for command, options in BAD.items():
            for option, value in options:
                with self.subTest(command, option=option, value=value):
                    words = [*command.split(), *option.split()]
                    words += [f"{words.pop()}={value}"] if words[-1].startswith("--") else [value]
                    done = subprocess.run([program("zocalo"), *words], cwd=self.here,
                                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                          timeout=PATIENCE)
                    self.assertIn(done.returncode, (1, 2, 3, 7))
                    told = done.stderr.splitlines()[0]
                    name = option.split()[-1].replace("--ssl-cert", "--cert")
                    name = name.replace("--header", "-H")
                    self.assertRegex(told, re.escape(name) + r"\b")
                    self.assertIn(value, done.stderr)
                    self.assertNotIn("filesystem error", told)


if __name__ == "__main__":
    main()
