// Where an account is logged in, another password, and an account by invitation.

import { expect, test } from "../fixtures";
import { enrol } from "../pages/newcomer";
import { PASSWORD } from "../pages/register";

test("sessions are seen and ended, and the password is another one", async ({ page, browser, accessible, picture }) => {
  const email = await enrol(page);
  const password = PASSWORD;
  const elsewhere = await browser.newContext();
  const there = await elsewhere.newPage();
  await there.goto("/login");
  await there.getByLabel("E-mail").fill(email);
  await there.getByLabel("Password", { exact: true }).fill(password);
  await there.getByRole("button", { name: "Log in" }).click();
  await expect(there).toHaveURL(/\/home/);

  await page.goto("/settings/security");
  const sessions = page.locator("#sessions li");
  await expect(sessions).toHaveCount(2);
  await expect(sessions.first()).toContainText("This one");
  await accessible("security");
  await picture("security");
  await sessions.nth(1).getByRole("button").click();
  await expect(page.getByText("That session has ended.")).toBeVisible();
  await expect(sessions).toHaveCount(1);
  await there.goto("/home");
  await expect(there).toHaveURL(/\/login/);
  await elsewhere.close();

  await page.getByLabel("Password until now").fill("not the password");
  await page.getByLabel("New password").fill("marrow lantern seven");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByRole("alert")).toHaveText("That is not the password of this account.");
  await page.getByLabel("Password until now").fill(password);
  await page.getByLabel("New password").fill("marrow lantern seven");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("Your password is another one now.")).toBeVisible();
  await expect(page.locator("#events li").first()).toContainText("The password was changed");
});

test("everything is downloaded and taken in again", async ({ page, accessible }) => {
  await enrol(page);
  await page.goto("/settings");
  await accessible("settings");
  const coming = page.waitForEvent("download");
  await page.locator("#data").getByRole("link", { name: "Download" }).click();
  const zip = await (await coming).path();
  await page.locator("#data input[type=file]").setInputFiles(zip);
  await page.getByRole("button", { name: "Take it in" }).click();
  await expect(page.locator("#data").getByRole("status")).toContainText("Everything in it was here already.");
});

test("a password is set by a link that is not good any more", async ({ page, accessible }) => {
  await page.goto("/password?token=00");
  await accessible("password");
  await page.getByLabel("Password").fill("marrow lantern seven");
  await page.getByRole("button", { name: "Set it and log in" }).click();
  await expect(page.getByRole("alert")).toContainText("This link was used already");
});
