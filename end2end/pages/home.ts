// Today: the standing, the best next step, what comes back.

import type { Locator } from "@playwright/test";
import { Screen } from "./screen";

export class Home extends Screen {
  readonly goal = this.page.getByRole("region", { name: /^Today’s goal/ });
  readonly next = this.page.getByRole("region", { name: /./ }).and(this.page.locator(".next"));
  readonly coming = this.page.getByRole("region", { name: "Coming back" });
  readonly dueNow = this.coming.locator("dd").first();
  readonly tomorrow = this.coming.locator("dd").nth(1);
  readonly streak = this.goal.locator(".goal__streak strong");
  readonly level = this.goal.locator(".goal__level b");
  /** Links and buttons that go on with an open set. */
  readonly goOn: Locator = this.page.locator("a[href^='/quiz/']").first();

  /** XP of today, as the goal counts it. */
  async xpToday(): Promise<number> {
    return Number.parseInt(await this.goal.locator(".goal__num").innerText(), 10);
  }

  /** All XP, as the level counts it. */
  async levelLine(): Promise<{ level: number; into: number }> {
    const text = (await this.goal.locator(".goal__level p").innerText()).replace(/\s+/g, " ");
    const [, level, into] = /Level (\d+) · (\d+) of \d+ XP/.exec(text) ?? [];
    return { level: Number(level), into: Number(into) };
  }
}
