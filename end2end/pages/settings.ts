// What the learner can set, and the way out.

import { Screen } from "./screen";

export class Settings extends Screen {
  readonly state = this.page.locator(".settings__state");
  readonly save = this.page.getByRole("button", { name: "Save", exact: true });
  readonly logOut = this.page.getByRole("button", { name: "Log out" });
  readonly delete = this.page.getByRole("link", { name: "Delete …" });
  readonly dialog = this.page.getByRole("dialog", { name: "Delete the account?" });
  readonly deleteForGood = this.dialog.getByRole("button", { name: "Delete for good" });
  readonly play = this.page.getByLabel(/XP, level and streak/);

  theme(name: "As the system" | "Light" | "Dark") {
    return this.page.getByRole("radiogroup", { name: "Theme" }).locator("label").filter({ hasText: name });
  }
}
