// The tutor's page: how a talk goes, its citations, an answer that is changed, what is copied; from the reader, and by keys alone.

import { expect, test } from "../fixtures";
import { own } from "../materials";
import { bring, enrol } from "../pages/newcomer";
import { Library } from "../pages/library";
import { Reader } from "../pages/reader";
import { Talk, Talks } from "../pages/tutor";

test("a talk goes as it was wanted, is looked up in, changed and copied", async ({ page, context, accessible, picture }) => {
  test.setTimeout(300_000);
  await enrol(page);
  await bring(page, own("Kidneys beside the page"));
  const talks = new Talks(page);
  await talks.open("/tutor");
  await talks.press(page.locator(".how summary"));
  await talks.press(page.getByText("Deep", { exact: true }));
  await talks.press(page.getByText("Practise", { exact: true }));
  await accessible("how a talk goes");
  await talks.press(talks.worth.first().getByRole("button", { name: "Teach me this" }));
  await page.waitForURL(/\/tutor\/[0-9a-f-]+$/);
  const talk = new Talk(page);
  await talk.awake();
  const standing = page.locator(".chead p").first();
  await expect(standing).toContainText("Practice, because you chose it");
  await expect(standing).toContainText("deep");

  // it can be set anew while the talk goes on
  await talk.press(talk.more);
  await talk.press(page.locator("#more").getByText("Short", { exact: true }));
  await expect(talk.mine.last()).toContainText("Say less, please.");
  await expect(standing).toContainText("short");
  await page.keyboard.press("Escape");

  await talk.write("something quite different that stands on no page");
  await expect(talk.log.getByText("Not yet")).toBeVisible();
  await expect(talk.answer, "whoever writes goes on writing").toBeFocused();
  const mine = await talk.mine.count();
  await talk.press(talk.edit);
  await expect(talk.answer).toHaveValue("something quite different that stands on no page");
  await expect(page.getByText("You are changing your answer.")).toBeVisible();
  await talk.press(page.getByRole("button", { name: "Leave it" }));
  await expect(talk.answer).toHaveValue("");
  await talk.press(talk.edit);
  await talk.write("another thing that stands on no page either");
  await expect(talk.mine).toHaveCount(mine + 1);
  await expect(page.getByText("You are changing your answer.")).toHaveCount(0);

  await talk.press(talk.rung("Nudge"));
  await talk.press(talk.rung("Clue"));
  await talk.press(talk.rung("Tell me"));
  const quoted = talk.said.locator("blockquote").last();
  await expect(quoted).toBeVisible();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await talk.press(talk.copy);
  await expect(talk.toasts.filter({ hasText: "Copied, with its pages." })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/“.+” \(p\.\s\d+\)/);
  expect(copied).toContain("From: Kidneys beside the page");

  // a citation opens its passage here; the reader is one press further, and the way back leads to this talk
  const address = page.url();
  await talk.press(talk.citations.last());
  await expect(talk.passage.locator("mark.lit")).toBeVisible();
  expect(page.url()).toBe(address);
  await picture("talk-passage");
  await accessible("a passage beside the talk");
  await talk.press(talk.passage.getByRole("link", { name: /in the reader/ }));
  const reader = new Reader(page);
  await expect(reader.lit).toBeVisible();
  await expect(reader.back).toHaveAttribute("aria-label", "Back to the talk");
  const lines = mine + 4;
  await page.goBack();
  await page.waitForURL(address);
  await expect(talk.mine, "nothing of the talk is lost").toHaveCount(lines);
  expect(await talk.beyond(), "nothing scrolls sideways").toBeLessThanOrEqual(0);
});

test("what stands in the reader is taught, and the talk says where it came from", async ({ page, accessible }) => {
  test.setTimeout(300_000);
  await enrol(page);
  const lecture = own("Kidneys in the reader");
  await bring(page, lecture);
  const library = new Library(page);
  await library.press(library.readyRow(lecture.title).getByRole("heading").getByRole("link"));
  await page.waitForURL(/\/library\/[0-9a-f-]+/);
  const reader = new Reader(page);
  await expect(reader.text).toBeVisible();
  const bar = page.locator(".qs__head");
  if (await bar.isVisible()) await reader.press(bar);
  const teach = page.locator(".qs__teach");
  const part = (await teach.locator("b").textContent()) ?? "";
  expect(part.length).toBeGreaterThan(2);
  await reader.press(teach.getByRole("button", { name: "Teach me this" }));
  await page.waitForURL(/\/tutor\/[0-9a-f-]+$/);
  const talk = new Talk(page);
  await talk.awake();
  await expect(page.locator(".chead p").first()).toContainText(/from page\s\d+/);
  await expect(talk.said.first()).toBeVisible();
  await accessible("a talk from the reader");
});

test("a talk can be had by keys alone", async ({ page }, info) => {
  test.skip(info.project.name !== "laptop", "phones have no keys");
  test.setTimeout(300_000);
  await enrol(page);
  await bring(page, own("Kidneys by keys"));
  const talks = new Talks(page);
  await talks.open("/tutor");
  const tabTo = async (what: ReturnType<typeof page.locator>) => {
    for (let presses = 0; presses < 80; presses += 1) {
      if (await what.evaluate((element) => element === document.activeElement).catch(() => false)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error("no way there by Tab");
  };
  await tabTo(talks.worth.first().getByRole("button", { name: "Teach me this" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tutor\/[0-9a-f-]+$/);
  const talk = new Talk(page);
  await talk.awake();

  await tabTo(talk.citations.first());
  await page.keyboard.press("Enter");
  await expect(talk.passage.locator("mark.lit")).toBeVisible();
  await expect(talk.citations.first(), "the focus stays at the citation").toBeFocused();

  await tabTo(talk.options.first());
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await expect(talk.options.nth(1)).toBeChecked();
  await tabTo(page.getByRole("radio", { name: /Guess/ }));
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(talk.mine).toHaveCount(1);
  await expect(talk.mine.first(), "Enter checks the answer and asks for no hint").toContainText("Unsure");
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
});
