// SPDX-License-Identifier: MIT
// A page that came by HTTP/2 opens WebSockets at the same server: chromium asks for them on the
// connection that it has (RFC 8441). Prints "ok NAME" for each.
//
//     node websocket_http2.mjs PORT
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(process.env.ZOCALO_NODE + "/");
const { chromium } = require("playwright-core");
const [port] = process.argv.slice(2);
const url = `wss://localhost:${port}/echo`;

const browser = await chromium.launch({
  executablePath: process.env.ZOCALO_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--ignore-certificate-errors"],
});

/// In the page: says those texts and closes; what came back.
function talk([url, texts, code]) {
  const socket = new WebSocket(url, ["other", "echo"]);
  const heard = [];
  socket.onopen = () => texts.forEach((each) => socket.send(each));
  socket.onmessage = ({ data }) => {
    heard.push(data);
    if (heard.length === texts.length) socket.close(code, "enough");
  };
  return new Promise((done) => {
    socket.onclose = ({ code, wasClean }) =>
      done({ heard, protocol: socket.protocol, extensions: socket.extensions,
        end: [code, wasClean] });
  });
}

try {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`https://localhost:${port}/page`);
  const spoken = await page.evaluate(
    () => performance.getEntriesByType("navigation")[0].nextHopProtocol);
  assert.equal(spoken, "h2");
  console.log("ok the page comes by HTTP/2");

  const texts = ["", "\u00e9", "x".repeat(200_000)];
  const one = await page.evaluate(talk, [url, texts, 4001]);
  assert.deepEqual(one.heard, texts);
  assert.equal(one.protocol, "echo");
  assert.match(one.extensions, /permessage-deflate/);
  assert.deepEqual(one.end, [4001, true]);
  console.log("ok messages come back");

  const all = await Promise.all([4002, 4003, 4004].map(
    (code) => page.evaluate(talk, [url, texts, code])));
  assert.deepEqual(all.map(({ heard, end }) => [heard, end]),
    [4002, 4003, 4004].map((code) => [texts, [code, true]]));
  console.log("ok some side by side");

  await page.goto(`https://127.0.0.1:${port}/page`);
  const other = await page.evaluate(talk, [url, ["a"], 4005]);
  assert.deepEqual([other.heard, other.end], [[], [1006, false]]);
  console.log("ok a page from elsewhere is refused");
} finally {
  await browser.close();
}
