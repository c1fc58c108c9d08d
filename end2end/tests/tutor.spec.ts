// A talk with the tutor where no model is connected: explained, asked, checked, and come back to.

import { expect, test } from "../fixtures";
import { own } from "../materials";
import { bring, enrol, practise, talkInPractice } from "../pages/newcomer";
import { Home } from "../pages/home";
import { Talk, Talks } from "../pages/tutor";

// a cut connection, and what is blocked on purpose
test.use({ noise: /ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket connection to/ });

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
  await expect(talk.line).toHaveText("Offline. What you wrote is kept.");
  await talk.press(talk.check);
  await expect(talk.options.first()).toBeChecked();
  await expect(talk.mine).toHaveCount(0);
  await context.setOffline(false);
  await expect(talk.mine, "it is sent by itself").toHaveCount(1, { timeout: 20_000 });
  await expect(talk.line).toHaveText("");

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

test("two tabs show one talk as it goes on, and a draft survives a reload", async ({ page, context }) => {
  test.setTimeout(300_000);
  await enrol(page);
  const talk = await talkInPractice(page, own("A talk over a line"));
  const second = await context.newPage();
  const other = new Talk(second);
  const socket = second.waitForEvent("websocket", (line) => line.url().endsWith("/live"));
  await other.open(page.url());
  const heard = (await socket).waitForEvent("framereceived", ({ payload }) => String(payload).includes("something quite different"));
  await talk.write("something quite different that stands on no page");
  await heard;
  await expect(other.mine.last()).toContainText("something quite different");
  await expect(other.log.getByText("Not yet")).toBeVisible();
  await expect(other.lines).toHaveCount(await talk.lines.count());
  // and the other way round
  await other.press(other.rung("Nudge"));
  await expect(talk.mine.last()).toContainText("A hint, please.");
  await expect(talk.lines).toHaveCount(await other.lines.count());

  await talk.answer.fill("half an answer");
  await page.reload();
  await talk.awake();
  await expect(talk.answer).toHaveValue("half an answer");
  await talk.answer.press("Enter");
  await expect(other.mine.last()).toContainText("half an answer");
  await expect(talk.answer).toHaveValue("");
  await page.reload();
  await talk.awake();
  await expect(talk.answer, "what was sent is no draft").toHaveValue("");
});

test("where WebSockets are blocked a talk goes on by events, and without these by requests", async ({ page, context }) => {
  test.setTimeout(300_000);
  await enrol(page);
  let opened = 0;
  await context.routeWebSocket(/\/tutor\/.+\/live$/, (socket) => {
    opened += 1;
    void socket.close({ code: 1011 });
  });
  const events = page.waitForRequest(/\/tutor\/.+\/events\?after=\d+$/, { timeout: 120_000 });
  const talk = await talkInPractice(page, own("A talk over a line"));
  await events;
  expect(opened, "twice and no more").toBeLessThanOrEqual(2);
  const second = await context.newPage();
  const other = new Talk(second);
  const theirs = second.waitForRequest(/\/events\?after=\d+$/);
  await other.open(page.url());
  await theirs;
  await talk.write("something quite different that stands on no page");
  await expect(other.mine.last()).toContainText("something quite different");
  await expect(other.lines).toHaveCount(await talk.lines.count());

  await context.route(/\/events\?after=\d+$/, (route) => route.abort());
  await second.reload();
  await other.awake();
  await talk.press(talk.rung("Nudge"));
  await expect(talk.mine.last()).toContainText("A hint, please.");
  await expect(other.mine.last(), "asked for every few seconds").toContainText("A hint, please.", { timeout: 20_000 });
  await other.write("another answer");
  await expect(talk.mine.last()).toContainText("another answer");
  await talk.whole();
});
