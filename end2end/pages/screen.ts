// What all page objects share: when scripts run, and pressing with what the device has.

import type { BrowserContext, Locator, Page } from "@playwright/test";

declare global {
  interface Window {
    /** Set once the app listens: its effects run after hydration alone. */
    mitochiAwake?: boolean;
  }
}

/** Notes in each page of a context when the app begins to listen to the connection, which it does on every page. */
export async function watchForScripts(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const listen = window.addEventListener;
    window.addEventListener = function (this: Window, ...given: Parameters<typeof listen>) {
      if (given[0] === "offline") window.mitochiAwake = true;
      return listen.apply(this, given);
    } as typeof listen;
  });
}

/** A page of Mitochi in a tab. */
export class Screen {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens an address and waits until its scripts run; gives the HTTP status. */
  async open(path: string): Promise<number> {
    const answer = await this.page.goto(path);
    await this.awake();
    return answer?.status() ?? 0;
  }

  /** Until the scripts of this page run. The development WASM is large. */
  async awake(): Promise<void> {
    await this.page.waitForFunction(() => window.mitochiAwake === true, undefined, { timeout: 45_000 });
  }

  /** Presses as a finger or a mouse does, whichever this device has. */
  async press(target: Locator): Promise<void> {
    const touch = await this.page.evaluate(() => navigator.maxTouchPoints > 0);
    await (touch ? target.tap() : target.click());
  }

  /** The text as `toHaveText` reads it; the text as drawn breaks the line at a gap, whose word only readers of screens hear. */
  async words(of: Locator): Promise<string> {
    return (await of.textContent()) ?? "";
  }

  get heading(): Locator {
    return this.page.getByRole("heading", { level: 1 });
  }

  /** Short messages at the lower edge. */
  get toasts(): Locator {
    return this.page.locator(".toasts .toast");
  }

  /** The banner that says that the server cannot be reached. */
  get offline(): Locator {
    return this.page.getByText("No connection to Mitochi.");
  }

  /** Mito, wherever he stands. */
  get mito(): Locator {
    return this.page.locator(".strip").first();
  }

  /** Pixels that the page is wider than the window. */
  async beyond(): Promise<number> {
    return this.page.evaluate(() => (document.scrollingElement?.scrollWidth ?? 0) - window.innerWidth);
  }
}
