// The library, searched.

import { Screen } from "./screen";

export class Search extends Screen {
  readonly field = this.page.getByRole("searchbox", { name: "Search all files" });
  readonly send = this.page.locator("form.ask").getByRole("button", { name: "Search" });
  readonly results = this.page.getByRole("region", { name: "Results" });
  readonly hits = this.results.getByRole("listitem").filter({ has: this.page.getByRole("heading", { level: 3 }) });

  async ask(words: string): Promise<void> {
    await this.field.fill(words);
    await this.field.press("Enter");
  }
}
