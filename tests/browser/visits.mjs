// SPDX-License-Identifier: MIT
// A visit by HTTPS in chromium, which speaks HTTP/2 there. The status page shows no error because
// of it, and one when a connection is cut off within a head.
//
//     node visits.mjs BASE-URL
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { connect } from "node:tls";

const require = createRequire(process.env.ZOCALO_NODE + "/");
const { chromium } = require("playwright-core");
const [base] = process.argv.slice(2);
const patience = 20_000;

const browser = await chromium.launch({
  executablePath: process.env.ZOCALO_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--ignore-certificate-errors"],  // newContext({ignoreHTTPSErrors}) tries without it first
});

async function visit(path) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  await page.goto(base + path);
  const spoken = await page.evaluate(
    () => performance.getEntriesByType("navigation")[0].nextHopProtocol);
  assert.equal(spoken, "h2");
  return { page, close: () => context.close() };
}

/// Half a head, and then nothing.
function cutOff() {
  const { hostname, port } = new URL(base);
  return new Promise((done, fail) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () =>
      socket.write("GET / HT", () => socket.destroy()));
    socket.on("close", done).on("error", fail);
  });
}

const listing = await visit("/");
assert.match(await listing.page.textContent("tbody"), /readme\.txt/);
await listing.close();

const { page, close } = await visit("/.zocalo/");
await page.locator("#state", { hasText: "live" }).waitFor();
assert.ok(await page.isVisible("#no-errors"), await page.textContent("#errors"));
await cutOff();
await page.locator("#errors li").first().waitFor();
assert.equal(await page.locator("#errors li").count(), 1);
const why = await page.textContent("#errors li");
assert.match(why, /without close_notify|Connection reset by peer/);
assert.ok(await page.isHidden("#no-errors"));
await close();
await browser.close();
