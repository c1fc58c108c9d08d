// A material, read: text with page marks, outline, what is lit.

import { Screen } from "./screen";

export class Reader extends Screen {
  /** The first lit stretch. */
  readonly lit = this.page.locator("mark.lit").first();
  /** The found words that are current. */
  readonly hit = this.page.locator("mark.hit[aria-current]").first();
  readonly pages = this.page.getByRole("article").getByRole("group", { name: /^(Page|Slide) \d+$/ });
  readonly pageMarks = this.page.locator(".pagemark");
  readonly standing = this.page.locator(".rhead p");
  readonly back = this.page.locator(".rhead").getByRole("link", { name: /^Back to/ });
  readonly text = this.page.getByRole("article");
  readonly contentsButton = this.page.locator(".rhead").getByRole("link", { name: "Contents" });

  /** The headings, in the column of a wide screen or in the sheet of a narrow one, which it opens. */
  async outline() {
    const column = this.page.getByRole("navigation", { name: "Contents", exact: true });
    if (await column.isVisible()) return column.getByRole("link").filter({ hasNot: this.page.locator(".sprite, svg") });
    await this.press(this.contentsButton);
    return this.page.getByRole("navigation", { name: "Contents of the file" }).getByRole("link");
  }

  async closeOutline(): Promise<void> {
    const close = this.page.getByRole("dialog").getByRole("button", { name: "Close the contents" });
    if (await close.isVisible()) await this.press(close);
  }
}
