// How long a learner waits from the press to the verdict, while the server has not answered yet.

import { expect, test } from "../fixtures";
import { enrol, practise } from "../pages/newcomer";

/** What a learner takes for 'at once', in milliseconds: printed beside the figures, never held against them. */
const AIM = 150;
const ANSWERS = 10;

test("from the press to the verdict", async ({ page }) => {
  await enrol(page);
  const quiz = await practise(page);
  const took: number[] = [];
  for (let answer = 0; answer < ANSWERS; answer += 1) {
    await quiz.awake();
    await page.evaluate(() => {
      const { body } = document;
      delete body.dataset.took;
      let pressed = 0;
      const note = (event: KeyboardEvent) => {
        if (event.key === "Enter") pressed = event.timeStamp;
      };
      addEventListener("keydown", note, { capture: true });
      new MutationObserver((_, watch) => {
        if (!document.querySelector("#verdict")) return;
        watch.disconnect();
        removeEventListener("keydown", note, { capture: true });
        // The frame after the change is the one that shows it.
        requestAnimationFrame(() => (body.dataset.took = String(performance.now() - pressed)));
      }).observe(body, { childList: true, subtree: true });
    });
    await quiz.answerByKeys(0, 2);
    await page.waitForFunction(() => document.body.dataset.took !== undefined);
    took.push(Number(await page.evaluate(() => document.body.dataset.took)));
    if (answer === ANSWERS - 1) break;
    await expect(quiz.next).toBeVisible();
    // a second press within 400 ms counts as the half of a double one
    await page.waitForTimeout(450);
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await quiz.standing()).at).toBe(answer + 2);
  }
  took.sort((a, b) => a - b);
  const [median, slowest] = [took[took.length >> 1] ?? NaN, took.at(-1) ?? NaN];
  console.log(`${median.toFixed(0).padStart(8)} ms of ${AIM} ms  from the press to the verdict, median of ${ANSWERS} (slowest ${slowest.toFixed(0)} ms)`);
});
