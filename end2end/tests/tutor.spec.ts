// A talk with the tutor where no model is connected: explained, asked, checked, and come back to.

import { expect, test } from "../fixtures";
import { own } from "../materials";
import { bring, enrol, practise } from "../pages/newcomer";
import { Home } from "../pages/home";
import { Talk, Talks } from "../pages/tutor";

test.use({ noise: /ERR_INTERNET_DISCONNECTED/ });

test("a first pass from the learner's own page, cut off and gone on with, ends in a card", async ({ page, context, accessible, picture }) => {
  test.setTimeout(300_000);
  await enrol(page);
  await bring(page, own("The kidney in talks"));
  const talks = new Talks(page);
  await talks.open("/home");
  await talks.press(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Tutor" }));
  await expect(talks.heading).toHaveText("Tutor");
  await expect(talks.worth.first()).toContainText("You were never asked about it.");
  await picture("talks");
  await accessible("talks");

  await talks.press(talks.worth.first().getByRole("button", { name: "Teach me this" }));
  await page.waitForURL(/\/tutor\/[0-9a-f-]+$/);
  const talk = new Talk(page);
  await talk.awake();
  await expect(talk.said.first().locator("blockquote")).toBeVisible();
  await expect(talk.said.first().getByRole("link", { name: /^p\./ }).first()).toHaveAttribute("href", /^\/library\/.+from=\d+&to=\d+/);
  await expect(page.getByText("because this is new to you")).toBeVisible();
  await picture("talk-first-pass");
  await accessible("first pass");

  // the answer's way is cut: nothing is lost, and nothing counts twice
  await talk.press(talk.options.first());
  await talk.press(page.getByRole("radio", { name: /Fairly/ }));
  await context.setOffline(true);
  await talk.press(talk.check);
  const kept = talk.toasts.filter({ hasText: "What you wrote is still here." });
  await expect(kept).toBeVisible();
  await expect(talk.options.first()).toBeChecked();
  await context.setOffline(false);
  await talk.press(kept.getByRole("button", { name: "Try again" }));
  await expect(talk.mine).toHaveCount(1);

  const lines = await talk.lines.count();
  await page.reload();
  await talk.awake();
  await expect(talk.lines, "a reload loses nothing").toHaveCount(lines);

  await talk.choose(0, /Unsure/);
  await expect(talk.log.getByText(/You know this to about \d+/)).toBeVisible();
  await talk.press(page.getByRole("button", { name: "Finish" }));
  await expect(page.getByRole("link", { name: "Another talk" })).toBeVisible();
  await picture("talk-over");
  await accessible("a talk that is over");

  await new Home(page).open("/home");
  await talks.open("/tutor");
  await expect(talks.own.first()).toContainText("settled");
});
test("practice gives nothing away before it may, and a missed question leads to a talk", async ({ page, accessible, picture }) => {
  test.setTimeout(300_000);
  await enrol(page);
  const lecture = own("Kidneys to practise");
  await bring(page, lecture);
  const quiz = await practise(page, lecture.title);
  // wrong or right: the other option is tried until one is missed
  for (let position = 0; position < 10; position += 1) {
    await quiz.option(position % 3).click();
    await quiz.sure.nth(0).click();
    await quiz.check.click();
    await expect(quiz.verdict).toBeVisible();
    if (await page.getByRole("button", { name: "Teach me this" }).count()) break;
    await page.waitForTimeout(450);
    await quiz.press(quiz.next);
  }
  await quiz.press(page.getByRole("button", { name: "Teach me this" }));
  await page.waitForURL(/\/tutor\/[0-9a-f-]+$/);
  const talk = new Talk(page);
  await talk.awake();
  await talk.press(talk.more);
  await talk.press(page.getByRole("button", { name: "Practise it" }));
  await expect(page.getByText(/^Practice,/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(talk.rung("Nudge")).toHaveAttribute("aria-disabled", "true");
  await talk.write("something quite different that stands on no page");
  await expect(talk.log.getByText("Not yet")).toBeVisible();
  await talk.press(talk.rung("Nudge"));
  await expect(talk.log.getByText(/Look at page/).last()).toBeVisible();
  await talk.press(talk.rung("Clue"));
  await expect(talk.said.filter({ hasText: "Clue" })).toBeVisible();
  await talk.write("I want to kill myself");
  await expect(talk.said.filter({ hasText: "findahelpline.com" })).toBeVisible();
  await picture("talk-practice");
  await accessible("practice");
  await talk.press(talk.rung("Tell me"));
  await expect(talk.mine.last()).toContainText("Tell me.");
  expect(await talk.beyond(), "nothing scrolls sideways").toBeLessThanOrEqual(0);
});
