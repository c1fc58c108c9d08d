// What every test gets beside a page: a clean-console check, axe in both themes, named pictures, and power over the
// server. Knows nothing about single pages: that is for pages/*.ts.

import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type ConsoleMessage, type Page } from "@playwright/test";
import { watchForScripts } from "./pages/screen";

/** Ends the server hard and starts it again on the same data. */
export interface Power {
  /** False against a server that run.mjs does not own (`cargo leptos end-to-end`): skip what needs it. */
  available: boolean;
  /** As a power cut would. */
  kill(): Promise<void>;
  /** Waits until it answers. */
  start(): Promise<void>;
}

interface Fixtures {
  /** What the browser may write to the console in this test: a cut connection, for one. */
  noise: RegExp | undefined;
  /** Fails the test when a page of the context threw or its console showed an error. */
  quiet: void;
  /** Zero axe violations, in the light and in the dark theme. */
  accessible: (name?: string) => Promise<void>;
  /** Keeps a picture under artifacts/. */
  picture: (name: string) => Promise<void>;
  power: Power;
}

/** Chromium logs every 4xx answer of a fetch, also those that the page expects and shows. */
const EXPECTED = /^Failed to load resource: the server responded with a status of 4\d\d/;

/** Whether a message of the console is a fault of the page. */
function isFault(message: ConsoleMessage): boolean {
  return message.type() === "error" && !EXPECTED.test(message.text());
}

/** Nothing on this page breaks a rule of axe, whichever theme the system asks for. */
export async function expectAccessible(page: Page, name = page.url()): Promise<void> {
  const before = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  for (const colorScheme of ["light", "dark"] as const) {
    // Cross-fades would be caught half way. What goes round for ever, waits or follows the scrolling never ends.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(() => {
      const runs = document.getAnimations().filter(({ playState }) => playState === "running");
      const ends = Promise.allSettled(runs.map((animation) => animation.finished));
      return Promise.race([ends, new Promise((done) => setTimeout(done, 1000))]).then(() => undefined);
    });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, help, nodes }) => ({
      rule: id,
      help,
      where: nodes.map((node) => `${node.target.join(" ")}: ${node.any.concat(node.all, node.none).map((check) => check.message).join("; ")}`),
    }));
    expect(found, `axe on ${name}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: before ? "dark" : "light", reducedMotion: null });
}

export const test = base.extend<Fixtures>({
  noise: [undefined, { option: true }],

  // Tells page objects when the scripts of a page run.
  context: async ({ context }, use) => {
    await watchForScripts(context);
    await use(context);
  },

  quiet: [
    async ({ context, noise }, use) => {
      const faults: string[] = [];
      context.on("weberror", (thrown) => faults.push(`thrown: ${thrown.error().message}`));
      context.on("console", (message) => {
        if (isFault(message) && !noise?.test(message.text())) faults.push(`console: ${message.text()} (${message.location().url})`);
      });
      await use();
      expect(faults, "a page threw or its console showed errors").toEqual([]);
    },
    { auto: true },
  ],

  accessible: async ({ page }, use) => {
    await use((name) => expectAccessible(page, name));
  },

  picture: async ({ page }, use, info) => {
    await use(async (name) => {
      const database = process.env.MITOCHI_DATABASE ?? "local";
      const path = `artifacts/${database}/${info.project.name}/${name}.png`;
      // a dozen pages of a book make a picture that takes longer than the test, and shows no more
      const tall = await page.evaluate(() => (document.scrollingElement?.scrollHeight ?? 0) > 8000);
      await page.screenshot({ path, fullPage: !tall, animations: "disabled" });
    });
  },

  power: async ({}, use) => {
    const control = process.env.CONTROL_URL;
    const ask = async (step: string) => {
      if (!control) throw new Error("no CONTROL_URL: this server is not ours to stop");
      const answer = await fetch(`${control}/${step}`, { method: "POST" });
      if (!answer.ok) throw new Error(`${step}: ${await answer.text()}`);
    };
    await use({ available: control !== undefined, kill: () => ask("kill"), start: () => ask("start") });
  },
});

export { expect };
