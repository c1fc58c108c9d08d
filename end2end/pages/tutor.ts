// Talks with the tutor.

import { expect } from "@playwright/test";
import { Screen } from "./screen";

export class Talks extends Screen {
  readonly worth = this.page.getByRole("region", { name: "Worth a talk" }).getByRole("listitem");
  readonly own = this.page.getByRole("region", { name: "Your talks" }).getByRole("listitem");
  readonly field = this.page.getByRole("searchbox", { name: "Search your talks" });
}

export class Talk extends Screen {
  readonly log = this.page.getByRole("log", { name: "Conversation" });
  readonly lines = this.log.locator(".msg");
  readonly said = this.log.locator(".msg--mito");
  readonly mine = this.log.locator(".msg--me");
  readonly options = this.page.locator(".compose .choice input");
  readonly answer = this.page.getByRole("textbox", { name: "Your answer" });
  readonly check = this.page.getByRole("button", { name: /^Check/ });
  /** What stands in the talk's head while the line is cut. */
  readonly line = this.page.locator(".chead [role=status]");
  readonly more = this.page.getByRole("button", { name: "More", exact: true });
  readonly edit = this.page.getByRole("button", { name: "Edit my answer" });
  readonly copy = this.page.getByRole("button", { name: "Copy" });
  readonly citations = this.log.getByRole("link", { name: /^p\./ });
  /** The cited passage, beside the talk or in the sheet over it. */
  readonly passage = this.page.locator(".passage").filter({ visible: true });

  /** The rung of this name, in whichever shape of the ladder this width shows. */
  rung(name: string) {
    return this.page.locator(".rung, .hint").filter({ hasText: name, visible: true });
  }

  /** Chooses an option, with how sure one is, and waits for what is said of it. */
  async choose(option: number, sure: RegExp): Promise<void> {
    const before = await this.mine.count();
    await this.press(this.options.nth(option));
    await this.press(this.page.getByRole("radio", { name: sure }));
    await this.press(this.check);
    await expect(this.mine).toHaveCount(before + 1);
  }

  /** The numbers of the lines that stand there are those of all that was said: none twice, and none missing. */
  async whole(): Promise<void> {
    const shown = await this.lines.count();
    await this.page.reload();
    await this.awake();
    await expect(this.lines, "what stood there is what was stored").toHaveCount(shown);
  }

  /** Writes an answer and sends it by the keyboard. */
  async write(words: string): Promise<void> {
    const before = await this.mine.count();
    await this.answer.fill(words);
    await this.answer.press("Enter");
    await expect(this.mine).toHaveCount(before + 1);
  }
}
