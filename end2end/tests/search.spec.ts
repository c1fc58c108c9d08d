// The search: answers while one types, by keys, in a chapter, with its reasons; and what cannot be answered says so.

import type { Page, Request } from "@playwright/test";
import { expect, test } from "../fixtures";
import { own } from "../materials";
import { bring, enrol } from "../pages/newcomer";
import { Reader } from "../pages/reader";
import { Search } from "../pages/search";

const lecture = own("Kidneys in a nutshell");

/** An account with one lecture, on the search page. */
async function begin(page: Page): Promise<Search> {
  await enrol(page);
  await bring(page, lecture);
  const search = new Search(page);
  await search.open("/search");
  return search;
}

/** Searches that were sent, with what became of them. */
function watch(page: Page): { query: string; request: Request }[] {
  const sent: { query: string; request: Request }[] = [];
  page.on("request", (request) => {
    if (!request.url().endsWith("/api/library/search")) return;
    sent.push({ query: JSON.parse(request.postData() ?? "{}").request.query as string, request });
  });
  return sent;
}

test("typing searches, and what is overtaken is given up", async ({ page, accessible, picture }) => {
  const search = await begin(page);
  await picture("search-empty");
  await accessible("nothing asked");
  const sent = watch(page);

  await test.step("one letter is no search", async () => {
    await search.field.pressSequentially("a");
    await expect(search.results).toContainText("Type at least two letters or digits.");
    expect(sent).toEqual([]);
  });

  await test.step("a word typed in one go is one search, or two on a slow machine", async () => {
    await search.field.pressSequentially("quaporins", { delay: 20 });
    await expect(search.hits.first()).toContainText(/aquaporin/i);
    await expect(search.hits.first().locator("mark").first()).toHaveText(/aquaporin/i);
    expect(sent.at(-1)?.query).toBe("aquaporins");
    expect(sent.length).toBeLessThanOrEqual(2);
    await expect(search.field).toBeFocused();
    await expect(page).toHaveURL(/\/search\?q=aquaporins$/);
    await expect(page).toHaveTitle(/aquaporins, search/);
    await picture("search-hits");
    await accessible("hits");
  });

  await test.step("an answer that is too slow never comes", async () => {
    sent.splice(0);
    let slow = true;
    await page.route("**/api/library/search", async (route) => {
      if (slow) {
        slow = false;
        await new Promise((done) => setTimeout(done, 1500));
      }
      await route.continue().catch(() => undefined);
    });
    await search.field.fill("glomerulus");
    await expect.poll(() => sent.length).toBe(1);
    await expect(search.results).toHaveAttribute("aria-busy", "true");
    await expect(search.hits.first(), "what was found before stays").toContainText(/aquaporin/i);
    await search.field.fill("renin");
    await expect(search.hits.first()).toContainText(/renin/i);
    expect(sent.map(({ query }) => query)).toEqual(["glomerulus", "renin"]);
    expect(sent[0]?.request.failure()?.errorText, "the browser gave the request up").toMatch(/ABORTED/);
    await page.waitForTimeout(1700);
    await expect(search.hits.first()).toContainText(/renin/i);
    await expect(search.results).toHaveAttribute("aria-busy", "false");
    await page.unroute("**/api/library/search");
  });

  await test.step("typing is one place in the history, a search that was opened another", async () => {
    await search.press(search.link(0));
    const reader = new Reader(page);
    await expect(reader.lit).toBeInViewport();
    await page.goBack();
    await expect(page).toHaveURL(/\/search\?q=renin$/);
    await expect(search.field).toHaveValue("renin");
    await expect(search.hits.first()).toContainText(/renin/i);
    await search.ask("urea");
    await expect(page).toHaveURL(/q=urea$/);
    await page.goBack();
    await expect(page).toHaveURL(/q=renin$/);
    await expect(search.field).toHaveValue("renin");
    await expect(search.hits.first()).toContainText(/renin/i);
  });
});

test("the keyboard does it all", async ({ page }, info) => {
  test.skip(info.project.name !== "laptop", "a phone has no keys");
  const search = await begin(page);
  await expect(search.field, "whoever comes here wants to type").toBeFocused();
  await page.keyboard.type("hormone");
  await expect(search.hits.nth(1)).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(search.link(0)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(search.link(1)).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(search.field).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  await expect(search.field).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(search.field).toHaveValue("");
  await expect(search.told).toHaveText("What are you looking for?");
  await page.keyboard.type("a/b nephron");
  await expect(search.field, "in the field a slash is a slash").toHaveValue("a/b nephron");
  await expect(search.link(0)).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("/");
  await expect(search.field).toBeFocused();
  await expect(search.field).toHaveValue("a/b nephron");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(new Reader(page).heading).toHaveText(lecture.title);
});

test("other words come below the answer, once the typing rests", async ({ page, accessible, picture }) => {
  const search = await begin(page);
  const asked: string[] = [];
  // no language model is connected here: these are a server's answers where one is
  await page.route("**/api/library/search", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), reword: true } });
  });
  await page.route("**/api/library/reword", async (route) => {
    asked.push(JSON.parse(route.request().postData() ?? "{}").request.query as string);
    const url = route.request().url().replace("reword", "search");
    const response = await route.fetch({ url, postData: JSON.stringify({ request: { query: "aquaporins" } }) });
    const { hits } = await response.json();
    await route.fulfill({ response, json: { queries: ["aquaporins"], hits: asked.at(-1) === "urea" ? [] : hits.slice(0, 2) } });
  });
  await search.field.pressSequentially("renin", { delay: 300 });
  await expect(search.hits.first()).toContainText(/renin/i);
  expect(asked, "not at every letter").toEqual([]);
  await expect(search.other).toContainText("Also searched for ‘aquaporins’");
  await expect(search.other.getByRole("listitem").first()).toContainText(/aquaporin/i);
  await expect(search.hits.first(), "the own hits stay above").toContainText(/renin/i);
  expect(asked).toEqual(["renin"]);
  await picture("search-other-words");
  await accessible("other words");
  await search.ask("urea");
  await expect(search.hits.first()).toContainText(/urea/i);
  await expect(search.other, "they belong to their search").toHaveCount(0);
  await expect(search.other).toHaveText("Also searched for ‘aquaporins’: nothing more");
});

test("a file and a chapter limit it, and one press widens it", async ({ page, accessible, picture }, info) => {
  const search = await begin(page);
  await search.ask("hormone");
  await expect(search.hits.nth(1)).toBeVisible();
  const all = await search.hits.count();
  const laptop = info.project.name === "laptop";
  if (laptop) {
    await search.press(search.facets.getByRole("link", { name: lecture.title }));
    await search.press(search.facets.getByRole("list", { name: "Chapter" }).getByRole("link").nth(1));
  } else {
    await search.file.selectOption({ index: 1 });
    await expect(search.chapter).toBeVisible();
    await search.chapter.selectOption({ index: 1 });
  }
  await expect(page).toHaveURL(/q=hormone&material=[0-9a-f-]+&chapter=\d+$/);
  await expect.poll(() => search.hits.count()).toBeLessThan(all);
  await picture("search-chapter");
  await accessible("a chapter");
  await search.ask("xylophone concerto");
  await expect(search.told).toHaveText("No page mentions ‘xylophone concerto’");
  await expect(search.results).toContainText("was searched.");
  await picture("search-not-found");
  await accessible("nothing found");
  await search.press(search.results.getByRole("link", { name: "Search the whole file" }));
  await expect(page).toHaveURL(/q=xylophone%20concerto&material=[0-9a-f-]+$/);
  await search.press(search.results.getByRole("link", { name: "Search all files" }));
  await expect(page).toHaveURL(/\/search\?q=xylophone%20concerto$/);
  // an address with a chapter of an earlier reading
  await page.goBack();
  const url = new URL(page.url());
  await search.open(`${url.pathname}?q=nephron&material=${url.searchParams.get("material")}&chapter=3`);
  await expect(search.results).toContainText("This chapter is not in the file any more, so the whole file was searched.");
  await expect(search.hits.first()).toBeVisible();
});

test("how the hits were found stands in the address", async ({ page, accessible, picture }) => {
  const search = await begin(page);
  await search.ask("aquaporins");
  await expect(search.stages.first()).toBeHidden();
  await search.press(search.how);
  await expect(page).toHaveURL(/q=aquaporins&why=1$/);
  await expect(search.stages.first()).toBeVisible();
  await expect(search.stages.first().getByRole("row").nth(1)).toHaveText(/^By words1\d+\.\d\d$/);
  await expect(search.stages).toHaveCount(await search.hits.count());
  await expect(search.results).toContainText("Both places made one");
  await picture("search-why");
  await accessible("why");
  await search.open(page.url());
  await expect(search.stages.first(), "it can be shared").toBeVisible();
  await search.press(search.how);
  await expect(search.stages.first()).toBeHidden();
  await expect(page).toHaveURL(/q=aquaporins$/);
});

test("searches are saved, asked again, and taken out with a way back", async ({ page, accessible, picture }) => {
  const search = await begin(page);
  await search.ask("aquaporins");
  await expect(search.keep).toHaveText("Save search");
  await search.press(search.keep);
  await expect(search.keep).toHaveText("Saved search");
  await expect(search.keep).toHaveAttribute("aria-pressed", "true");
  // the hits of the first search stay until the second is answered, their button with them
  const answered = page.waitForResponse(/library\/search/);
  await search.ask("renin and salt");
  await answered;
  await expect(search.results).toHaveAttribute("aria-busy", "false");
  await expect(search.keep).toHaveText("Save search");
  await search.press(search.keep);
  await expect(search.keep).toHaveText("Saved search");
  await search.open("/search");
  await expect(search.kept).toHaveCount(2);
  await picture("search-saved");
  await accessible("saved searches");
  await search.press(search.kept.filter({ hasText: "aquaporins" }).getByRole("link"));
  await expect(page).toHaveURL(/q=aquaporins$/);
  await expect(search.field).toHaveValue("aquaporins");
  await expect(search.hits.first()).toContainText(/aquaporin/i);
  await search.open("/search");
  await search.press(search.kept.first().getByRole("button", { name: "Take ‘renin and salt’ out" }));
  await expect(search.kept).toHaveCount(1);
  await search.press(search.toasts.getByRole("button", { name: "Undo" }));
  await expect(search.kept).toHaveCount(2);
  await search.open("/search");
  await expect(search.kept).toHaveCount(2);
});

/** Found, near in meaning, or honestly not: which one it is depends on the model. */
const ANSWER = /No page mentions ‘|No page has th|best first/;

test("queries of every kind have an answer, and none breaks the page", async ({ page, accessible }) => {
  const search = await begin(page);
  await page.setViewportSize({ width: 320, height: 780 });
  for (const [query, told] of [
    ["m".repeat(10_000), "That is a whole page"],
    ["🫀🫁 🩺", "There is no word in this"],
    ["\"'; drop table--", ANSWER],
    ["<script>alert(1)</script>", ANSWER],
    ["</title><script>alert(1)</script>", ANSWER],
    ["القلب مضخة", ANSWER],
    ["心臓はポンプ", ANSWER],
    ["nul\0 and \u0007bell", ANSWER],
    ["supercalifragilistic".repeat(20), ANSWER],
  ] as const) {
    const name = query.slice(0, 30);
    const answer = await page.goto(`/search?q=${encodeURIComponent(query)}&why=1`);
    expect(answer?.status(), name).toBe(200);
    await expect(search.told, name).toHaveText(told);
    expect(await search.beyond(), `${name} at 320 px`).toBeLessThanOrEqual(0);
  }
  await search.awake();
  await accessible("a query that is not found");
});
