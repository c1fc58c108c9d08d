import { defineConfig } from "@playwright/test";
import { chromium, FLAGS } from "./chromium.mjs";

/** `sqlite` or `postgres` under run.mjs, `local` against a server that somebody else started. */
const database = process.env.MITOCHI_DATABASE ?? "local";

const browser = {
  browserName: "chromium" as const,
  launchOptions: { executablePath: chromium(), args: FLAGS },
};

/** Tests that kill the server: alone, when all others are through. */
const POWER = /\.power\.spec\.ts$/;

/** Measurements, which fail nothing: `.ci/bench` asks for them. */
const BENCH = {
  name: "bench",
  testDir: "bench",
  use: { ...browser, viewport: { width: 1280, height: 800 } },
};

export default defineConfig({
  testDir: "tests",
  outputDir: `artifacts/${database}/results`,
  // A journey reads a chapter, on two cores that it shares with the server.
  timeout: 240_000,
  expect: { timeout: 15_000 },
  fullyParallel: true,
  workers: Number(process.env.PLAYWRIGHT_WORKERS ?? 2),
  // Once more where a whole run would be lost to a machine that stood still for a moment. What passes only then is listed
  // as 'flaky', and is a bug to look for.
  retries: Number(process.env.PLAYWRIGHT_RETRIES ?? 0),
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"], ["html", { outputFolder: `artifacts/${database}/report`, open: "never" }]],
  use: {
    baseURL: process.env.BASE_URL ?? "http://127.0.0.1:3000",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    // Without them a press that cannot be done waits as long as the whole test may take.
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    // A worker would hide requests from the tests that watch or refuse them; the test of the offline page lets it in.
    serviceWorkers: "block",
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
  },
  projects: process.env.MITOCHI_BENCH ? [BENCH] : [
    {
      name: "phone",
      testIgnore: POWER,
      use: { ...browser, viewport: { width: 360, height: 780 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
    },
    {
      name: "laptop",
      testIgnore: POWER,
      use: { ...browser, viewport: { width: 1280, height: 800 } },
    },
    {
      name: "power",
      fullyParallel: false,
      workers: 1,
      testMatch: POWER,
      dependencies: ["phone", "laptop"],
      use: { ...browser, viewport: { width: 1280, height: 800 } },
    },
  ],
});
