# SPDX-License-Identifier: MIT
"""HTTP/2 without TLS with Node's http2 client: at our server, and with our proxy before Node's own
server. Our client at that server is in http2_client_test.py."""

import unittest

from http2_client_test import NODE, tool
from running import HERE, foreign, free_port
from served_folder import HTTP, with_folder
from support import Program, enter_own_network, main, run

# ask() gives what was heard; the script that is put behind this asks.
CLIENT = """
const http2 = require("http2");
const megabytes = 1000;  // Node's own limit is 10, of what it was given to send as well
const session = http2.connect(process.argv[1], { maxSessionMemory: megabytes });
const fail = (why) => { console.error(why.stack ?? why); process.exit(1); };
session.on("error", fail);
function ask(path, { content = [], trailers, fields = {}, ...more } = {}) {
  return new Promise((resolve, reject) => {
    const asked = session.request({ ":path": path, ...fields, ...more },
      { waitForTrailers: trailers !== undefined });
    const heard = { interim: [], size: 0, text: "", trailers: {} };
    const send = () => { content.forEach((piece) => asked.write(piece)); asked.end(); };
    asked.on("continue", send);
    asked.on("headers", (head) => heard.interim.push(head[":status"]));
    asked.on("response", (head) => { heard.status = head[":status"]; });
    asked.on("trailers", (all) => { heard.trailers = all; });
    asked.on("data", (piece) => {
      heard.size += piece.length;
      if (heard.size < 1000) heard.text += piece;
      if (fields["x-slow"]) { asked.pause(); setTimeout(() => asked.resume(), 1); }
    });
    asked.on("wantTrailers", () => asked.sendTrailers(trailers));
    asked.on("error", reject);
    asked.on("close", () => resolve(heard));
    if (!fields.expect) send();
  });
}
const say = (what) => console.log(JSON.stringify(what));
(async () => { %s })().catch(fail);
"""


def setUpModule():
    enter_own_network()


class a_client(unittest.TestCase):
    def setUp(self):
        self.site = self.enterContext(Program("examples/http_site", f"{HERE}:0"))
        self.url = self.site.wait_for(r"serving at (http://127\.0\.0\.1:\d+)/hello/you")[1]

    def ask(self, script, url=None):
        done = run(tool("node"), "-e", CLIENT % (script + "; session.close();"), url or self.url)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()

    def test_asks_much_at_once(self):
        self.assertEqual(self.ask("""
            const all = await Promise.all([...Array(500).keys()].map((i) => ask(`/hello/${i}`)));
            say(all.filter((got, i) => got.text === `Hello, ${i}!\\n`).length);
        """), ["500"])

    def test_sends_content(self):
        self.assertEqual(self.ask("""
            const content = Array(60).fill(Buffer.alloc(50_000, "x"));
            const post = { ":method": "POST" };
            const all = await Promise.all(Array(5).fill(0).map(() =>
              ask("/count", { content, ...post })));
            say(all.map((got) => got.text.trim()));
            const late = { content: ["x"], fields: { expect: "100-continue" }, ...post };
            say((await ask("/count", late)).interim);
            say((await ask("/count", { content, trailers: { "x-sum": "1" }, ...post })).status);
        """), ['["3000000 bytes"' + ',"3000000 bytes"' * 4 + "]", "[100]", "200"])

    def test_takes_back_what_it_has_asked(self):
        self.assertEqual(self.ask("""
            for (let i = 0; i < 20; ++i) {
              const asked = session.request({ ":method": "POST", ":path": "/count" });
              asked.on("error", fail);
              asked.write("x");
              asked.close(http2.constants.NGHTTP2_CANCEL);
            }
            say((await ask("/hello/you")).text);
            say((await ask("/hello/you", { ":method": "HEAD" })).size);
            say((await ask("/none")).status);
        """), [r'"Hello, you!\n"', "0", "404"])

    def test_says_goodbye_in_the_middle(self):
        self.assertEqual(self.ask("""
            const going = ask("/count", { ":method": "POST", content: ["abc"] });
            session.goaway();
            say((await going).text);
        """), [r'"3 bytes\n"'])
        self.assertEqual(self.ask('say((await ask("/hello/you")).status)'), ["200"])

    def test_hears_that_the_server_stops(self):
        client = self.enterContext(Program(tool("node"), "-e", CLIENT % """
            session.on("goaway", (code) => say(["goodbye", code]));
            say((await ask("/hello/you")).status);
        """, self.url))
        client.wait_for("200")
        self.assertEqual(self.site.interrupt(), 0)
        client.wait_for(r'\["goodbye",0\]')
        self.assertEqual(client.wait(), 0)


class a_client_that_reads_slowly(with_folder):
    def test_hears_all_of_several_files(self):
        self.serving("--gopher", "no")
        done = run(tool("node"), "-e", CLIENT % """
            const slow = { fields: { "x-slow": "1" } };
            const all = await Promise.all(Array(4).fill(0).map((_, i) =>
              ask("/docs/large.bin", i % 2 === 0 ? slow : {})));
            say(all.map((got) => got.size));
            session.close();
        """, HTTP)
        self.assertEqual(done.stdout, "[2560000,2560000,2560000,2560000]\n")


class both_ends(with_folder):
    def setUp(self):
        super().setUp()
        port = free_port()
        self.enterContext(foreign(tool("node"), "-e", NODE, str(port), port=port))
        self.serving("--gopher", "no", "--proxy-pass", f"/=h2c://{HERE}:{port}")

    def ask(self, script):
        done = run(tool("node"), "-e", CLIENT % (script + "; session.close();"), HTTP)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()

    def test_send_trailers_to_each_other(self):
        self.assertEqual(self.ask("""
            const got = await ask("/echo", { ":method": "POST", content: ["a", "b"],
                                             trailers: { "x-sum": "17" } });
            say([got.status, got.text, got.trailers["x-sum"]]);
        """), ['[200,"ab","17"]'])

    def test_send_hints_and_content(self):
        self.assertEqual(self.ask("""
            const early = await ask("/early");
            say([early.interim, early.text]);
            const content = Array(60).fill(Buffer.alloc(50_000, "x"));
            const all = await Promise.all(Array(20).fill(0).map(() =>
              ask("/echo", { ":method": "POST", content, fields: { "x-slow": "1" } })));
            say(all.filter((got) => got.size === 3_000_000).length);
        """), ['[[103],"late"]', "20"])

    def test_break_off(self):
        self.assertEqual(self.ask("""
            say(await ask("/reset").catch((error) => error.code));
            say((await ask("/goodbye")).text);
            say((await ask("/version")).text);
        """), ['"ERR_HTTP2_STREAM_ERROR"', '"bye"', '"2.0"'])


if __name__ == "__main__":
    main()
