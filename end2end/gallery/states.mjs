// Walks the gallery (end2end/gallery/run.sh) through every state of every page at several widths and in both themes:
// what the console says, what scrolls sideways, what axe finds; pictures for human eyes beside it.
//
//   node end2end/gallery/states.mjs [--base URL] [--out DIR] [--no-axe] [--only TEXT] [--widths 360,1280] [--light|--dark]
//
// Ends with 1 if anything was found.

import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "@playwright/test";
import { chromium as executable, FLAGS } from "../chromium.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const SAMPLE = "00000000-0000-0000-0000-000000000031";
const SET = "00000000-0000-0000-0000-000000000071";
/** All but the last figure of a talk. */
const TALK = "00000000-0000-0000-0000-00000000000";

// State, route, name; a fourth part is done to the page before it is looked at.
const VIEWS = [
  ["stranger", "/", "landing"],
  ["stranger", "/", "landing-chosen", async (page) => page.locator(".choice").nth(0).click()],
  ["stranger", "/", "landing-missed", answer(0)],
  ["stranger", "/", "landing-right", answer(1)],
  ["guest", "/", "landing-back"],
  ["stranger", "/login", "login"],
  ["stranger", "/home", "login-first"],
  ["stranger", "/register", "register"],
  ["guest", "/register", "register-kept"],
  ["guest", "/register", "register-errors", async (page) => {
    await page.fill("#email", "student@uni-example");
    await page.fill("#password", "marrow lantern seven");
    await page.click("button[type=submit]");
    await page.waitForSelector(".field__error");
  }],
  ["new", "/onboarding", "onboarding"],
  ["new", "/onboarding#time", "onboarding-time"],
  ["new", "/onboarding#start", "onboarding-start"],
  ["busy", "/home", "home"],
  ["new", "/home", "home-new"],
  ["guest", "/home", "home-guest"],
  ["plain", "/home", "home-plain"],
  ["done", "/home", "home-done"],
  ["failed", "/home", "home-failed"],
  ["busy", "/settings", "settings"],
  ["busy", "/settings", "settings-delete", async (page) => page.click(".settings__delete")],
  ["guest", "/settings", "settings-guest"],
  ["busy", "/settings/memory", "memory"],
  ["busy", "/settings/memory?forget=all", "memory-forget"],
  ["new", "/settings/memory", "memory-new"],
  ["plain", "/settings/memory", "memory-off"],
  ["busy", "/no-such-page", "not-found"],
  ["busy", "/library", "library"],
  ["new", "/library", "library-new"],
  ["guest", "/library", "library-guest"],
  ["failed", "/library", "library-failed"],
  ["busy", "/library", "library-menu", async (page) => page.locator(".more > summary").last().click()],
  ["busy", `/library?delete=${SAMPLE}`, "library-delete", async (page) => page.waitForSelector("dialog:modal")],
  ["busy", "/library", "library-refused", drop("heart.mp3", "locked.pdf", "known.pdf", "broken.pdf", "empty.txt")],
  ["busy", `/library/${SAMPLE}`, "reader"],
  ["busy", `/library/${SAMPLE}?page=14`, "reader-kinds"],
  ["busy", `/library/${SAMPLE}?page=24&q=filling#hit`, "reader-find"],
  ["busy", `/library/${SAMPLE}?from=2900&to=3010&back=%2Fquiz%2F${SET}#lit`, "reader-lit"],
  ["busy", `/library/${SAMPLE}?page=14`, "reader-contents", async (page) => {
    const list = page.locator(".rhead .toggle");
    if (await list.isVisible()) await list.click();
  }],
  ["busy", `/library/${SAMPLE}?page=15`, "reader-questions", async (page) => {
    const bar = page.locator(".qs__head");
    if (await bar.isVisible()) await bar.click();
  }],
  ["busy", "/library/00000000-0000-0000-0000-000000000041", "reader-reading"],
  ["busy", "/library/00000000-0000-0000-0000-0000000000ff", "reader-not-there"],
  ["failed", `/library/${SAMPLE}`, "reader-failed"],
  ["busy", "/search", "search-blank"],
  ["busy", "/search?q=why+does+the+AV+node+delay+the+impulse", "search"],
  ["busy", "/search?q=impulse+ventricles", "search-why", async (page) => page.locator(".why > summary").first().click()],
  ["words", "/search?q=atrioventricular+node", "search-words"],
  ["busy", "/search?q=lusitropy", "search-none"],
  ["failed", "/search?q=node", "search-failed"],
  ["busy", `/quiz/${SET}`, "quiz"],
  ["busy", `/quiz/${SET}/results`, "results"],
  ["busy", "/review", "review"],
  ["done", "/review", "review-done"],
  ["busy", "/tutor", "tutor-talks"],
  ["busy", "/tutor", "tutor-how", async (page) => page.locator(".how summary").click()],
  ["busy", "/tutor", "tutor-keep", async (page) => page.locator(".talklist .btn--icon").first().click()],
  ["new", "/tutor", "tutor-new"],
  ["busy", `/tutor/${TALK}1`, "tutor-practice"],
  ["busy", `/tutor/${TALK}1`, "tutor-more", async (page) => page.getByRole("button", { name: "More", exact: true }).click()],
  ["busy", `/tutor/${TALK}1`, "tutor-edit", async (page) => page.getByRole("button", { name: "Edit my answer" }).click()],
  ["busy", `/tutor/${TALK}2`, "tutor-first-pass"],
  ["busy", `/tutor/${TALK}2`, "tutor-passage", async (page) => {
    await page.locator(".log .cite").first().click();
    await page.waitForTimeout(400);
  }],
  ["busy", `/tutor/${TALK}3`, "tutor-case"],
  ["busy", `/tutor/${TALK}4`, "tutor-speaking"],
  ["busy", `/tutor/${TALK}5`, "tutor-over"],
];

function answer(choice) {
  return async (page) => {
    await page.locator(".choice").nth(choice).click();
    await page.locator(".conf label").nth(2).click();
    await page.click(".landing__submit button");
    await page.waitForSelector(".landing__verdict");
    await page.waitForTimeout(400);
  };
}

/** Files as a hand lets them go over the page: empty where the name says so. */
function drop(...names) {
  return async (page) => {
    const data = await page.evaluateHandle((names) => {
      const data = new DataTransfer();
      for (const name of names) data.items.add(new File([name.startsWith("empty") ? "" : "text"], name));
      return data;
    }, names);
    await page.dispatchEvent("body", "dragover", { dataTransfer: data });
    await page.dispatchEvent("body", "drop", { dataTransfer: data });
    await page.waitForTimeout(600);
  };
}

const given = { base: "http://127.0.0.1:3100", out: join(HERE, "..", "artifacts", "states"), widths: [320, 360, 1280], themes: ["light", "dark"], axe: true, only: "" };
for (const args = process.argv.slice(2); args.length > 0; ) {
  const arg = args.shift();
  if (arg === "--base") given.base = args.shift();
  else if (arg === "--out") given.out = args.shift();
  else if (arg === "--only") given.only = args.shift();
  else if (arg === "--widths") given.widths = args.shift().split(",").map(Number);
  else if (arg === "--no-axe") given.axe = false;
  else if (arg === "--light" || arg === "--dark") given.themes = [arg.slice(2)];
  else throw new Error(`unknown option ${arg}`);
}
mkdirSync(given.out, { recursive: true });

const browser = await chromium.launch({ executablePath: executable(), args: FLAGS });
let found = 0;
const report = (view, text) => {
  found += 1;
  console.log(`${view}: ${text}`);
};
for (const [state, route, name, act] of VIEWS) {
  if (!name.includes(given.only)) continue;
  for (const width of given.widths) {
    for (const theme of given.themes) {
      const view = `${name}-${width}-${theme}`;
      const context = await browser.newContext({ viewport: { width, height: width < 768 ? 780 : 900 }, colorScheme: theme, reducedMotion: "reduce" });
      await context.addCookies([{ name: "state", value: state, url: given.base }]);
      const page = await context.newPage();
      // a page that fails, or is not there, is told to the console by the browser itself
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type()) && !/status of [45]\d\d/.test(message.text())) report(view, message.text());
      });
      page.on("pageerror", (error) => report(view, error.message));
      // the library's stream of events never ends, and so the network is never idle
      await page.goto(given.base + route, { waitUntil: route.startsWith("/library") ? "load" : "networkidle" });
      await page.waitForTimeout(route.startsWith("/library") ? 1_500 : 150);
      try {
        if (act) await act(page);
      } catch (error) {
        report(view, String(error).split("\n")[0]);
      }
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) report(view, `scrolls sideways by ${over} px`);
      if (given.axe && width !== 320) {
        const { violations } = await new AxeBuilder({ page }).analyze();
        for (const violation of violations) report(view, `axe ${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).join(" | ")}`);
      }
      await page.screenshot({ path: join(given.out, `${view}.png`), fullPage: true });
      await context.close();
    }
  }
}
await browser.close();
console.log(found === 0 ? "nothing found" : `${found} found`);
process.exitCode = found === 0 ? 0 : 1;
