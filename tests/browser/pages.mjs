// SPDX-License-Identifier: MIT
// What people do with our pages, in chromium: listing, upload, status. Prints "ok NAME" for each.
//
//     node pages.mjs BASE-URL FILE-TO-SEND FOLDER-FOR-SCREENSHOTS
import assert from "node:assert/strict";
import { basename } from "node:path";
import { launch, patience, run, until } from "./chromium.mjs";

const [base, file, shots] = process.argv.slice(2);

const browser = await launch();

/// A page whose script must not fail and whose policy must not be hurt.
async function open(path, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(base + path);
  return { page, faults, close: () => context.close() };
}

const names = (page) =>
  page.$$eval("tbody tr:not([hidden])", (rows) => rows.map((row) => row.dataset.name));

const tests = {
  async listing_is_sorted_and_filtered() {
    const { page, faults, close } = await open("/");
    assert.deepEqual(await names(page), ["docs", "b.txt", "c <i>.txt", "large.bin", "picture.svg"]);
    await page.click('th[data-column="size"] a');
    assert.equal(await page.getAttribute('th[data-column="size"]', "aria-sort"), "ascending");
    assert.equal((await names(page)).at(-1), "large.bin");
    await page.click('th[data-column="size"] a');
    assert.deepEqual((await names(page)).slice(0, 2), ["docs", "large.bin"]);
    assert.equal(new URL(page.url()).search, "", "it was sorted here");
    await page.keyboard.press("/");
    await page.keyboard.type("TXT");
    assert.deepEqual((await names(page)).sort(), ["b.txt", "c <i>.txt"]);
    assert.equal(await page.textContent("#said"), "2 of 5 shown");
    await page.keyboard.press("ArrowDown");
    assert.match(await page.evaluate(() => document.activeElement.textContent), /\.txt$/);
    await until("a preview", () => page.$eval("td img", (picture) => picture.naturalWidth > 0));
    await page.screenshot({ path: `${shots}/listing-light.png` });
    assert.deepEqual(faults, []);
    await close();
  },

  async listing_works_without_script() {
    const { page, close } = await open("/?sort=size&order=desc&filter=b", {
      javaScriptEnabled: false,
      colorScheme: "dark",
    });
    const shown = await page.locator("tbody tr td.name").allTextContents();
    assert.deepEqual(shown, ["large.bin", "b.txt"]);
    await page.screenshot({ path: `${shots}/listing-dark.png` });
    await close();
  },

  async upload_puts_a_file_there() {
    const { page, faults, close } = await open("/docs/");
    await page.setInputFiles("#chosen", file);
    await Promise.all([page.waitForEvent("load"), page.click("#upload button")]);
    assert.deepEqual(await names(page), [basename(file)]);
    assert.deepEqual(faults, []);
    await page.screenshot({ path: `${shots}/upload.png` });
    await page.setInputFiles("#chosen", file);
    await page.click("#upload button");
    await page.waitForSelector("#sending li.failed");
    assert.match(await page.textContent("#sending li.failed"), /has that name already/);
    await close();
  },

  async a_dropped_file_is_sent() {
    const { page, close } = await open("/docs/");
    const transfer = await page.evaluateHandle(() => {
      const made = new DataTransfer();
      made.items.add(new File(["dropped"], "dropped.txt"));
      return made;
    });
    await page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
    await Promise.all([page.waitForEvent("load"),
      page.dispatchEvent("body", "drop", { dataTransfer: transfer })]);
    assert.ok((await names(page)).includes("dropped.txt"));
    await close();
  },

  async status_is_live() {
    const { page, faults, close } = await open("/.zocalo/");
    await until("it is live", async () => (await page.textContent("#state")) === "live");
    const requests = () => page.$eval("#s-requests", (shown) => Number(shown.textContent));
    const before = await requests();
    for (let i = 0; i < 5; ++i) await fetch(base + "/b.txt").then((answer) => answer.text());
    await until("requests are counted", async () => (await requests()) >= before + 5);
    await page.waitForSelector("#c-requests path.line", { state: "attached" });
    await page.waitForSelector("#visitors tr");
    assert.match(await page.textContent("#listeners"), /HTTP/);
    assert.match(await page.textContent("#c-open title"), /^Open connections: now \d+/);
    await page.screenshot({ path: `${shots}/status-light.png`, fullPage: true });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.screenshot({ path: `${shots}/status-dark.png`, fullPage: true });
    await page.click("#pause");
    assert.equal(await page.getAttribute("#pause", "aria-pressed"), "true");
    assert.deepEqual(faults, []);
    await close();
  },

  /// Who opens the page after it happened sees it all the same.
  async status_remembers() {
    const rested = new Promise((resume) => setTimeout(resume, 2100));
    for (let i = 0; i < 5; ++i) await fetch(base + "/b.txt").then((answer) => answer.text());
    await rested;
    await fetch(base + "/b.txt").then((answer) => answer.text());
    const { page, close } = await open("/.zocalo/");
    await page.waitForSelector("#c-requests path.line", { state: "attached" });
    assert.match(await page.textContent("#m-requests"), /^at most [1-9]/);
    const points = (await page.getAttribute("#c-requests path.line", "d")).split(" ").length;
    assert.ok(points >= 3, `${points} points`);
    await close();
  },
};

await run(tests, browser);
