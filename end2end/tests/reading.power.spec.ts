// The power goes in mid-reading: after the next start the reading goes on, nothing is lost, nothing doubled.

import { expect, test } from "../fixtures";
import { own, shared } from "../materials";
import { fileAt, Library, type Dropped } from "../pages/library";
import { enrol } from "../pages/newcomer";

// requests that were on their way when the server went
test.use({ noise: /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|Failed to load resource/ });

/** Files that take long enough to be caught at it; our own where the shared ones are missing. */
function lectures(): { file: Dropped; title: RegExp }[] {
  const chapters: [string, RegExp][] = [
    ["documents/ch19-the-cardiovascular-system-the-heart.pdf", /The Cardiovascular System: The Heart/],
    ["documents/ch25-the-urinary-system.pdf", /The Urinary System/],
    ["documents/ch21-the-lymphatic-and-immune-system.pdf", /The Lymphatic and Immune System/],
  ];
  const found = chapters.flatMap(([path, title]) => {
    const at = shared(path);
    return at ? [{ file: fileAt(at), title }] : [];
  });
  if (found.length > 0) return found;
  return Array.from({ length: 12 }, (_, index) => own(`Kidney part ${"abcdefghijkl"[index]}`));
}

test("a kill in mid-reading loses and doubles nothing", async ({ page, power }) => {
  test.skip(!power.available, "this server is not ours to stop");
  test.setTimeout(600_000);
  const files = lectures();
  await enrol(page);
  const library = new Library(page);
  await library.open("/library");
  await library.drop(...files.map(({ file }) => file));

  // the server has all of them, and reads: now
  const rows = page.locator("li.file").filter({ hasNot: page.locator(".chip", { hasText: "Sample" }) });
  await expect(rows).toHaveCount(files.length);
  await expect(rows.filter({ hasText: /uploading|sent, being looked at/ })).toHaveCount(0, { timeout: 60_000 });
  await expect(rows.filter({ hasText: /opening the file|page \d+ of \d+|writing questions/ }).first()).toBeVisible({ timeout: 60_000 });
  const done = await library.ready.locator("li.file").count();
  expect(done, "the kill comes in the middle").toBeLessThanOrEqual(files.length);

  await power.kill();
  await power.start();
  await library.open("/library");
  await expect(rows, "each file is there once").toHaveCount(files.length);
  for (const { title } of files) await expect(library.readyRow(title)).toHaveCount(1, { timeout: 240_000 });
  await expect(rows).toHaveCount(files.length);

  const counted = [];
  for (const { title } of files) {
    const reading = await library.reading(title);
    expect(reading?.pages).toBeGreaterThan(0);
    expect(reading?.questions).toBeGreaterThan(0);
    counted.push(reading);
  }
  // a second start finds nothing left to do: the counts stay
  await power.kill();
  await power.start();
  await library.open("/library");
  await page.waitForTimeout(3000);
  await page.reload();
  await library.awake();
  for (const [index, { title }] of files.entries()) expect(await library.reading(title)).toEqual(counted[index]);

  // the same files again are known, so their bytes are whole
  await library.picker.setInputFiles(files.map(({ file }) => file));
  await expect(page.getByText("You have this file already")).toHaveCount(files.length, { timeout: 60_000 });
  await expect(library.ready.locator("li.file")).toHaveCount(files.length + 1);
});
