// What Mito remembers.

import type { Locator } from "@playwright/test";
import { Screen } from "./screen";

export class Memory extends Screen {
  readonly rows = this.page.locator(".memory__row");
  readonly field = this.page.getByRole("textbox", { name: "In a sentence" }).first();
  readonly remember = this.page.getByRole("button", { name: "Remember", exact: true });
  readonly dialog = this.page.getByRole("dialog");
  readonly forget = this.dialog.getByRole("button", { name: "Forget" });

  row(words: string | RegExp): Locator {
    return this.rows.filter({ hasText: words });
  }

  /** Adds a goal or a note. */
  async add(kind: "A goal" | "A note", words: string): Promise<void> {
    await this.press(this.page.getByRole("radiogroup", { name: "What it is" }).locator("label").filter({ hasText: kind }));
    await this.field.fill(words);
    await this.press(this.remember);
    await this.row(words).waitFor();
    await this.awake();
  }
}
