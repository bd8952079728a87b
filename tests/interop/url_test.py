# SPDX-License-Identifier: MIT
"""URLs as Python's urllib.parse and Node's URL read them, and as we do: thousands of made-up ones.

Where we differ on purpose, the test says why.
"""

import random
import re
import shutil
import unittest
import urllib.parse

from asking import ask
from support import cannot_run, main, program

SEED = 20261121
NODE = r"""
const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter(line => line);
for (const line of lines) {
    const [, text, base] = JSON.parse(line);
    let answer = null;
    try { answer = new URL(text, base).href; } catch (error) {}
    console.log(JSON.stringify(answer));
}
"""


def ours(questions):
    return ask([program("tests/url_probe")], questions)


def pick(chance, *choices):
    return chance.choice(choices)


class made_up:
    """URLs that a grammar of mostly sensible pieces gives, with some noise in them."""

    SCHEMES = ("http", "https", "HTTP", "ws", "ftp", "file", "gopher", "mailto", "data", "x-y.z+1",
               "javascript", "h_p", "1a")
    HOSTS = ("example.org", "EXAMPLE.Org.", "a.b", "127.0.0.1", "127.1", "0x7f.1", "0300.1",
             "2130706433", "4294967296", "1.2.3.4.5", "1.2.3.", "0x", "0x.0x", "08.1", "a.0x1g",
             "foo.0x", "256.1.1.1", "[::1]", "[1:2::3]", "[1:0:0:2:0:0:0:3]", "[::ffff:1.2.3.4]",
             "[::1.2.3.04]", "[1::2::3]", "[v1.x]", "[::1", "", "a b", "a%20b", "%41.com",
             "a%2fb", "a%zz", "a_b", "-a-", "a..b", "localhost", "LOCALHOST", "C:", "C|", "a|b",
             "b\u00fccher.de", "fa\u00df.de", "xn--bcher-kva.de", "a<b", "a^b", "a\x7fb", "h'\"`{}")
    SEGMENTS = ("a", "b;p", ".", "..", "%2e", "%2E.", ".%2e", "...", "", "a b", "\u00e9", "C:",
                "C|", "c|x", "%41", "%", "%zz", "a:b", "@", "<", "`{}", "\"", "'", "^|", "[x]",
                "\x7f", "\\", "\\..")
    TAILS = ("", "", "?", "?q=1", "?a b'c\"", "?\u00e9#f", "#", "#a b`<\">", "?#", "#?#", "??^|")

    def __init__(self, chance):
        self.chance = chance

    def authority(self):
        users = ("", "", "", "u@", "u:p@", ":@", "@", "a b:c@", "u:p@x@", "u;=|:^@", "\u00e9:/@")
        ports = ("", "", "", ":", ":80", ":443", ":0", ":00021", ":65535", ":65536", ":8a", ":-1")
        return (pick(self.chance, *users) + pick(self.chance, *self.HOSTS) +
                pick(self.chance, *ports))

    def path(self):
        count = self.chance.randrange(5)
        slash = pick(self.chance, "/", "/", "/", "\\")
        return slash.join(pick(self.chance, *self.SEGMENTS) for _ in range(count))

    def noise(self, text):
        if self.chance.random() < 0.85:
            return text
        at = self.chance.randrange(len(text) + 1)
        return text[:at] + pick(self.chance, " ", "\t", "\n", "\0", "\x1f", "#", "@", ":", "/",
                                "\\", "?", "%", "[", "]") + text[at:]

    def absolute(self):
        slashes = pick(self.chance, "//", "//", "//", "//", "/", "", "///", "\\\\", "/\\")
        text = pick(self.chance, *self.SCHEMES) + ":" + slashes
        text += self.authority() if self.chance.random() < 0.8 else ""
        return self.noise(text + pick(self.chance, "/", "/", "", "\\") + self.path() +
                          pick(self.chance, *self.TAILS))

    def relative(self):
        start = pick(self.chance, "", "", "", "/", "/", "//" + self.authority() + "/", "\\", "///",
                     "http:", "file:")
        return self.noise(start + self.path() + pick(self.chance, *self.TAILS))


SPECIAL = ("http:", "https:", "ws:", "wss:", "ftp:", "file:")


def node_errs(question, our, their):
    """What Node 20 does against the standard: see its path state, no scheme state, "shorten"."""
    if our is None:  # a base without segments is good for a fragment alone
        return question[-1].startswith("mailto:") and "#" in question[1]
    if our.startswith("file:") and re.match(r"file://[^/]*/[A-Za-z]:[^/]", their or ""):
        return True  # `C:` is a drive, `C:x` is not
    # `x://h/..` ends in a slash.
    return not our.startswith(SPECIAL) and re.sub(r"/(?=[?#]|$)", "", our, count=1) == their


def is_ascii_host(text):
    """Whether IDNA has no say in it."""
    return text.isascii() and "xn--" not in text.lower() and "%" not in text


class node(unittest.TestCase):
    """The URL Standard: what browsers do."""

    def compare(self, questions):
        if not shutil.which("node"):
            cannot_run("no node")
        refused, accepted = 0, 0
        theirs = ask(["node", "-e", NODE], questions)
        for question, our, their in zip(questions, ours(questions), theirs, strict=True):
            accepted += our is not None
            refused += our is None
            # Beyond ASCII we may refuse what Node takes, never the other way round.
            if our is None and not is_ascii_host("".join(question[1:])):
                continue
            if node_errs(question, our, their):
                continue
            # The standard escapes ^ in paths since 2024, which not every Node does.
            self.assertEqual(our and our.replace("%5E", "^"),
                             their and their.replace("%5E", "^"), question)
        print(f"    {accepted} alike, {refused} refused")
        self.assertGreater(accepted, len(questions) // 4)
        self.assertGreater(refused, len(questions) // 20)

    def test_absolute(self):
        urls = made_up(random.Random(SEED))
        self.compare([["web", urls.absolute()] for _ in range(8000)])

    def test_relative(self):
        urls = made_up(random.Random(SEED + 1))
        bases = ("http://u:p@h:81/a/b/c?q#f", "http://h", "file:///C:/a/b?q", "file://h/a/b",
                 "gopher://h/1a", "x:/a/b", "x:/C:/d", "mailto:a?b", "ws://h/..//x", "file:///a")
        self.compare([["web", urls.relative(), pick(urls.chance, *bases)] for _ in range(8000)])

    def test_letters_and_hosts(self):
        every = [["web", f"{scheme}://a{chr(code)}b/c{chr(code)}d?e{chr(code)}f#g{chr(code)}h"]
                 for scheme in ("http", "x") for code in range(128)]
        some = [["web", "https://" + host + "/"] for host in (*made_up.HOSTS, "\u65e5\u672c.jp",
                "a\u3002b", "\u00c9.fr", "xn--", "xn--a", "xn--zca.de", "\u00ad.x", "ab\u00adc.x")]
        self.compare(every + some)


class python_urllib(unittest.TestCase):
    """RFC 3986, as far as urllib.parse holds it."""

    def strict_urls(self, count):
        """URLs that are allowed, without what urllib reads another way: see below."""
        chance = random.Random(SEED + 2)
        segments = ("a", "b;p=1", ".", "..", "", "%41", "c:d@", "~-_.", "!$&'()*+,;=", "...")

        def path():
            return "/".join(pick(chance, *segments) for _ in range(chance.randrange(1, 6)))

        def tail():
            return pick(chance, "", "?q", "?a/../b", "#f", "?x#y", "#a?b")

        for _ in range(count):
            host = pick(chance, "h", "Example.ORG", "192.0.2.1", "[2001:db8::1]", "a%41")
            absolute = (pick(chance, "http", "HTTPS", "ftp") + "://" +
                        pick(chance, "", "", "u@", "u:p@") + host + pick(chance, "", "", ":8080") +
                        "/" + path() + tail())
            relative = pick(chance, "/", "", "", "//h/", "g:") + path() + tail()
            yield absolute, relative

    def test_parts(self):
        urls = [absolute for absolute, _ in self.strict_urls(4000)]
        for text, our in zip(urls, ours([["split", text] for text in urls]), strict=True):
            their = urllib.parse.urlsplit(text)
            user, at, host_and_port = their.netloc.rpartition("@")
            self.assertEqual(our["scheme"].lower(), their.scheme, text)
            self.assertEqual(our["user_info"], user if at else None, text)
            self.assertEqual(our["host"], re.sub(r":\d*$", "", host_and_port), text)
            self.assertEqual((our["port"], our["path"], our["query"], our["fragment"]),
                             (their.port, their.path, their.query, their.fragment), text)

    def test_join(self):
        compared = 0
        urls = list(self.strict_urls(4000))
        for (base, reference), our in zip(urls, ours([["join", *two] for two in urls]),
                                          strict=True):
            # urllib drops empty segments, dots behind a host that the reference names, and an
            # empty reference's query; the RFC does not.
            if "//" in base.split("://")[1] + reference[1:] or reference[:2] in ("//", "g:", ""):
                continue
            their = urllib.parse.urljoin(base, reference)
            if our is None or re.search(r"^[^/?#]*:", reference):  # no scheme, says the grammar
                continue
            self.assertEqual(our.lower(), their.lower(), (base, reference))
            compared += 1
        self.assertGreater(compared, 500)

    def test_quoting(self):
        chance = random.Random(SEED + 3)
        texts = ["".join(chance.choice("ab/+ %4&=;\u00e9\u65e5\0\r\n~\x7f") for _ in range(12))
                 for _ in range(2000)]
        for name, arguments in (("quote", ("/",)), ("quote", ("",)), ("quote", ("+%\u007f",)),
                                ("quote_plus", ("",)), ("quote_plus", ("/&",))):
            theirs = [getattr(urllib.parse, name)(text, *arguments) for text in texts]
            self.assertEqual(ours([[name, text, *arguments] for text in texts]), theirs, name)
        for name in ("unquote", "unquote_plus"):
            quoted = [urllib.parse.quote(text, safe="+%=&") for text in texts]
            theirs = [getattr(urllib.parse, name)(text) for text in quoted]
            self.assertEqual(ours([[name, text] for text in quoted]), theirs, name)

    def test_queries(self):
        chance = random.Random(SEED + 4)
        for keep in (False, True):
            for strict in (False, True):
                texts = ["".join(chance.choice("abc=&&=+;%41\u00e9") for _ in range(10))
                         for _ in range(1000)]
                answers = ours([["fields", text, keep, strict] for text in texts])
                for text, our in zip(texts, answers, strict=True):
                    try:
                        their = [list(pair) for pair in urllib.parse.parse_qsl(
                            text, keep_blank_values=keep, strict_parsing=strict)]
                    except ValueError:
                        their = None
                    self.assertEqual(our, their, (text, keep, strict))


if __name__ == "__main__":
    main()
