// The library, searched.

import type { Locator } from "@playwright/test";
import { Screen } from "./screen";

export class Search extends Screen {
  readonly field = this.page.getByRole("searchbox", { name: "Search all files" });
  readonly send = this.page.locator("form.ask").getByRole("button", { name: "Search" });
  readonly results = this.page.getByRole("region", { name: "Results" });
  readonly hits = this.results.getByRole("listitem").filter({ has: this.page.getByRole("heading", { level: 3 }) });
  /** The heading above the hits, or of what is there in their place. */
  readonly told = this.results.getByRole("heading", { level: 2 });
  readonly file = this.page.getByRole("combobox", { name: "File" });
  readonly chapter = this.page.getByRole("combobox", { name: "Chapter" });
  readonly facets = this.page.getByRole("navigation", { name: "Search in" });
  readonly keep = this.results.locator("#keep");
  readonly how = this.results.getByRole("link", { name: /How were these found|Hide the figures/ });
  readonly kept = this.page.getByRole("region", { name: "Saved searches" }).getByRole("listitem");
  /** What a language model's other words found. */
  readonly other = this.results.getByRole("region", { name: "Found by other words" });
  /** How each stage placed a hit. */
  readonly stages = this.hits.getByRole("table");

  async ask(words: string): Promise<void> {
    await this.field.fill(words);
    await this.field.press("Enter");
  }

  /** Title of a hit, which opens it. */
  link(hit: number): Locator {
    return this.hits.nth(hit).getByRole("heading").getByRole("link");
  }
}
