// The first minute: exam, time, where to start.

import { Screen } from "./screen";

export class Onboarding extends Screen {
  readonly skip = this.page.getByRole("link", { name: "Skip", exact: true });
  readonly exams = this.page.getByRole("radiogroup", { name: "Exam" }).getByRole("radio");
  readonly toTime = this.page.getByRole("link", { name: "Next: your time" });
  readonly minutes = this.page.getByRole("radiogroup", { name: "Minutes a day" }).getByRole("radio");
  readonly toStart = this.page.getByRole("button", { name: "Next: where to start" });
  readonly lecture = this.page.getByRole("link", { name: /A lecture of mine/ });
  readonly plan = this.page.getByRole("complementary", { name: "Your plan so far" });
}
