// SPDX-License-Identifier: MIT
// What a page in chromium does with our WebSocket. Prints "ok NAME" for each.
//
//     node websocket.mjs ws://HOST:PORT/echo
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(process.env.ZOCALO_NODE + "/");
const { chromium } = require("playwright-core");
const [url] = process.argv.slice(2);
const own = url.replace("ws:", "http:").replace(/\/echo$/, "/page");

const browser = await chromium.launch({
  executablePath: process.env.ZOCALO_CHROMIUM,
  // Pages that are made up here are from nowhere, and those may not reach this machine.
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--disable-features=LocalNetworkAccessChecks"],
});

/// What `inside` says in an empty page of that address.
async function in_page(address, inside, ...given) {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  const empty = { contentType: "text/html", body: "<!doctype html><title>empty</title>" };
  await page.route("**/page", (asked) => asked.fulfill(empty));
  await page.goto(address);
  const said = await page.evaluate(inside, given);
  await page.close();
  return said;
}

/// In the page: sends all of them at once, closes, and says what came.
async function talk([url, protocols, messages, code, reason]) {
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  const closed = new Promise((done) => (socket.onclose = done));
  const heard = [];
  const complete = new Promise((done) => {
    socket.onmessage = ({ data }) => {
      heard.push(typeof data === "string" ? data : [...new Uint8Array(data)]);
      if (heard.length === messages.length) done();
    };
  });
  socket.onopen = () => {
    for (const each of messages)
      socket.send(typeof each === "string" ? each : new Uint8Array(each));
  };
  await Promise.race([complete, closed]);
  const { protocol, extensions } = socket;
  code === undefined ? socket.close() : socket.close(code, reason);
  const end = await closed;
  return { protocol, extensions, heard, end: [end.code, end.reason, end.wasClean] };
}

const tests = {
  async messages_come_back() {
    const messages = ["", "Hello", "\u00e9\u{1F600}\0", [], [0, 255, 128], "x".repeat(126)];
    const said = await in_page(own, talk, url, ["other", "echo"], messages, 4001, "enough");
    assert.deepEqual(said.heard, messages);
    assert.equal(said.protocol, "echo");
    assert.match(said.extensions, /permessage-deflate/);
    assert.deepEqual(said.end, [4001, "", true]);
  },
  async large_ones_too() {
    const text = Array.from({ length: 200_000 }, (_, i) => String(i * 7919)).join(" ");
    const bytes = Array.from({ length: 300_000 }, (_, i) => (i * i * 31) % 251);
    const said = await in_page(own, talk, url, [], [text, bytes, text], 1000, "");
    assert.deepEqual(said.heard, [text, bytes, text]);
    assert.equal(said.protocol, "");
    assert.deepEqual(said.end.slice(0, 1), [1000]);
  },
  async no_code_is_one() {
    const said = await in_page(own, talk, url, [], ["a"]);
    assert.deepEqual(said.end, [1005, "", true]);
  },
  async pages_of_others_are_refused() {
    const said = await in_page("http://evil.example/page", talk, url, [], ["a"]);
    assert.deepEqual(said.heard, []);
    assert.equal(said.end[0], 1006);
  },
};

try {
  for (const [name, test] of Object.entries(tests)) {
    await test();
    console.log(`ok ${name}`);
  }
} finally {
  await browser.close();
}
