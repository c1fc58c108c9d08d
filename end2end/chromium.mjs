// Which Chromium the tests drive: CHROMIUM_PATH, then one that the machine has, then Playwright's own.
//
//   node end2end/chromium.mjs      prints its path, or fails when there is none

import { accessSync, constants, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const MAC = ["/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

function runs(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of the browser, undefined when there is none. */
export function chromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) return runs(given) ? given : undefined;
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  // A snap cannot run in a container, nor read a profile in /tmp.
  const found = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...MAC].find(
    (path) => runs(path) && !path.startsWith("/snap/") && !(path === "/usr/bin/chromium-browser" && existsSync("/snap/bin/chromium")),
  );
  if (found) return found;
  try {
    const { chromium } = createRequire(import.meta.url)("@playwright/test");
    return runs(chromium.executablePath()) ? chromium.executablePath() : undefined;
  } catch {
    return undefined;
  }
}

/** For a machine without a graphics card, also as root; without them Chromium calls home at every start. */
export const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = chromium();
  if (path) console.log(path);
  process.exitCode = path ? 0 : 1;
}
