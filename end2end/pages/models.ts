// What goes to language models, and what they cost.

import { Screen } from "./screen";

export class Models extends Screen {
  /** The section of the settings. */
  readonly section = this.page.locator("#models");
  /** What leads the administrator on. */
  readonly costs = this.section.getByRole("link", { name: "What they cost" });
  /** Where the administrator sets the providers' keys. */
  readonly keys = this.page.locator("#provider-keys");
}
