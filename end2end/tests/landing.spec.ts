import { expect, test } from "../fixtures";

test("the landing page says what Mitochi is, and is accessible in both themes", async ({ page, accessible, picture }) => {
  const answer = await page.goto("/");
  expect(answer?.status()).toBe(200);
  await expect(page).toHaveTitle(/Mitochi/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  await picture("landing");
  await accessible("landing");
});

test("nothing scrolls sideways at 320 px", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/");
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(beyond).toBe(0);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the landing page is whole before any WASM", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("radio").first()).toBeAttached();
  });
});
