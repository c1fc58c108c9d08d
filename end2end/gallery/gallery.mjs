// Pictures of pages for human eyes: every route at 360 and 1280 px, in light and in dark.
//
//   node end2end/gallery/gallery.mjs [options] [ROUTE…]
//
//   --base URL        the server (BASE_URL, else http://127.0.0.1:3000)
//   --out DIR         where the pictures go (end2end/artifacts/gallery)
//   --state FILE      cookies and storage of a session, as Playwright's storageState writes them
//   --register        makes an account first, so that pages behind the login show
//   --widths 320,768  other widths;  --light or --dark: one theme alone
//   --fold            the first screen alone instead of the whole page
//   --no-script       without JavaScript
//   --wait MS         a pause before the picture
//
// A route is a path, or NAME=PATH to choose the file's name. It prints what the console says and what scrolls sideways,
// and ends with 1 if a page threw or answered 500.

import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { chromium as executable, FLAGS } from "../chromium.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROUTES = ["/", "/login", "/register", "/onboarding", "/home", "/library", "/quiz/new", "/review", "/settings", "/search", "/no-such-page"];

function options(args) {
  const given = { base: process.env.BASE_URL ?? "http://127.0.0.1:3000", out: join(HERE, "..", "artifacts", "gallery"), widths: [360, 1280], themes: ["light", "dark"], wait: 0, routes: [] };
  const next = (name) => {
    const value = args.shift();
    if (value === undefined) throw new Error(`${name} wants a value`);
    return value;
  };
  while (args.length > 0) {
    const arg = args.shift();
    if (arg === "--base") given.base = next(arg).replace(/\/$/, "");
    else if (arg === "--out") given.out = next(arg);
    else if (arg === "--state") given.state = next(arg);
    else if (arg === "--widths") given.widths = next(arg).split(",").map(Number);
    else if (arg === "--wait") given.wait = Number(next(arg));
    else if (arg === "--register") given.register = true;
    else if (arg === "--fold") given.fold = true;
    else if (arg === "--no-script") given.noScript = true;
    else if (arg === "--light" || arg === "--dark") given.themes = [arg.slice(2)];
    else if (arg.startsWith("--")) throw new Error(`unknown option ${arg}`);
    else given.routes.push(arg);
  }
  if (given.routes.length === 0) given.routes = ROUTES;
  return given;
}

/** Fills the registration form by the kind of its fields; gives the session. */
async function register(browser, base) {
  const context = await browser.newContext({ baseURL: base });
  const page = await context.newPage();
  await page.goto("/register", { waitUntil: "networkidle" });
  await page.locator("input[type=email]").fill(`gallery-${Date.now()}@example.org`);
  for (const field of await page.locator("input[type=password]").all()) await field.fill("correct horse battery staple");
  const names = page.locator("input[type=text][required]");
  for (const field of await names.all()) await field.fill("Ada");
  await Promise.all([page.waitForURL((url) => !url.pathname.startsWith("/register")), page.locator("form button[type=submit]").first().click()]);
  const state = await context.storageState();
  await context.close();
  return state;
}

async function main() {
  const { base, out, widths, themes, routes, wait, fold, noScript, ...given } = options(process.argv.slice(2));
  mkdirSync(out, { recursive: true });
  const browser = await chromium.launch({ executablePath: executable(), args: FLAGS });
  let bad = false;
  try {
    const storageState = given.register ? await register(browser, base) : given.state;
    for (const route of routes) {
      const [, named, path] = /^(?:([\w-]+)=)?(\/.*)$/.exec(route) ?? [];
      if (!path) throw new Error(`${route}: a route begins with /`);
      const name = named ?? (path.replace(/[^\w-]+/g, "-").replace(/^-|-$/g, "") || "landing");
      for (const width of widths)
        for (const colorScheme of themes) {
          const phone = width < 768;
          const context = await browser.newContext({
            baseURL: base,
            viewport: { width, height: phone ? 780 : 800 },
            isMobile: phone,
            hasTouch: phone,
            colorScheme,
            storageState,
            javaScriptEnabled: !noScript,
          });
          const page = await context.newPage();
          const remarks = [];
          page.on("pageerror", (error) => ((bad = true), remarks.push(`threw: ${error.message}`)));
          page.on("console", (message) => message.type() === "error" && remarks.push(`console: ${message.text()}`));
          const answer = await page.goto(path, { waitUntil: "load" });
          // A page with an event stream is never idle: do not wait for that long.
          await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => {});
          await page.evaluate(() => document.fonts.ready.then(() => undefined));
          if (wait > 0) await page.waitForTimeout(wait);
          const status = answer?.status() ?? 0;
          if (status >= 500) bad = true;
          const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          if (beyond > 0) remarks.push(`scrolls ${beyond} px sideways`);
          const file = join(out, `${name}-${width}-${colorScheme}.png`);
          await page.screenshot({ path: file, fullPage: !fold, animations: "disabled" });
          console.log(`${status} ${file}${remarks.map((remark) => `\n      ${remark}`).join("")}`);
          await context.close();
        }
    }
  } finally {
    await browser.close();
  }
  return bad ? 1 : 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error) => {
    console.error(`gallery: ${error.message}`);
    process.exitCode = 2;
  },
);
