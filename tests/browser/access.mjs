// SPDX-License-Identifier: MIT
// Whether our pages can be used by everybody: with the keyboard, a screen reader, a narrow window,
// in light and in dark, without motion. Prints "ok NAME" for each test of each page.
//
//     node access.mjs FOLDER-FOR-SCREENSHOTS NAME=URL...
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { launch, patience, require, run } from "./chromium.mjs";

const [shots, ...given] = process.argv.slice(2);
const pages = given.map((each) => each.split(/=(.*)/s).slice(0, 2));
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const browser = await launch();

async function open(url, options = {}) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  await page.goto(url);
  await page.waitForTimeout(url.endsWith("/.zocalo/") ? 1500 : 0);  // its figures come by events
  return { page, close: () => context.close() };
}

/// Texts with less than 4.5 between their colour and what is behind them (WCAG 2.2 §1.4.3), and how
/// many there are.
function faintTexts() {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], under) =>
    [r, g, b].map((each, i) => each * a + under[i] * (1 - a));
  const behind = (element) => {
    if (!element) return parts(getComputedStyle(document.documentElement).colorScheme.includes("dark")
      && matchMedia("(prefers-color-scheme: dark)").matches ? "18 18 18" : "255 255 255");
    return over(parts(getComputedStyle(element).backgroundColor), behind(element.parentElement));
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((each) => each / 255).map((each) =>
      each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = [];
  let seen = 0;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    const text = walk.currentNode.textContent.trim();
    if (!text || element.closest("script, style, noscript") || !element.checkVisibility()) continue;
    ++seen;
    const ground = behind(element);
    const ink = over(parts(getComputedStyle(element).color), ground);
    const [low, high] = [light(ink), light(ground)].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) faint.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return { faint, seen };
}

/// What the keyboard should reach.
const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, " +
  "[tabindex]:not([tabindex^='-'])";

const checks = {
  async nothing_that_axe_finds(url) {
    for (const colorScheme of ["light", "dark"]) {
      const { page, close } = await open(url, { colorScheme });
      await page.evaluate(axe);
      const found = await page.evaluate(() => window.axe.run());
      assert.deepEqual(found.violations.map((each) =>
        `${each.id}: ${each.nodes.map((node) => node.html).join(" ")}`), []);
      assert.ok(found.passes.length > 5, "axe has looked");
      await close();
    }
  },

  async texts_stand_out(url, name) {
    for (const colorScheme of ["light", "dark"]) {
      const { page, close } = await open(url, { colorScheme });
      const { faint, seen } = await page.evaluate(faintTexts);
      assert.deepEqual(faint, [], colorScheme);
      assert.ok(seen > 0, "there is text");
      await page.screenshot({ path: `${shots}/access-${name}-${colorScheme}.png`, fullPage: true });
      await close();
    }
  },

  async it_says_what_it_is(url) {
    const { page, close } = await open(url);
    const { lang, title, mains, heads, stray } = await page.evaluate(() => ({
      lang: document.documentElement.lang,
      title: document.title,
      mains: document.querySelectorAll("main").length,
      heads: document.querySelectorAll("h1").length,
      stray: [...document.body.children].filter((each) => each.checkVisibility() &&
        !each.matches("header, main, footer, nav, script, style, .skip, noscript")).length,
    }));
    assert.deepEqual({ lang, mains, heads, stray }, { lang: "en", mains: 1, heads: 1, stray: 0 });
    assert.ok(title);
    await close();
  },

  async all_that_it_offers_has_a_name(url) {
    const { page, close } = await open(url);
    const devtools = await page.context().newCDPSession(page);
    const { nodes } = await devtools.send("Accessibility.getFullAXTree");
    const named = ["link", "button", "textbox", "searchbox", "table", "image", "img", "region",
      "progressbar", "navigation", "checkbox", "combobox", "figure", "list"];
    const nameless = nodes.filter((each) => !each.ignored && named.includes(each.role?.value) &&
      !each.name?.value && !["list", "figure"].includes(each.role.value));
    assert.deepEqual(nameless.map((each) => each.role.value), []);
    assert.ok(nodes.some((each) => each.role?.value === "main"));
    await close();
  },

  async the_keyboard_reaches_all_and_shows_where_it_is(url) {
    const { page, close } = await open(url);
    const wanted = await page.$$eval(controls, (all) => all
      .filter((each) => each.matches(".skip") || each.checkVisibility())
      .map((each, i) => (each.dataset.control = String(i))));
    const reached = new Set();
    for (let i = 0; i < 2 * wanted.length + 5; ++i) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const element = document.activeElement;
        const style = getComputedStyle(element);
        const box = element.getBoundingClientRect();
        return { id: element.dataset.control, style: style.outlineStyle, what: element.outerHTML,
          width: parseFloat(style.outlineWidth), seen: box.width > 0 && box.right > 0 };
      });
      if (at.id === undefined) continue;
      reached.add(at.id);
      assert.ok(at.style !== "none" && at.width >= 2 && at.seen, `no focus on ${at.what}`);
    }
    assert.deepEqual([...reached].sort(), wanted.sort());
    await close();
  },

  async it_fits_a_narrow_window(url, name) {
    const { page, close } = await open(url, { viewport: { width: 320, height: 640 } });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${wide} pixels`);
    await page.screenshot({ path: `${shots}/access-${name}-narrow.png` });
    await close();
  },

  async nothing_moves_for_who_wants_that(url) {
    const { page, close } = await open(url);
    const moving = await page.evaluate(() => [...document.querySelectorAll("*")].filter((each) => {
      const style = getComputedStyle(each);
      return [style.transitionDuration, style.animationDuration].some((all) =>
        all.split(", ").some((span) => parseFloat(span) > 0)) || style.scrollBehavior === "smooth";
    }).length + document.getAnimations().length + document.querySelectorAll("marquee").length);
    assert.equal(moving, 0);
    await close();
  },

  /// What a screen reader says by itself: nothing while nothing happens, however often figures are new.
  async it_does_not_talk_all_the_time(url) {
    const { page, close } = await open(url);
    await page.evaluate(() => {
      window.said = [];
      const live = "[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], output";
      for (const each of document.querySelectorAll(live))
        new MutationObserver(() => window.said.push(each.textContent)).observe(each,
          { childList: true, characterData: true, subtree: true });
    });
    for (let i = 0; i < 3; ++i) {
      await fetch(url).then((answer) => answer.status);
      await page.waitForTimeout(700);
    }
    assert.deepEqual(await page.evaluate(() => window.said), []);
    await close();
  },
};

await run(Object.fromEntries(pages.flatMap(([name, url]) => Object.entries(checks).map(
  ([what, check]) => [`${name}: ${what}`, () => check(url, name)]))), browser);
