// Every form without JavaScript: an older browser, or one whose WASM has not come yet.

import { expect, test } from "../fixtures";
import { own } from "../materials";
import { Home } from "../pages/home";
import { Landing } from "../pages/landing";
import { Library } from "../pages/library";
import { Login } from "../pages/login";
import { Quiz } from "../pages/quiz";
import { Reader } from "../pages/reader";
import { freshEmail, PASSWORD, Register } from "../pages/register";
import { Review } from "../pages/review";
import { Search } from "../pages/search";
import { Settings } from "../pages/settings";

test.use({ javaScriptEnabled: false });

test("the whole way by plain forms", async ({ page, picture }) => {
  const lecture = own("Plain kidneys");
  const email = freshEmail("plain");

  await test.step("the question of the front page", async () => {
    const landing = new Landing(page);
    await page.goto("/");
    await landing.choices.nth(0).click();
    await landing.confidence(1).click();
    await landing.check.click();
    await expect(landing.verdict).toBeVisible();
    await expect(landing.key).toHaveCount(1);
    await expect(landing.reason.locator("blockquote")).toHaveText(/“.{20,}”/);
    await expect(landing.paid).toHaveText(/^\+\d+\sXP$/);
    await picture("plain-landing-answered");
  });

  await test.step("an account", async () => {
    const register = new Register(page);
    await page.goto("/register");
    await expect(register.kept).toBeVisible();
    await register.email.fill(email);
    await register.password.fill("short");
    await register.send.click();
    await expect(register.passwordError).toHaveText(/At least 12 characters/);
    await expect(register.email, "what was typed stays").toHaveValue(email);
    await register.password.fill(PASSWORD);
    await register.send.click();
    await expect(page).toHaveURL(/\/onboarding/);
    await page.goto("/home");
    expect(await new Home(page).xpToday()).toBeGreaterThan(0);
  });

  const library = new Library(page);
  await test.step("a file by the plain form", async () => {
    await page.goto("/library");
    await library.picker.setInputFiles(lecture.file);
    await library.send.click();
    await expect(page).toHaveURL(/\/library$/);
    await expect(async () => {
      await page.goto("/library");
      await expect(library.readyRow(lecture.title)).toBeVisible({ timeout: 1000 });
    }).toPass({ timeout: 120_000 });
    // the same file again is said in its place
    await library.picker.setInputFiles(lecture.file);
    await library.send.click();
    await expect(page.getByText("You have this file already")).toBeVisible();
    await page.goto("/library");
    await expect(library.row(lecture.title)).toHaveCount(1);
  });

  await test.step("the reader and the search", async () => {
    await library.readyRow(lecture.title).getByRole("heading").getByRole("link").click();
    const reader = new Reader(page);
    await expect(reader.heading).toHaveText(lecture.title);
    await expect(reader.pages).toHaveCount(lecture.pages);
    await page.goto("/search");
    const search = new Search(page);
    await search.field.fill("aquaporins");
    await search.send.click();
    await expect(search.hits.first()).toContainText(/aquaporin/i);
    await search.hits.filter({ hasText: lecture.title }).first().getByRole("heading").getByRole("link").click();
    await expect(reader.lit).toBeInViewport();
    await expect(reader.back).toHaveAccessibleName("Back to the search");
  });

  await test.step("a set, until one is missed", async () => {
    await page.goto("/library");
    await library.practise(library.readyRow(lecture.title)).click();
    await expect(page).toHaveURL(/\/quiz\/[0-9a-f-]+$/);
    const quiz = new Quiz(page);
    let missed = 0;
    for (let position = 0; position < 10 && missed === 0; position += 1) {
      expect((await quiz.standing()).at).toBe(position + 1);
      await quiz.option(position % 3).click();
      await quiz.sure.nth(2).click();
      await quiz.check.click();
      await expect(page).toHaveURL(new RegExp(`\\?shown=${position}$`));
      await expect(quiz.verdict).toHaveText(/^(Correct|Not quite)$/);
      await expect(quiz.key).toHaveCount(1);
      await expect(quiz.quote.first()).toHaveText(/“.{10,}”/);
      if ((await quiz.verdict.innerText()) === "Not quite") missed += 1;
      if (position === 0) await picture("plain-quiz-explained");
      await quiz.next.click();
      await expect(page).toHaveURL(/\/quiz\/[0-9a-f-]+(\/results)?$/);
    }
    expect(missed).toBe(1);
  });

  await test.step("the review", async () => {
    const review = new Review(page);
    await page.goto("/review");
    const left = await review.left();
    expect(left).toBeGreaterThan(0);
    await review.show.click();
    await expect(review.back).toBeVisible();
    await expect(review.grades).toHaveCount(4);
    await picture("plain-review");
    await review.grade("Good").click();
    await expect(page).toHaveURL(/\/review$/);
    await expect(review.last).toContainText("Last card: Good");
    await review.undo.click();
    await expect(page).toHaveURL(/\/review$/);
    expect(await review.left()).toBe(left);
  });

  await test.step("the settings, and out", async () => {
    const settings = new Settings(page);
    await page.goto("/settings");
    await settings.theme("Dark").click();
    await settings.save.click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await page.goto("/settings");
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await settings.logOut.click();
    await page.goto("/home");
    await expect(page).toHaveURL(/\/login\?next=/);
    const login = new Login(page);
    await login.email.fill(email);
    await login.password.fill("not the password");
    await login.send.click();
    await expect(page.getByText("This address and this password do not belong together.")).toBeVisible();
    await expect(login.email).toHaveValue(email);
    await login.password.fill(PASSWORD);
    await login.send.click();
    await expect(page).toHaveURL(/\/home$/);
  });
});
