// A set of questions, answered one by one.

import type { Locator } from "@playwright/test";
import { Screen } from "./screen";

export class Quiz extends Screen {
  readonly stem = this.page.locator("#lead");
  readonly options = this.page.locator(".quiz__q .choice");
  readonly sure = this.page.getByRole("group", { name: "How sure are you?" }).locator("label");
  readonly check = this.page.locator(".submit button[type=submit]");
  readonly verdict = this.page.locator("#verdict");
  readonly verdictLine = this.page.locator("#verdict-line");
  readonly key = this.page.locator(".quiz__q .choice.is-right");
  readonly explanation = this.page.locator(".sheet");
  /** The learner's own page, word for word, behind the key. */
  readonly quote = this.explanation.locator(".reasons blockquote");
  /** The way to the key's place in the reader. */
  readonly citation = this.explanation.locator(".reasons a[href^='/library/']").last();
  readonly others = this.explanation.locator(".opts details");
  readonly next = this.page.locator(".sheet__foot a.btn");
  readonly leave = this.page.getByRole("link", { name: /^Leave/ });
  readonly comesBack = this.explanation.locator(".note.lav");
  private readonly bar = this.page.getByRole("progressbar", { name: "Questions" });

  /** Until the set listens, so that nothing is pressed into the void. */
  async awake(): Promise<void> {
    await super.awake();
    await this.page.locator("main.quiz.is-live").waitFor();
  }

  /** 'Question 3 of 10; 1 right, 1 missed' */
  async standing(): Promise<{ at: number; of: number; right: number; missed: number }> {
    const text = (await this.bar.getAttribute("aria-valuetext")) ?? "";
    const [, at, of, right, missed] = /Question (\d+) of (\d+); (\d+) right, (\d+) missed/.exec(text) ?? [];
    return { at: Number(at), of: Number(of), right: Number(right), missed: Number(missed) };
  }

  /** Chooses, says how sure and checks, by keys alone: 0 is a guess, 3 is certain. */
  async answerByKeys(choice: number, sure: number): Promise<void> {
    await this.page.keyboard.press(String(choice + 1));
    // the first '-' means unsure, the first '+' fairly sure; each further one a step on
    await this.page.keyboard.press(sure < 2 ? "-" : "+");
    if (sure === 0) await this.page.keyboard.press("-");
    if (sure === 3) await this.page.keyboard.press("+");
    await this.page.keyboard.press("Enter");
  }

  /** The same with a finger or a mouse. */
  async answerByHand(choice: number, sure: number): Promise<void> {
    await this.press(this.option(choice));
    await this.press(this.sure.nth(sure));
    await this.press(this.check);
  }

  option(index: number): Locator {
    return this.page.locator(`#choice-${index}`);
  }

  get id(): string {
    return /\/quiz\/([0-9a-f-]+)/.exec(this.page.url())?.[1] ?? "";
  }
}
