// Cards that are due, graded with four buttons.

import type { Locator } from "@playwright/test";
import { Screen } from "./screen";

export const GRADES = ["Again", "Hard", "Good", "Easy"] as const;

export class Review extends Screen {
  readonly front = this.page.locator("#front");
  readonly show = this.page.getByRole("button", { name: /^Show the answer/ });
  readonly back = this.page.locator("#back");
  readonly grades = this.page.locator("button.grade");
  readonly undo = this.page.getByRole("button", { name: "Undo the last grade" });
  readonly last = this.page.locator(".toastbox .toast");
  readonly done = this.page.locator("#done");
  readonly end = this.page.locator(".empty");

  async left(): Promise<number> {
    return Number(await this.page.locator(".focus__bar b").innerText());
  }

  grade(word: (typeof GRADES)[number]): Locator {
    return this.page.getByRole("button", { name: new RegExp(`^${word}`) });
  }

  /** The interval that a grade shows: '10 min', '3 days'. */
  async interval(word: (typeof GRADES)[number]): Promise<string> {
    return (await this.grade(word).locator("small").innerText()).trim();
  }
}

/** A length of time in minutes, from its words. */
export function minutes(words: string): number {
  const units: [RegExp, number][] = [
    [/^([\d.]+)\s*min/, 1],
    [/^([\d.]+)\s*h/, 60],
    [/^([\d.]+)\s*d/, 1440],
    [/^([\d.]+)\s*w/, 10_080],
    [/^([\d.]+)\s*mo/, 43_800],
    [/^([\d.]+)\s*y/, 525_600],
  ];
  for (const [pattern, unit] of units) {
    const number = pattern.exec(words)?.[1];
    if (number) return Number(number) * unit;
  }
  throw new Error(`no length of time: ${words}`);
}
