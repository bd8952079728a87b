// SPDX-License-Identifier: MIT
// What the scripts here share: a chromium that runs anywhere, and packages of npm.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

export const require = createRequire(process.env.ZOCALO_NODE + "/");
export const patience = 20_000;

export function launch() {
  return require("playwright-core").chromium.launch({
    executablePath: process.env.ZOCALO_CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

/// Looks again until it holds. Not page.waitForFunction(): the pages' policy forbids what that does.
export async function until(what, holds) {
  for (const end = Date.now() + patience; !(await holds()); ) {
    assert.ok(Date.now() < end, `in vain: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/// Runs each, prints "ok NAME" or what was wrong, and ends the program.
export async function run(tests, browser) {
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`ok ${name}`);
    } catch (error) {
      ++failed;
      console.log(`not ok ${name}: ${error.stack}`);
    }
  }
  await browser.close();
  process.exit(failed ? 1 : 0);
}
