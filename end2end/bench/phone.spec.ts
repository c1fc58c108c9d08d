// A cheap phone on a slow line: how long until the first question can be answered, and until the page is alive.

import { expect, test } from "../fixtures";
import { Landing } from "../pages/landing";

/** 1.6 Mbit/s each way, 150 ms there and back: what Lighthouse calls slow 4G. The processor is taken to be a quarter as fast. */
const LINE = { offline: false, latency: 150, downloadThroughput: (1.6e6 / 8) | 0, uploadThroughput: (1.6e6 / 8) | 0 };
const SLOWER = 4;
const ROUNDS = 5;
/** Seconds, printed beside the figures, never held against them. */
const AIM = { question: 2, alive: 5 };

test("the first question on a phone", async ({ browser }) => {
  const question: number[] = [];
  const alive: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await browser.newContext({ viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true });
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send("Network.enable");
    await cdp.send("Network.emulateNetworkConditions", LINE);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    const start = performance.now();
    await page.goto("/", { waitUntil: "commit" });
    const landing = new Landing(page);
    // answerable: its options are there, and the form works without scripts
    await expect(landing.choices.first()).toBeVisible();
    question.push((performance.now() - start) / 1000);
    await landing.awake();
    alive.push((performance.now() - start) / 1000);
    await context.close();
  }
  for (const [name, times, aim] of [["first question", question, AIM.question], ["alive", alive, AIM.alive]] as const) {
    const sorted = [...times].sort((a, b) => a - b);
    const median = sorted[sorted.length >> 1] ?? NaN;
    console.log(`${median.toFixed(1).padStart(8)} s of ${aim} s  ${name} on a phone, median of ${ROUNDS} (slowest ${(sorted.at(-1) ?? NaN).toFixed(1)} s)`);
  }
});
