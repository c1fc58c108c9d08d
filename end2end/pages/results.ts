// A set at its end.

import { Screen } from "./screen";

export class Results extends Screen {
  readonly score = this.page.locator(".score");
  readonly xp = this.score.locator(".chip.honey");
  readonly level = this.score.locator(".chip.lav");
  readonly streak = this.score.locator(".chip.coral");
  readonly items = this.page.getByRole("region", { name: "Every question" }).locator("details.item");
  readonly missed = this.page.getByRole("region", { name: "Every question" }).locator("details.item.coral");
  readonly review = this.page.getByRole("link", { name: /^Review \d+ cards? now$/ });
  readonly celebration = this.page.locator("dialog.party");

  /** A level or a streak is celebrated once, over the page. */
  async closeCelebration(): Promise<void> {
    if (await this.celebration.isVisible()) {
      await this.press(this.celebration.getByRole("button", { name: /See the set/ }));
      await this.celebration.waitFor({ state: "hidden" });
    }
  }
}
