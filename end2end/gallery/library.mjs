// Drives the library's pages over the gallery (end2end/gallery/run.sh) as a learner does: files let go over the page,
// the same without any script, a phone's touch, the keyboard in the search.
//
//   node end2end/gallery/library.mjs [--base URL] [--only NAME]
//
// Ends with 1 if anything was found.

import process from "node:process";
import { chromium } from "@playwright/test";
import { chromium as executable, FLAGS } from "../chromium.mjs";

const given = { base: "http://127.0.0.1:3100", only: "" };
for (const args = process.argv.slice(2); args.length > 0; ) {
  const arg = args.shift();
  if (arg === "--base") given.base = args.shift();
  else if (arg === "--only") given.only = args.shift();
  else throw new Error(`unknown option ${arg}`);
}

/** The heart chapter. */
const HEART = "00000000-0000-0000-0000-000000000031";
const PHONE = { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true };
const browser = await chromium.launch({ executablePath: executable(), args: FLAGS });
let found = 0;

function expect(name, holds, seen = "") {
  if (holds) return console.log(`  ok    ${name}`);
  found += 1;
  console.log(`  FAULT ${name}${seen ? `: ${seen}` : ""}`);
}

/** A page of a learner in a state; what its console says against it counts. */
async function learner(state, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await context.addCookies([{ name: "state", value: state, url: given.base }]);
  const page = await context.newPage();
  const told = (text) => expect("the console is silent", false, text.slice(0, 300));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !/status of [45]\d\d/.test(message.text())) told(message.text());
  });
  page.on("pageerror", (error) => told(error.message));
  return page;
}

/** Opens a page and gives it time to wake up; the stream of events never lets the network rest. */
async function open(page, path, rest = 1_500) {
  await page.goto(given.base + path, { waitUntil: "load" });
  await page.waitForTimeout(rest);
}

/** Lets files go over the page: empty where the name says so. Returns whether the page showed that it takes them. */
async function drop(page, names) {
  const dataTransfer = await page.evaluateHandle((names) => {
    const data = new DataTransfer();
    for (const name of names) data.items.add(new File([name.startsWith("empty") ? "" : "text"], name));
    return data;
  }, names);
  await page.dispatchEvent("body", "dragover", { dataTransfer });
  const shown = await page.locator(".dropveil.is-over").count();
  await page.dispatchEvent("body", "drop", { dataTransfer });
  return shown === 1;
}

const file = (name) => ({ name, mimeType: "application/pdf", buffer: Buffer.from("text") });
const inView = (page, selector) =>
  page.locator(selector).first().evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
const focused = (page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.className || "");
const shownPage = (page) => page.locator(".rhead p").innerText();

const walks = {
  async live() {
    const page = await learner("live");
    await open(page, "/library", 2_500);
    const row = () => page.locator(".file").filter({ hasText: /endocrine/i }).first().innerText();
    const before = await row();
    await page.waitForTimeout(3_500);
    expect("a row changes while the file is read", before !== (await row()), before);
  },

  async files() {
    const page = await learner("live");
    await open(page, "/library", 2_500);
    const row = (name) => page.locator(".file").filter({ hasText: name });
    expect("the page takes files", await drop(page, ["heart.mp3", "locked.pdf", "known.pdf", "slow.pdf", "good.pdf", "broken.pdf", "empty.txt"]));
    await page.waitForTimeout(800);
    for (const [name, words] of [["heart.mp3", "cannot be read"], ["locked.pdf", "password"], ["known.pdf", "already"], ["empty.txt", "empty"]]) {
      expect(`${name} has its own message`, (await row(name).innerText()).includes(words), await row(name).innerText());
    }
    expect("a failed upload can be tried again", (await row("broken.pdf").getByRole("button", { name: /Try again/ }).count()) === 1);
    expect("a slow upload is on its way", /sent|uploading/.test(await row("slow.pdf").first().innerText()));
    await page.waitForTimeout(2_500);
    expect("a good file stands on the shelf once", (await row("good.pdf").count()) === 1);
    await row("heart.mp3").getByRole("button", { name: /Dismiss/ }).click();
    expect("a message is dismissed", (await row("heart.mp3").count()) === 0);
    await page.waitForTimeout(2_500);
    expect("the slow one arrives", (await row("slow.pdf").count()) === 1);
    await page.getByRole("link", { name: "Search" }).first().click();
    await page.waitForTimeout(700);
    await page.goBack();
    await page.waitForTimeout(1_200);
    expect("messages survive a walk to another page", (await row("locked.pdf").count()) === 1);
    for (const last of [false, true]) {
      await row("good.pdf").locator("summary").click();
      await row("good.pdf").getByRole("link", { name: "Delete" }).click();
      await page.waitForTimeout(600);
      expect("a dialog asks before a loss", (await page.locator("dialog:modal").count()) === 1);
      if (last) await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
      else await page.keyboard.press("Escape");
      await page.waitForTimeout(900);
      expect("the dialog goes", (await page.locator("dialog:modal").count()) === 0 && !new URL(page.url()).search, page.url());
      expect(last ? "the file is gone" : "Escape keeps the file", (await row("good.pdf").count()) === (last ? 0 : 1));
    }
    expect("the deletion is told", (await page.locator(".toast").innerText()).includes("deleted"));
  },

  async many() {
    const page = await learner("busy");
    await open(page, "/library", 2_000);
    await drop(page, Array.from({ length: 23 }, (_, index) => `many-${index}.pdf`));
    await page.waitForTimeout(1_500);
    expect("twenty at once, the rest are told", (await page.locator(".file").filter({ hasText: "20 files go at once" }).count()) === 3);
  },

  async plain() {
    const page = await learner("busy", { javaScriptEnabled: false });
    const main = page.locator("main");
    const at = (path) => new URL(page.url()).pathname === path;
    await open(page, "/library", 200);
    expect("nothing to send yet", !(await page.locator(".drop__send").isVisible()));
    await page.setInputFiles("input[type=file]", ["locked.pdf", "fine.pdf", "known.pdf"].map(file));
    await page.locator(".drop__send").click();
    await page.waitForLoadState();
    expect("the form leads back to the shelf", at("/library"), page.url());
    expect("and tells what was not taken", /locked with a password[\s\S]*already/.test(await main.innerText()));
    await open(page, "/library", 200);
    const again = page.locator(".file").filter({ hasText: "joints" }).getByRole("button", { name: /Try again/ });
    await again.click();
    await page.waitForLoadState();
    expect("trying again leads back", at("/library"), page.url());
    await page.context().addCookies([{ name: "state", value: "failed", url: given.base }]);
    await again.click();
    await page.waitForLoadState();
    await page.context().addCookies([{ name: "state", value: "busy", url: given.base }]);
    await page.goto(page.url());
    expect("a refusal is told", (await main.innerText()).includes("went wrong"));
    await open(page, "/library", 200);
    await page.locator(".more summary").last().click();
    await page.locator(".more[open] a").last().click();
    await page.waitForLoadState();
    await page.locator("dialog[open]").getByRole("button", { name: "Delete" }).click();
    await page.waitForLoadState();
    expect("deleting leads back", at("/library"), page.url());
    await open(page, "/library", 200);
    await page.locator(".file").filter({ hasText: "The heart" }).getByRole("button", { name: /Practise/ }).first().click();
    await page.waitForLoadState();
    expect("a set begins", page.url().includes("/quiz/"), page.url());
    await open(page, `/library/${HEART}?page=14&q=impulse`, 200);
    await page.locator(".find a").last().click();
    await page.waitForLoadState();
    expect("the next hit is a link", /at=\d+/.test(page.url()) && (await page.locator("#hit").count()) === 1, page.url());
    await open(page, "/search", 200);
    await page.fill("#query", "node");
    await page.locator(".ask button").click();
    await page.waitForLoadState();
    await page.locator(".r__open").first().click();
    await page.waitForLoadState();
    expect("a hit opens at its lit span", await inView(page, "#lit"), page.url());
  },

  async reader() {
    const page = await learner("busy");
    await open(page, `/library/${HEART}?from=2900&to=3010&back=%2Fquiz%2F1`);
    expect("the lit span is in view", await inView(page, "#lit"));
    expect("and has the focus", (await focused(page)) === "lit", await focused(page));
    expect("the arrow leads back to the quiz", (await page.locator(".rhead a").first().getAttribute("href")) === "/quiz/1");
    await page.fill(".find input", "ventricles");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(1_200);
    const next = page.getByRole("link", { name: "Next hit" });
    const seen = new Set();
    for (let hit = 0; hit < 12; hit += 1) {
      expect(`hit ${hit} is marked and in view`, (await page.locator("#hit").count()) === 1 && (await inView(page, "#hit")), page.url());
      seen.add(await page.locator(".find__count").innerText());
      await next.click();
      await page.waitForTimeout(1_000);
    }
    expect("hits go on through the whole file and round", seen.size === 7, [...seen].join(", "));
    await page.locator(".toc a").filter({ hasText: "Layers of the sac" }).click();
    await page.waitForTimeout(1_200);
    expect("the contents lead to other pages", (await shownPage(page)).startsWith("Page 1 "), await shownPage(page));
    await page.locator(".turns a").last().click();
    await page.waitForTimeout(1_200);
    expect("the next pages follow", /Page 1[23] /.test(await shownPage(page)), await shownPage(page));
    await open(page, `/library/${HEART}?page=24`);
    await page.mouse.wheel(0, 60);
    await page.waitForTimeout(600);
    const left = await shownPage(page);
    await open(page, `/library/${HEART}`, 2_500);
    expect("the place is kept", (await shownPage(page)) === left && left.includes("Page 2"), `${left}, ${await shownPage(page)}`);
    await open(page, `/library/${HEART}?page=14`);
    await page.locator(".qs .q").first().click();
    await page.waitForTimeout(1_200);
    expect("a question lights its source", (await page.locator("#lit").count()) === 1 && (await inView(page, "#lit")));
    await page.locator(".from a").click();
    await page.waitForTimeout(600);
    expect("and the source leads to the question", await page.evaluate(() => Boolean(document.activeElement?.closest(".qs"))));
  },

  async phone() {
    const page = await learner("busy", PHONE);
    await open(page, `/library/${HEART}?page=14`);
    await page.locator(".rhead .toggle").tap();
    await page.waitForTimeout(500);
    expect("the contents are a sheet", (await page.locator("dialog.fsheet:modal").count()) === 1);
    await page.locator(".toc2 a").filter({ hasText: "Preload" }).tap();
    await page.waitForTimeout(1_000);
    expect("a row closes it and jumps", (await page.locator("dialog:modal").count()) === 0 && (await shownPage(page)).includes("Page 24"), await shownPage(page));
    await page.locator(".rhead .phone").tap();
    await page.waitForTimeout(400);
    expect("the search field opens with the focus", (await page.evaluate(() => document.activeElement?.getAttribute("name"))) === "q");
    await open(page, `/library/${HEART}?page=14`);
    await page.locator(".qs__head").tap();
    await page.waitForTimeout(400);
    await page.locator(".qs__body button").tap();
    await page.waitForTimeout(1_500);
    expect("the questions of a page are practised", page.url().includes("/quiz/"), page.url());
  },

  async search() {
    const page = await learner("busy");
    await open(page, "/search");
    expect("the field has the focus", (await focused(page)) === "query");
    await page.keyboard.type("impulse node", { delay: 40 });
    await page.waitForTimeout(1_300);
    expect("it answers while one types", (await page.locator(".r").count()) > 0 && page.url().includes("q=impulse"), page.url());
    expect("and the focus stays", (await focused(page)) === "query");
    await page.keyboard.press("ArrowDown");
    expect("down leads to the first result", (await focused(page)) === "r__open");
    for (const key of ["ArrowDown", "ArrowUp", "ArrowUp"]) await page.keyboard.press(key);
    expect("up leads back to the field", (await focused(page)) === "query");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(1_600);
    expect("Enter opens the reader, lit", page.url().includes("/library/") && (await page.locator("#lit").count()) === 1, page.url());
    await page.locator(".rhead a").first().click();
    await page.waitForTimeout(1_200);
    expect("the arrow leads back to the search", page.url().includes("/search?q=impulse") && (await page.locator(".r").count()) > 0, page.url());
    await page.locator(".facet a").nth(1).click();
    await page.waitForTimeout(900);
    expect("a file is chosen", page.url().includes("material="), page.url());
  },
};

for (const [name, walk] of Object.entries(walks)) {
  if (!name.includes(given.only)) continue;
  console.log(name);
  try {
    await walk();
  } catch (error) {
    expect("the walk goes on to its end", false, String(error).split("\n")[0]);
  }
  for (const context of browser.contexts()) await context.close();
}
await browser.close();
console.log(found === 0 ? "nothing found" : `${found} found`);
process.exitCode = found === 0 ? 0 : 1;
