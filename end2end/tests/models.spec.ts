// Language models where none is connected: what the settings say, who sees what they cost, what stays here.

import { expect, test } from "../fixtures";
import { Library } from "../pages/library";
import { Login } from "../pages/login";
import { Models } from "../pages/models";
import { enrol } from "../pages/newcomer";
import { PASSWORD } from "../pages/register";

const OPERATOR = process.env.MITOCHI_OPERATOR;

const RECORD = `# Discharge summary

Patient name: Ada Brown

Date of birth: 12/05/1950

NHS number: 943 476 5919

Admitted on 3 March 2024 with chest pain.
`;

test("the settings say that no model is connected and nothing is sent", async ({ page, accessible, picture }) => {
  await enrol(page);
  const models = new Models(page);
  await models.open("/settings");
  await expect(models.section).toContainText("No language model is connected.");
  await expect(models.section).toContainText("Nothing of yours is sent anywhere.");
  await expect(models.costs, "for the administrator alone").toHaveCount(0);
  await picture("settings-models");
  await accessible("settings");
});

test("what they cost is for the first account, and not there for the second", async ({ page, context, accessible, picture }) => {
  test.skip(!OPERATOR, "a server that somebody else started has an administrator of its own");
  await enrol(page);
  const models = new Models(page);
  expect(await models.open("/admin/ai")).toBe(404);
  await expect(models.heading).toHaveText("It wandered off");
  await accessible("costs, for another");

  await context.clearCookies();
  const login = new Login(page);
  await login.open("/login");
  await login.fill(OPERATOR ?? "", PASSWORD);
  await expect(page).toHaveURL(/\/home$/);
  await models.open("/settings");
  await models.press(models.costs);
  await expect(models.heading.first()).toHaveText("Language models");
  await expect(page.getByText("No language model is connected")).toBeVisible();
  const week = page.getByRole("navigation", { name: "Period" }).getByRole("link", { name: "7 days" });
  await models.press(week);
  await expect(page).toHaveURL(/\/admin\/ai\?days=7$/);
  await expect(week).toHaveAttribute("aria-current", "page");
  // another test says that none is connected: no key is set here
  await models.press(models.keys.getByRole("button", { name: "Set the key for OpenAI" }));
  await expect(models.keys.getByLabel("A key for OpenAI"), "it must be filled").toBeFocused();
  await models.keys.getByLabel("A key for OpenAI").fill("two words");
  await models.press(models.keys.getByRole("button", { name: "Set the key for OpenAI" }));
  await expect(models.keys.getByRole("alert")).toContainText("A key has neither spaces");
  expect(await models.beyond()).toBe(0);
  await picture("costs-empty");
  await accessible("costs");
});

test("a record stays here, and the mark comes off and on by one control", async ({ page, accessible, picture }) => {
  await enrol(page);
  const library = new Library(page);
  await library.open("/library");
  await library.picker.setInputFiles({ name: "letter.md", mimeType: "text/markdown", buffer: Buffer.from(RECORD) });
  const row = library.readyRow("Discharge summary");
  await expect(row).toContainText("This looks like a patient’s record", { timeout: 60_000 });
  const chip = row.getByText("Stays here", { exact: true });
  await expect(chip).toBeVisible();
  await library.press(row.locator("summary"));
  await picture("stays-here");
  await accessible("a record on the shelf");
  await library.press(row.getByRole("button", { name: "Take ‘stays here’ off" }));
  await expect(chip).toHaveCount(0);
  await library.press(row.locator("summary"));
  await library.press(row.getByRole("button", { name: "Mark ‘stays here’" }));
  await expect(chip).toBeVisible();
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a form marks what stays here", async ({ page }) => {
    await enrol(page);
    const library = new Library(page);
    await page.goto("/library");
    await library.picker.setInputFiles({ name: "kidney.md", mimeType: "text/markdown", buffer: Buffer.from("# Plain kidney\n\nThe kidney makes urine.\n") });
    await library.send.click();
    const row = library.readyRow("Plain kidney");
    await expect(async () => {
      await page.goto("/library");
      await expect(row).toBeVisible({ timeout: 1000 });
    }).toPass({ timeout: 60_000 });
    await row.locator("summary").click();
    await row.getByRole("button", { name: "Mark ‘stays here’" }).click();
    await expect(page).toHaveURL(/\/library$/);
    await expect(row.getByText("Stays here", { exact: true })).toBeVisible();
  });
});
