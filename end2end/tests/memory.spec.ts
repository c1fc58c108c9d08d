// What Mito remembers, in the learner's hands; and what a learner makes of a line of a talk.

import { expect, test } from "../fixtures";
import { own } from "../materials";
import { Memory } from "../pages/memory";
import { bring, enrol } from "../pages/newcomer";
import { Review } from "../pages/review";
import { Talk } from "../pages/tutor";
import type { Page } from "@playwright/test";

/** Begins the talk that is suggested first. */
async function begin(page: Page): Promise<Talk> {
  const talk = new Talk(page);
  await talk.open("/tutor");
  await talk.press(page.getByRole("button", { name: "Teach me this" }).first());
  await page.waitForURL(/\/tutor\/[0-9a-f-]+$/);
  await talk.awake();
  return talk;
}

test("a goal is set, put into other words and forgotten; what a talk left is said in the next", async ({ page, accessible, picture }) => {
  test.setTimeout(300_000);
  await enrol(page);
  await bring(page, own("Kidneys to remember"));
  const memory = new Memory(page);
  await memory.open("/settings");
  await memory.press(page.getByRole("link", { name: "See it" }));
  await expect(memory.heading).toHaveText("What Mito remembers");
  await expect(page.getByText("Nothing remembered yet")).toBeVisible();
  await memory.awake();
  await accessible("nothing remembered");
  await picture("memory-empty");
  await memory.add("A goal", "Pass the renal exam");
  await memory.add("A note", "I like pictures");
  await expect(memory.rows).toHaveCount(2);
  await memory.press(memory.row("renal").locator("summary"));
  await memory.row("renal").getByRole("textbox").fill("Pass the renal exam in June");
  await memory.press(memory.row("renal").getByRole("button", { name: "Save" }));
  await expect(memory.row("in June")).toBeVisible();
  await memory.awake();

  // nothing is known, not even in the check question
  const talk = await begin(page);
  for (let tries = 0; tries < 12 && (await talk.options.count()) > 0; tries += 1) {
    const before = await talk.mine.count();
    await talk.press(page.getByRole("button", { name: "I do not know" }));
    await expect(talk.mine).toHaveCount(before + 1);
  }
  await expect(talk.log.getByText(/You know this to about \d+/)).toBeVisible();
  await talk.press(page.getByRole("button", { name: "Finish" }));
  await talk.press(page.getByRole("button", { name: "Practise it" }).last());
  const again = new Talk(page);
  await expect(again.said.first()).toContainText("Earlier today the check question was not right yet");
  await memory.open("/settings/memory");
  await expect(memory.rows).toHaveCount(3);
  await expect(memory.row("The check question was not right yet.")).toContainText("Kidneys to remember");
  await picture("memory");
  await accessible("memory");
  expect(await memory.beyond(), "nothing scrolls sideways").toBeLessThanOrEqual(0);

  await memory.press(memory.row("in June").getByRole("link", { name: /^Delete/ }));
  await expect(memory.dialog).toContainText("Pass the renal exam in June");
  await accessible("before a memory is forgotten");
  await page.keyboard.press("Escape");
  await expect(memory.row("in June")).toBeVisible();
  await memory.press(memory.row("in June").getByRole("link", { name: /^Delete/ }));
  await memory.press(memory.forget);
  await expect(memory.row("in June")).toHaveCount(0);
  await expect(memory.row("pictures")).toHaveCount(1);
  await memory.awake();
  await memory.press(page.getByRole("link", { name: "Remember nothing …" }));
  await memory.press(memory.forget);
  await expect(page.getByText("Mito remembers nothing")).toBeVisible();
  await expect(memory.rows).toHaveCount(0);
  await memory.awake();
  await picture("memory-off");
  await memory.press(page.getByRole("button", { name: "Remember again" }));
  await expect(memory.remember).toBeVisible();
});

test("a card is made of a line that cites the page, and graded; another line is reported", async ({ page, accessible, picture }) => {
  test.setTimeout(300_000);
  await enrol(page);
  await bring(page, own("Kidneys to keep"));
  const talk = await begin(page);
  const first = talk.said.first();
  await talk.press(first.getByRole("link", { name: "Make a card" }));
  const dialog = page.getByRole("dialog", { name: "Make a card" });
  const front = dialog.getByRole("textbox", { name: "What stands on the front" });
  await expect(front).not.toHaveValue("");
  await picture("make-a-card");
  await accessible("make a card");
  await front.fill("");
  await talk.press(dialog.getByRole("button", { name: "Make it" }));
  await expect(dialog, "a card without a front is not made").toBeVisible();
  await front.fill("What does _____ do here?");
  await talk.press(dialog.getByRole("button", { name: "Make it" }));
  await expect(talk.toasts.filter({ hasText: "Your card is made." })).toBeVisible();
  await expect(dialog).toHaveCount(0);

  await talk.press(first.getByRole("link", { name: "Report" }));
  const report = page.getByRole("dialog", { name: "What is wrong with it?" });
  await accessible("report a line");
  await talk.press(report.getByText("The page does not say that"));
  await talk.press(report.getByRole("button", { name: "Report" }));
  await expect(first).toContainText("You reported this.");
  await expect(first.locator("blockquote")).toHaveCount(0);
  await page.reload();
  await talk.awake();
  await expect(talk.said.first()).toContainText("You reported this.");

  const review = new Review(page);
  await review.open("/review");
  await expect(review.front).toHaveText("What does blank do here?");
  await review.press(review.show);
  await expect(page.getByText("You made this card.")).toBeVisible();
  await picture("flashcard");
  await accessible("a card of one's own");
  expect(await review.beyond(), "nothing scrolls sideways").toBeLessThanOrEqual(0);
  await review.press(review.grade("Good"));
  await expect(review.last).toContainText("Good, back in");
  await review.press(review.undo);
  await expect(review.front).toHaveText("What does blank do here?");
  await review.press(review.show);
  await review.press(page.getByRole("button", { name: "Let it rest" }));
  await expect(review.done).toBeVisible();
  await review.awake();
  await review.press(page.getByRole("button", { name: "Bring them back" }));
  await expect(review.front).toBeVisible();
  await review.awake();
  await review.press(review.show);
  await review.press(page.getByRole("button", { name: "Delete …" }));
  await review.press(page.getByRole("dialog", { name: "Delete this card?" }).getByRole("button", { name: "Delete" }));
  await expect(review.done).toBeVisible();
});
