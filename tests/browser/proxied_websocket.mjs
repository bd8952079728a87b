// SPDX-License-Identifier: MIT
// A page that came by HTTP/2 talks over WebSocket with the same server, which passes that on:
// chromium asks for it on the connection that it has (RFC 8441).
//
//     node proxied_websocket.mjs BASE-URL
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(process.env.ZOCALO_NODE + "/");
const { chromium } = require("playwright-core");
const [base] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath: process.env.ZOCALO_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--ignore-certificate-errors"],
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(base + "/readme.txt");
  const said = await page.evaluate(async (url) => {
    const socket = new WebSocket(url, ["other", "echo"]);
    const heard = [];
    const texts = ["", "\u00e9", "x".repeat(200_000)];
    socket.onopen = () => texts.forEach((each) => socket.send(each));
    socket.onmessage = ({ data }) => {
      heard.push(data.length);
      if (heard.length === 4) socket.close(4001, "enough");
    };
    const end = await new Promise((done) => (socket.onclose = done));
    return { heard, protocol: socket.protocol, end: [end.code, end.wasClean] };
  }, base.replace("https:", "wss:") + "/app/chat");
  assert.deepEqual(said, { heard: [5, 0, 1, 200_000], protocol: "echo", end: [4001, true] });
} finally {
  await browser.close();
}
