// No page scrolls sideways, from a small phone to a wide screen; pictures of each in both themes.

import { expect, test } from "../fixtures";
import { bring, enrol, practise } from "../pages/newcomer";
import { Library } from "../pages/library";
import { own } from "../materials";
import { Screen } from "../pages/screen";

const WIDTHS = [320, 360, 768, 1024, 1440];

test("no page scrolls sideways", async ({ page }, info) => {
  test.skip(info.project.name !== "laptop", "it sets the widths itself");
  test.setTimeout(900_000);
  const screen = new Screen(page);
  const lecture = own("A lecture with quite a long title, so that something has to give on a small telephone");

  const strangers = ["/", "/login", "/register", "/no-such-page"];
  const look = async (path: string) => {
    await page.goto(path);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 768 ? 780 : 900 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const name = path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "id").replace(/[^\w]+/g, "-").replace(/^-|-$/g, "") || "landing";
        await page.screenshot({
          path: `artifacts/${process.env.MITOCHI_DATABASE ?? "local"}/layout/${name}-${width}-${colorScheme}.png`,
          animations: "disabled",
        });
      }
      expect.soft(await screen.beyond(), `${path} at ${width} px`).toBeLessThanOrEqual(0);
    }
  };
  for (const path of strangers) await look(path);

  await enrol(page);
  await look("/onboarding");
  await look("/home");
  await look("/library");
  await bring(page, lecture);
  const reader = await new Library(page).readyRow(lecture.title).getByRole("heading").getByRole("link").getAttribute("href");
  const quiz = await practise(page, lecture.title);
  const set = `/quiz/${quiz.id}`;
  await look(set);
  await page.setViewportSize({ width: 1280, height: 800 });
  await quiz.awake();
  // three wrong or right answers, so that explanation, results and review have something to show
  for (let position = 0; position < 3; position += 1) {
    await quiz.answerByKeys((position + 1) % 3, 3);
    await expect(quiz.verdict).toBeVisible();
    await page.waitForTimeout(450);
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await quiz.standing()).at).toBe(position + 2);
  }
  await page.goto("/tutor");
  await page.getByRole("button", { name: "Teach me this" }).first().click();
  await page.waitForURL(/\/tutor\/[0-9a-f-]+$/);
  const talk = new URL(page.url()).pathname;
  for (const path of ["/tutor", talk, `${set}?shown=0`, `${set}/results`, "/review", "/home", "/library", reader ?? "", "/search", "/search?q=aquaporins", "/settings", "/settings/memory", "/settings/security"]) {
    await look(path);
  }
});
