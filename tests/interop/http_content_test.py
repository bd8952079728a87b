# SPDX-License-Identifier: MIT
"""What HTTP carries, as Python's modules read it, and as we do."""

import bz2
import email.message
import email.parser
import email.policy
import gzip
import http.cookiejar
import http.cookies
import mimetypes
import os
import json
import random
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.request
import zlib

from asking import ask
from support import cannot_run, main, program


def ours(questions):
    return ask([program("tests/content_probe")], questions)


class MediaTypes(unittest.TestCase):
    # RFC 9239, 9512 and the registry of the IANA are newer than Python 3.11's table.
    RENEWED = {".js": "text/javascript", ".mjs": "text/javascript", ".vcf": "text/vcard",
               ".opus": "audio/ogg", ".rdf": "application/rdf+xml"}

    def test_files_are_what_they_are_to_python(self):
        pythons = mimetypes.MimeTypes(()).types_map[True]
        answers = ours([["guess", "a" + extension] for extension in pythons])
        known = 0
        for (extension, theirs), (type_, coding, _) in zip(pythons.items(), answers):
            with self.subTest(extension):
                self.assertEqual(coding, "")
                if type_:
                    known += 1
                    self.assertEqual(type_, self.RENEWED.get(extension, theirs))
        self.assertGreater(known, 60)

    def test_names_are_split_as_python_does(self):
        types = mimetypes.MimeTypes(())
        names = ["a.tar.gz", "a.tgz", "a.taz", "a.tz", "a.tbz2", "a.txz", "a.svgz", "a.txt.bz2",
                 "a.txt.xz", "a.txt.br", "a.txt.Z", "A.TXT", "a.gz", "a.b.c", "a", ".txt",
                 "a.txt.gz.gz", "d/.txt", "d.txt/a", "a.html.Gz"]
        for name, (type_, coding, _) in zip(names, ours([["guess", name] for name in names])):
            if name == "a.html.Gz":  # Python's codings are in lower case only
                self.assertEqual((type_, coding), ("text/html", "gzip"))
                continue
            with self.subTest(name):
                self.assertEqual((type_ or None, coding or None), types.guess_type(name))

    def test_the_systems_file_is_read_as_python_reads_it(self):
        path = "/etc/mime.types"
        if not os.path.exists(path):
            cannot_run("no " + path)
        pythons = mimetypes.MimeTypes(())
        pythons.types_map = ({}, {})
        pythons.read(path)
        # Neither guesses by two extensions, such as .spdx.json.
        names = [name for name in pythons.types_map[True] if name.count(".") == 1]
        self.assertGreater(len(names), 500)
        answers = ours([["guess", "a" + extension] for extension in names])
        for extension, (_, coding, of_system) in zip(names, answers):
            with self.subTest(extension):
                if not coding:
                    self.assertEqual(of_system, pythons.types_map[True][extension].lower())

    def test_parameters_are_what_they_are_to_python(self):
        for text in ("text/html; charset=utf-8", 'text/plain; charset="us-ascii"; format=flowed',
                     'Multipart/Form-Data; boundary="a b\\"c"', "a/b;c=d;e=f",
                     'a/b; name="x;y"; z=1', "TEXT/HTML;CHARSET=UTF-8"):
            message = email.message.Message()
            message["Content-Type"] = text
            theirs = {name: value for name, value in message.get_params()[1:]}
            with self.subTest(text):
                self.assertEqual(ours([["media_type", text]]),
                                 [[message.get_content_type(), theirs]])


def raw_deflate(content, level):
    made = zlib.compressobj(level, wbits=-15)
    return made.compress(content) + made.flush()


class Codings(unittest.TestCase):
    """What Python packs we unpack, and the other way round."""

    def setUp(self):
        try:
            import brotli
            import zstandard
        except ImportError as missing:
            cannot_run(str(missing))
        packed = zstandard.ZstdDecompressor().decompressobj
        # name: (how Python packs at a level, how it unpacks)
        self.peers = {
            "gzip": (gzip.compress, gzip.decompress),
            "deflate": (zlib.compress, zlib.decompress),
            "br": (lambda content, level: brotli.compress(content, quality=level),
                   brotli.decompress),
            "zstd": (lambda content, level: zstandard.ZstdCompressor(level).compress(content),
                     lambda content: packed().decompress(content)),
        }
        chance = random.Random(20261121)
        self.contents = [b"", b"a", b"zocalo " * 3000, chance.randbytes(70000),
                         "".join(str(chance.random()) for _ in range(5000)).encode()]

    def test_what_python_packs(self):
        for name, (pack, _) in self.peers.items():
            for level in (1, 5, 9):
                questions = [["decode", pack(content, level).hex(), name]
                             for content in self.contents]
                with self.subTest(name, level=level):
                    self.assertEqual(ours(questions), [content.hex() for content in self.contents])
        self.assertEqual(ours([["decode", raw_deflate(b"raw" * 99, 9).hex(), "deflate"]]),
                         [(b"raw" * 99).hex()])
        stacked = gzip.compress(self.peers["br"][0](b"both", 5))
        self.assertEqual(ours([["decode", stacked.hex(), "br, gzip"]]), [b"both".hex()])

    def test_what_we_pack(self):
        for name, (_, unpack) in self.peers.items():
            for level in (1, 5, 9):
                answers = ours([["encode", content.hex(), name, level]
                                for content in self.contents])
                for content, answer in zip(self.contents, answers):
                    with self.subTest(name, level=level, size=len(content)):
                        self.assertEqual(unpack(bytes.fromhex(answer)), content)

    def test_what_is_packed_otherwise_is_refused(self):
        wrong = bz2.compress(b"text").hex()
        self.assertEqual(ours([["decode", wrong, name] for name in self.peers]), [None] * 4)


class Cookies(unittest.TestCase):
    """Files of cookies, ours in Python's jars and Python's in ours."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "cookies")

    @staticmethod
    def simply(jar):
        return sorted((cookie.name or "", cookie.value, cookie.domain, cookie.path, cookie.secure,
                       any(cookie.has_nonstandard_attr(name) for name in ("HttpOnly", "HTTPOnly")),
                       int(cookie.expires or 0))
                      for cookie in jar)

    def test_ours_are_read_by_python(self):
        said = [["https://www.example.org/a/b", "one=1; Secure; HttpOnly; Max-Age=1000"],
                ["https://www.example.org/", 'two="2 \\ \\" 2"; Domain=example.org; Max-Age=1000'],
                ["http://127.0.0.1/", "three=a=b,c; Path=/x"],
                ["http://example.org/", "four=; Max-Age=50; SameSite=Lax"]]
        ((netscape, lwp, sent),) = ours([["jar", said, "https://www.example.org/a/"]])
        self.assertEqual(sent, 'one=1; two="2 \\ \\" 2"')
        for text, kind in ((netscape, http.cookiejar.MozillaCookieJar),
                           (lwp, http.cookiejar.LWPCookieJar)):
            with open(self.path, "w") as file:
                file.write(text)
            jar = kind(self.path)
            jar.load(ignore_discard=True)
            with self.subTest(kind.__name__):
                read = self.simply(jar)
                self.assertEqual([cookie[:6] for cookie in read], [
                    ("four", "", "example.org", "/", False, False),
                    ("one", "1", "www.example.org", "/a", True, True),
                    ("three", "a=b,c", "127.0.0.1", "/x", False, False),
                    ("two", '"2 \\ \\" 2"', ".example.org", "/", False, False)])
                self.assertEqual([cookie[6] > time.time() for cookie in read],
                                 [True, True, False, True])

    def test_pythons_are_read_by_us(self):
        later = int(time.time()) + 5000
        for kind in (http.cookiejar.MozillaCookieJar, http.cookiejar.LWPCookieJar):
            jar = kind(self.path)
            for name, value, domain, path, secure, rest, expires in (
                    ("one", "1", "www.example.org", "/a", True, {"HTTPOnly": None}, later),
                    ("two", 'a "b" c', ".example.org", "/", False, {}, later),
                    ("three", "", "127.0.0.1", "/", False, {}, None)):
                dotted = domain.startswith(".")
                jar.set_cookie(http.cookiejar.Cookie(
                    0, name, value, None, False, domain, dotted, dotted, path, True, secure,
                    expires, expires is None, None, None, rest))
            jar.save(ignore_discard=True)
            with open(self.path) as file:
                (answer,) = ours([["cookies", file.read()]])
            with self.subTest(kind.__name__):
                read = sorted((cookie["name"], cookie["value"], cookie["domain"], cookie["path"],
                               cookie["secure"], cookie["http_only"], cookie["expires"])
                              for cookie in answer)
                self.assertEqual(read, self.simply(jar))


class Forms(unittest.TestCase):
    """Forms that Python reads, and forms that a browser's engine makes."""

    VALUES = [["a", "1"], ["a", ""], ["\u00e4 b", "line\r\nline \u20ac"], ["q\\", "x"]]
    FILES = [["f", "b\u00e4r.txt", b"text\r\n--".hex(), "text/plain"],
             ["g", "a.bin", bytes(range(256)).hex(), "application/octet-stream"],
             ["h", "empty", "", "x/y"]]

    def test_ours_are_read_by_python(self):
        ((type_, content),) = ours([["make_form", self.VALUES, self.FILES]])
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(
            b"Content-Type: " + type_.encode() + b"\r\n\r\n" + bytes.fromhex(content))
        parts = [(part.get_param("name", header="content-disposition"), part.get_filename(),
                  part.get_payload(decode=True), part.get_content_type())
                 for part in message.iter_parts()]
        wanted = [(name, None, value.encode(), "text/plain") for name, value in self.VALUES]
        wanted += [(name, file, bytes.fromhex(data), type_)
                   for name, file, data, type_ in self.FILES]
        self.assertEqual(parts, wanted)

    def test_those_of_node_are_read_by_us(self):
        if not shutil.which("node"):
            cannot_run("no node")
        script = """
            const [values, files] = JSON.parse(process.argv[1]);
            const form = new FormData();
            for (const [name, value] of values) form.append(name, value);
            for (const [name, file, data, type] of files)
                form.append(name, new Blob([Buffer.from(data, 'hex')], {type}), file);
            const made = new Response(form);
            made.arrayBuffer().then(bytes => console.log(JSON.stringify(
                [made.headers.get('content-type'), Buffer.from(bytes).toString('hex')])));"""
        values = self.VALUES[:3]  # Node does not escape a backslash
        done = subprocess.run(["node", "-e", script, json.dumps([values, self.FILES])],
                              capture_output=True, text=True, timeout=60, check=True)
        type_, content = json.loads(done.stdout)
        self.assertEqual(ours([["form", type_, content]]), [[values, self.FILES]])


class Passwords(unittest.TestCase):
    """Python computes with us as a client, and takes apart what we have made."""

    CHALLENGES = ('realm="a b", nonce="n0", qop="auth", algorithm=MD5, opaque="x"',
                  'realm="a, b", nonce="n0", algorithm=MD5', 'realm="", nonce="n0", qop=auth')

    def setUp(self):
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, "http://localhost/", "user", "p:word")
        self.handler = urllib.request.AbstractDigestAuthHandler(passwords)

    def pythons(self, challenge):
        fields = urllib.request.parse_keqv_list(urllib.request.parse_http_list(challenge))
        request = urllib.request.Request("http://localhost/a?b=c", method="POST")
        return "Digest " + self.handler.get_authorization(request, fields)

    def test_what_python_proves_is_proved(self):
        for challenge in self.CHALLENGES:
            if "qop" not in challenge:
                continue  # we do not offer that, and do not take it
            shown = self.pythons(challenge)
            with self.subTest(challenge):
                self.assertEqual(ours([["knows", shown, "POST", "user", "p:word"],
                                       ["knows", shown, "GET", "user", "p:word"],
                                       ["knows", shown, "POST", "user", "other"]]),
                                 [True, False, False])

    def test_what_we_prove_is_what_python_computes(self):
        for challenge in self.CHALLENGES:
            question = ["digest", "Digest " + challenge, "POST", "/a?b=c", "user", "p:word"]
            (shown,) = ours([question])
            scheme, _, rest = shown.partition(" ")
            self.assertEqual(scheme, "Digest")
            fields = urllib.request.parse_keqv_list(urllib.request.parse_http_list(rest))
            self.handler.get_cnonce = lambda nonce: fields.get("cnonce")
            self.handler.last_nonce = None
            pythons = urllib.request.parse_keqv_list(
                urllib.request.parse_http_list(self.pythons(challenge).partition(" ")[2]))
            with self.subTest(challenge):
                for name in ("username", "realm", "nonce", "uri", "response", "opaque"):
                    self.assertEqual(fields.get(name), pythons.get(name), name)


if __name__ == "__main__":
    main()
