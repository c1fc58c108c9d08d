// Coming and going: out and in again, a session renewed without a word, guessing, and the end of an account.

import { expect, test } from "../fixtures";
import { Home } from "../pages/home";
import { Login } from "../pages/login";
import { enrol } from "../pages/newcomer";
import { PASSWORD } from "../pages/register";
import { Settings } from "../pages/settings";

test("out and in again", async ({ page }) => {
  const email = await enrol(page);
  const settings = new Settings(page);
  await settings.open("/settings");
  await settings.press(settings.logOut);
  await expect(page).toHaveURL(/\/$/);
  await page.goto("/home");
  await expect(page).toHaveURL(/\/login\?next=%2Fhome/);
  const login = new Login(page);
  await login.awake();
  await login.fill(email, PASSWORD);
  await expect(page).toHaveURL(/\/home$/);
  await expect(new Home(page).goal).toBeVisible();
});

test("an access token that has run out is renewed without a word, in two tabs at once", async ({ page, context }) => {
  await enrol(page);
  const cookies = await context.cookies();
  const access = cookies.find((cookie) => cookie.httpOnly && cookie.value.split(".").length === 3);
  expect(access, "the access token is a JWT in a cookie that scripts cannot read").toBeDefined();
  expect(cookies.every((cookie) => cookie.sameSite === "Lax" && cookie.httpOnly)).toBe(true);
  await context.clearCookies({ name: access?.name ?? "" });
  const other = await context.newPage();
  const answers = await Promise.all([page.goto("/home"), other.goto("/library"), page.request.get("/settings")]);
  expect(answers.map((answer) => answer?.status())).toEqual([200, 200, 200]);
  await expect(page).toHaveURL(/\/home$/);
  await expect(other).toHaveURL(/\/library$/);
  const after = (await context.cookies()).find((cookie) => cookie.name === access?.name);
  expect(after?.value.length).toBeGreaterThan(20);
});

test("whoever guesses passwords has to wait, and is told how long", async ({ page, context, accessible }) => {
  const email = await enrol(page);
  await context.clearCookies();
  const wrong = { "request[email]": email, "request[password]": "not the password at all" };
  const login = new Login(page);
  await login.open("/login");
  // five are free; the sixth and the seventh wait two seconds each, the eighth four
  for (let tried = 0; tried < 7; ) {
    const answer = await page.request.post("/api/account/log_in", { form: wrong, headers: { accept: "application/json" } });
    if (answer.status() === 422) tried += 1;
    else {
      expect(answer.status()).toBe(429);
      expect(tried).toBeGreaterThanOrEqual(5);
      await page.waitForTimeout(Number(answer.headers()["retry-after"]) * 1000);
    }
  }
  const refused = page.waitForResponse((answer) => answer.url().endsWith("/api/account/log_in"));
  await login.fill(email, PASSWORD);
  const answer = await refused;
  expect(answer.status()).toBe(429);
  expect(Number(answer.headers()["retry-after"])).toBeLessThan(10);
  await expect(page.getByRole("alert")).toHaveText(/That was a lot at once\. Try again in (a second|\d seconds)\./);
  await expect(login.email, "what was typed stays").toHaveValue(email);
  await accessible("log in, limited");
});

test("an account is deleted after its password, and is gone", async ({ page, accessible, picture }) => {
  const email = await enrol(page);
  const settings = new Settings(page);
  await settings.open("/settings");
  await settings.press(settings.delete);
  await expect(settings.dialog).toBeVisible();
  await picture("delete-account");
  await accessible("delete the account");
  await settings.dialog.getByLabel("Your password").fill("not the password at all");
  await settings.press(settings.deleteForGood);
  await expect(settings.dialog).toContainText("That is not the password of this account.");
  await settings.dialog.getByLabel("Your password").fill(PASSWORD);
  await settings.press(settings.deleteForGood);
  await expect(page).toHaveURL(/\/$/);
  const login = new Login(page);
  await login.open("/login");
  await login.fill(email, PASSWORD);
  await expect(login.passwordError).toHaveText("This address and this password do not belong together.");
});
