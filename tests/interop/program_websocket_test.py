# SPDX-License-Identifier: MIT
"""`zocalo connect ws://` with Python's websockets: messages, their ends, and how it all ends."""

import asyncio
import http
import json
import ssl
import tempfile
import threading
import time

from pki import Authority
from proxies import WithProxies, need
from running import HERE, connect, free_port
from support import PATIENCE, enter_own_network, main, run
from terminal import on_a_terminal
from websocket_peers import WithPython


def setUpModule():
    enter_own_network()


class with_server(WithPython):
    """`heard` is what a server has heard, and the code at the end."""

    def setUp(self):
        super().setUp()
        self.heard, self.ended = [], threading.Event()

    def url(self, handler=None, scheme="ws", **options):
        async def echo(peer):
            async for each in peer:
                self.heard.append(each)
                await peer.send(each)
            self.heard.append(peer.close_code)
            self.ended.set()
        return f"{scheme}://{HERE}:{self.serve(handler or echo, **options)}/"

    def talk(self, *arguments, input="", code=0, url=None, **options):
        done = run("zocalo", "connect", *arguments, url or self.url(**options), input=input)
        self.assertEqual(done.returncode, code, done.stderr)
        return done


class messages(with_server):
    def test_are_lines(self):
        done = self.talk(input="Hello\n\n\u00e9 and more\nwithout an end")
        self.assertEqual(done.stdout, "Hello\n\n\u00e9 and more\nwithout an end\n")
        self.assertTrue(self.ended.wait(PATIENCE))
        self.assertEqual(self.heard, ["Hello", "", "\u00e9 and more", "without an end", 1000])

    def test_go_where_a_redirect_leads(self):
        there = self.url()

        async def move(path, fields):
            return http.HTTPStatus.FOUND, [("Location", there)], b""
        self.assertEqual(self.talk(input="moved\n", url=self.url(process_request=move)).stdout,
                         "moved\n")
        self.assertTrue(self.ended.wait(PATIENCE))
        self.assertEqual(self.heard, ["moved", 1000])

    def test_are_lines_however_they_are_read(self):
        with connect(self.url()) as ours:
            ours.write(b"one\ntwo\nthr")
            self.assertEqual([ours.output.readline() for _ in range(2)], [b"one\n", b"two\n"])
            ours.write("ee \u00e9".encode()[:-1])
            ours.write("\u00e9".encode()[-1:] + b"\n")
            self.assertEqual(ours.output.readline(), "three \u00e9\n".encode())
            self.assertEqual(ours.end(), (b"", 0))
        self.assertEqual(self.heard[:3], ["one", "two", "three \u00e9"])

    def test_may_be_large(self):
        line = "".join(map(str, range(500_000)))
        self.assertEqual(self.talk(input=line + "\n").stdout, line + "\n")
        self.assertEqual(self.heard[0], line)

    def test_may_have_lines_in_them(self):
        done = self.talk("-0", "-q", 0.5, input="a\nb\0c\n\0")
        self.assertEqual(done.stdout, "a\nb\0c\n\0")
        self.assertEqual(self.heard[:2], ["a\nb", "c\n"])
        done = self.talk("-0", "--json", input='a\n"b\0')
        self.assertEqual(json.loads(done.stdout), {"text": 'a\n"b'})

    def test_are_the_whole_input_when_it_is_binary(self):
        done = self.talk("--binary", input="a\nb\0" * 100_000)
        self.assertEqual(done.stdout, "a\nb\0" * 100_000)
        self.assertEqual(self.heard[0], b"a\nb\0" * 100_000)
        self.assertEqual(json.loads(self.talk("--binary", "--json", input="\1").stdout),
                         {"binary": "AQ=="})

    def test_move_no_cursor(self):
        with on_a_terminal("connect", self.url(), stdout=None, data=b"\x1b[2J\\ one\n") as ours:
            ours.wait_for(b"\\x1b[2J\\\\ one\r\n")

    def test_that_are_no_text_are_not_sent(self):
        with connect(self.url(), input=b"fine\n\xff\n") as ours:
            self.assertEqual(ours.end()[1], 2)
            ours.said("UTF-8")

    def test_of_a_program(self):
        done = self.talk("-e", "sh -c 'echo one; read x; echo back: $x; read x'")
        self.assertEqual(done.stdout, "")
        self.assertTrue(self.ended.wait(PATIENCE))
        self.assertEqual(self.heard, ["one", "back: one", 1000])


class an_end(with_server):
    def closing(self, *how):
        async def close(peer):
            await peer.send("before")
            await peer.close(*how)
        return self.url(close)

    def test_has_a_reason(self):
        done = self.talk("--no-shutdown", url=self.closing(4001, "go\x1b away"), code=9)
        self.assertEqual(done.stdout, "before\n")
        self.assertIn("closed by the peer with 4001: go\\x1b away\n", done.stderr)

    def test_is_a_good_one(self):
        self.assertEqual(self.talk("--no-shutdown", url=self.closing(1000)).stderr, "")

    def test_without_a_word_is_none(self):
        async def vanish(peer):
            await peer.recv()
            peer.transport.abort()
        self.talk("--no-shutdown", url=self.url(vanish), input="x\n", code=6)

    def test_by_ctrl_c_is_said(self):
        with connect(self.url()) as ours:
            ours.write(b"x\n")
            self.assertEqual(ours.output.readline(), b"x\n")
            self.assertEqual(ours.stop(), 130)
        self.assertTrue(self.ended.wait(PATIENCE))
        self.assertEqual(self.heard, ["x", 1001])

    def test_waits_for_answers(self):
        async def think(peer):
            got = await peer.recv()
            try:
                await asyncio.wait_for(peer.recv(), 0.3)
            except asyncio.TimeoutError:
                await peer.send("thought of " + got)
        self.assertEqual(self.talk(url=self.url(think), input="it\n").stdout, "thought of it\n")

    def test_comes_at_once_where_no_answer_is_waited_for(self):
        async def end_slowly(peer):
            await peer.wait_closed()
        url = self.url(end_slowly)
        for how in (("-q", 0), ("--send-only",)):
            began = time.monotonic()
            self.talk(*how, url=url, input="x\n")
            self.assertLess(time.monotonic() - began, 0.9)

    def test_comes_in_time(self):
        async def say_nothing(peer):
            await peer.wait_closed()
        url = self.url(say_nothing)
        for limit in ("--max-time", "--idle-timeout"):
            self.talk(limit, 0.3, "--no-shutdown", url=url, input="x\n", code=5)


class a_handshake(with_server):
    def test_says_what_it_is_told(self):
        told = []

        async def look(peer):
            told.append(peer.request_headers["X-Who"])
            await peer.send(peer.subprotocol)
        done = self.talk("--no-shutdown", "-H", "X-Who: Ada", "--subprotocol", "other,chat", "-vv",
                         handler=look, subprotocols=["chat"])
        self.assertEqual(done.stdout, "chat\n")
        self.assertEqual(told, ["Ada"])
        for words in ("WebSocket over HTTP/1.1, chat, compressed", "< Sec-WebSocket-Protocol: chat",
                      "< text, 4 bytes", "closed by the peer with 1000"):
            self.assertIn(words, done.stderr)

    def test_that_is_refused_says_so(self):
        async def refuse(path, fields):
            return http.HTTPStatus.UNAUTHORIZED, [], b"who are you?\n"
        done = self.talk(process_request=refuse, code=9)
        self.assertIn("401", done.stderr)

    def test_is_verified(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*authority.for_servers())
            url = self.url(scheme="wss", ssl=context)
            trust = ("--ssl-trustfile", authority.certificate)
            self.assertEqual(self.talk(*trust, url=url, input="safe\n").stdout, "safe\n")
            self.talk(url=url, input="not safe\n", code=6)
        self.assertEqual(self.heard[0], "safe")
        self.assertNotIn("not safe", self.heard)

    def test_options_that_do_not_fit_are_refused(self):
        for wrong in (["--ssl"], ["-u"], ["--crlf"], ["-z"], ["--binary", "-0"],
                      ["--insecure"]):
            self.talk(*wrong, url="ws://localhost:1", code=2)
        self.talk("--binary", url="localhost:1", code=2)


class a_way_there(with_server):
    def test_has_a_beginning(self):
        came = []

        async def look(peer):
            came.append(peer.remote_address[:2])
        port = free_port()
        self.talk("--no-shutdown", "-s", "127.0.0.2", "-p", port, handler=look)
        self.assertEqual(came, [("127.0.0.2", port)])

    def test_needs_no_names(self):
        there = self.url()
        named = there.replace(HERE, "a.example")
        self.assertEqual(self.talk("-n", url=there, input="x\n").stdout, "x\n")
        self.assertIn("a.example", self.talk("-n", url=named, code=3).stderr)
        port = there.split(":")[2].strip("/")
        self.assertEqual(self.talk("-n", "--resolve", f"a.example:{port}:{HERE}", url=named,
                                   input="x\n").stdout, "x\n")

    def test_is_reported(self):
        done = self.talk("--connect-report=json", input="x\n")
        told = json.loads(done.stderr)
        self.assertEqual(done.stdout, "x\n")
        self.assertEqual(told["error"], "")
        self.assertEqual(told["steps"][-1]["phase"], "connect")
        url = f"ws://{HERE}:{free_port()}/"
        self.assertIn("refused", self.talk("--connect-report", url=url, code=4).stderr)

    def test_leads_to_another_name(self):
        asked = []

        async def look(peer):
            asked.append(peer.request_headers["Host"])
            await peer.send("safe")
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*authority.issue("other", "subjectAltName=DNS:a.example\n"))
            url = self.url(look, scheme="wss", ssl=context)
            trust = ("--no-shutdown", "--ssl-trustfile", authority.certificate)
            done = self.talk(*trust, "--ssl-servername", "a.example", url=url)
            self.assertEqual(done.stdout, "safe\n")
            for wrong in ((), ("--ssl-servername", "b.example")):
                self.talk(*trust, *wrong, url=url, code=6)
        self.assertEqual(asked, [url.split("/")[2]])


class through_a_proxy(WithProxies, with_server):
    def setUp(self):
        WithProxies.setUp(self)
        with_server.setUp(self)

    def test_a_tunnel_is_made(self):
        need("tinyproxy")
        log = self.folder / "log"
        proxy = self.tinyproxy(f'LogFile "{log}"', "LogLevel Info")
        done = self.talk("--proxy", f"http://{HERE}:{proxy}", input="around\n")
        self.assertEqual(done.stdout, "around\n")
        self.assertIn("CONNECT " + HERE, log.read_text())

    def test_that_wants_no_tunnel_is_told(self):
        need("tinyproxy")
        proxy = self.tinyproxy("ConnectPort 1")
        self.talk("--proxy", f"http://{HERE}:{proxy}", input="around\n", code=7)


if __name__ == "__main__":
    main()
