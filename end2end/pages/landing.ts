// The front page: the promise and the question to try.

import type { Locator } from "@playwright/test";
import { Screen } from "./screen";

export class Landing extends Screen {
  readonly question = this.page.locator("#question");
  readonly choices = this.question.locator(".choices").getByRole("radio");
  readonly sure = this.question.getByRole("group", { name: "How sure are you?" }).getByRole("radio");
  readonly check = this.question.getByRole("button", { name: "Check my answer" });
  readonly verdict = this.question.getByRole("heading", { name: /^(Correct|Not quite)$/ });
  readonly reason = this.question.locator(".landing__reason");
  /** '+10 XP', once the server has paid. */
  readonly paid = this.question.locator(".landing__kept b");
  readonly citation = this.question.locator("a.cite");
  readonly register = this.question.getByRole("link", { name: "Create your account" });
  /** The option that the page marks as the key, after the verdict. */
  readonly key = this.question.locator(".choice.is-right");

  /** Answers by the plain parts of the form, with or without scripts. */
  async answer(choice: number, sure: number): Promise<void> {
    await this.press(this.choices.nth(choice));
    await this.press(this.confidence(sure));
    await this.press(this.check);
  }

  confidence(level: number): Locator {
    return this.question.locator(".conf label").nth(level);
  }

  /** XP that the page says was paid. */
  async xp(): Promise<number> {
    return Number(/\+(\d+)/.exec(await this.paid.innerText())?.[1] ?? NaN);
  }
}
