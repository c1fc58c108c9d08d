// What goes wrong has its own message, in the learner's words, at the place where it happened; what was typed stays.

import { readFileSync } from "node:fs";
import { expect, test } from "../fixtures";
import { own, shared } from "../materials";
import { Home } from "../pages/home";
import { fileAt, Library, type Dropped } from "../pages/library";
import { Login } from "../pages/login";
import { bring, enrol, practise } from "../pages/newcomer";
import { Quiz } from "../pages/quiz";
import { freshEmail, PASSWORD, Register } from "../pages/register";
import { Results } from "../pages/results";
import { Screen } from "../pages/screen";

// one device is enough: the words are the same
test.beforeEach(({}, info) => test.skip(info.project.name !== "laptop", "told once, on the laptop"));

const bytes = (name: string, buffer: Buffer): Dropped => ({ name, mimeType: "application/octet-stream", buffer });

test.describe("the door", () => {
  test("a taken address and passwords that do not fit", async ({ page, context }) => {
    const email = await enrol(page);
    await context.clearCookies();
    const register = new Register(page);
    await register.open("/register");
    await register.fill(email.toUpperCase(), PASSWORD);
    await expect(page.getByRole("alert")).toHaveText("An account cannot be made with this address. If it is yours, log in.");
    await expect(register.email).toHaveValue(email.toUpperCase());

    for (const [password, message] of [
      ["elevenchars", /At least 12 characters; this has 11\./],
      ["ä".repeat(37), /At most 72 bytes; this has 74\./],
    ] as const) {
      await register.fill(freshEmail(), password);
      await expect(register.passwordError).toHaveText(message);
      await expect(register.password).toHaveAttribute("aria-invalid", "true");
      await expect(register.password, "the focus goes where it must be put right").toBeFocused();
      await expect(register.password).toHaveValue(password);
    }
    await register.fill("nobody at home", PASSWORD);
    await expect(register.emailError).toContainText("This does not look like an e-mail address");
    await expect(register.email).toHaveValue("nobody at home");

    const statuses: number[] = [];
    page.on("response", (answer) => answer.request().method() === "POST" && statuses.push(answer.status()));
    await register.fill(email, PASSWORD);
    await expect(page.getByRole("alert")).toContainText("An account cannot be made with this address");
    await register.fill(email, "short");
    await expect(register.passwordError).toBeVisible();
    expect(statuses).toEqual([409, 422]);
  });

  test("a wrong password, and an address that nobody has, are told alike", async ({ page, context }) => {
    const email = await enrol(page);
    await context.clearCookies();
    const login = new Login(page);
    await login.open("/login");
    const message = "This address and this password do not belong together.";
    for (const address of [email, freshEmail("nobody")]) {
      await login.fill(address, "quite another password");
      await expect(login.passwordError).toHaveText(message);
      await expect(login.email).toHaveValue(address);
      await login.password.fill("");
    }
    await login.fill(email, PASSWORD);
    await expect(page).toHaveURL(/\/home$/);
  });
});

test.describe("files", () => {
  test("each that cannot be read says why in its row, and the others go on", async ({ page, accessible, picture }) => {
    test.setTimeout(300_000);
    await enrol(page);
    const library = new Library(page);
    await library.open("/library");
    const good = own("Kidneys among the broken");
    const bad: [Dropped, RegExp][] = [
      [bytes("nothing.txt", Buffer.alloc(0)), /This file is empty\./],
      [bytes("blank.txt", Buffer.from(" \n\t \n")), /This file is empty: there is no text in it\./],
      [bytes("song.mp3", Buffer.from("ID3 la la")), /\.mp3 files cannot be read\. Bring PDF, PPTX, DOCX, HTML, Markdown or TXT\./],
      [bytes("photo.pdf", Buffer.from("\x89PNG\r\n\x1a\n....", "latin1")), /This file is named “\.pdf” but holds a PNG picture, which cannot be read\./],
      [bytes("noise.pdf", Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 37) % 256))), /damaged|cannot be read/],
    ];
    const locked = shared("robustness/pdf/libreoffice-writer-password.pdf");
    if (locked) bad.push([fileAt(locked, "locked.pdf"), /protected with a password/]);
    const scan = shared("robustness/pdf/imagemagick-images.pdf");
    if (scan) bad.push([fileAt(scan, "scan.pdf"), /pictures of pages without text, probably a scan\./]);
    const book = shared("robustness/epub/test_epub_formatting.epub");
    if (book) bad.push([fileAt(book, "book.docx"), /named “\.docx” but holds an EPUB book/]);
    const pdf = shared("documents/ch25-the-urinary-system.pdf");
    if (pdf) bad.push([bytes("half.pdf", readFileSync(pdf).subarray(0, 200_000)), /This PDF is damaged or was cut short\./]);
    const word = shared("documents/ch25-the-urinary-system.docx");
    if (word) bad.push([bytes("torn.docx", readFileSync(word).subarray(0, 5000)), /This Word document is damaged or was cut short\./]);

    await library.drop(...bad.map(([file]) => file), good.file);
    for (const [file, message] of bad) {
      const row = library.row(new RegExp(`^${file.name.replace(/\..*$/, "")}`));
      await expect(row, file.name).toHaveCount(1, { timeout: 60_000 });
      await expect(row.locator(".refused"), file.name).toHaveText(message, { timeout: 60_000 });
    }
    await expect(library.readyRow(good.title)).toBeVisible({ timeout: 60_000 });
    await picture("bad-files");
    await accessible("bad files");
    // the rows stay; one that was not taken can be put away
    await expect(page.locator("li.file .refused")).toHaveCount(bad.length);
    await library.press(page.getByRole("button", { name: "Dismiss the message about song.mp3" }));
    await expect(library.row("song.mp3")).toHaveCount(0);
    await expect(page.locator("li.file .refused")).toHaveCount(bad.length - 1);
  });

  test("51 MB are refused before a byte is sent, and by the server too", async ({ page }) => {
    await enrol(page);
    const library = new Library(page);
    await library.open("/library");
    const sent: string[] = [];
    page.on("request", (request) => request.url().endsWith("/library/upload") && sent.push(request.url()));
    await page.evaluate(() => {
      const carried = new DataTransfer();
      carried.items.add(new File([new Uint8Array(51 * 1024 * 1024)], "atlas.pdf"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
    });
    await expect(library.row("atlas.pdf").locator(".refused")).toHaveText("A file may have 50 MB at most, this one has 51 MB.");
    expect(sent).toEqual([]);

    const answer = await page.evaluate(async () => {
      const form = new FormData();
      form.append("file", new File([new Uint8Array(51 * 1024 * 1024)], "atlas.pdf"));
      const answer = await fetch("/library/upload", { method: "POST", body: form, headers: { accept: "application/json" } });
      return { status: answer.status, text: await answer.text(), id: answer.headers.get("x-request-id") };
    });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain("50 MB");
    expect(answer.id).toMatch(/\w+/);
    await library.open("/library");
    await expect(page.locator("li.file", { hasText: "atlas" }), "nothing is half-written").toHaveCount(0);
  });

  test("the same file twice is recognised", async ({ page }) => {
    await enrol(page);
    const lecture = own("Kidneys twice");
    await bring(page, lecture);
    const library = new Library(page);
    await library.picker.setInputFiles({ ...lecture.file, name: "another-name.md" });
    const row = library.row("another-name.md");
    await expect(row).toContainText("You have this file already: open it");
    await library.press(row.getByRole("link", { name: "open it" }));
    await expect(library.heading).toHaveText(lecture.title);
    await library.open("/library");
    await expect(library.row(lecture.title)).toHaveCount(1);
  });
});

test.describe("answers", () => {
  test("a double click counts once", async ({ page }) => {
    await enrol(page);
    const quiz = await practise(page);
    const posts: string[] = [];
    page.on("request", (request) => request.url().includes("/api/quiz/answer") && posts.push(request.postData() ?? ""));
    await quiz.option(0).click();
    await quiz.sure.nth(1).click();
    await quiz.check.dblclick();
    await expect(quiz.verdict).toBeVisible();
    await expect(quiz.next).not.toHaveText(/One moment/);
    await page.waitForTimeout(1000);
    const { at, right, missed } = await quiz.standing();
    expect({ at, counted: right + missed }).toEqual({ at: 1, counted: 1 });
    expect(posts).toHaveLength(1);
    await page.reload();
    await quiz.awake();
    const after = await quiz.standing();
    expect(after.right + after.missed).toBe(1);
  });

  test("the verdict stands before the server has spoken, and is taken back if it refuses", async ({ page, context }) => {
    await enrol(page);
    const quiz = await practise(page);
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    await page.route("**/api/quiz/answer*", async (route) => {
      await held;
      await route.continue();
    });
    await page.keyboard.press("1");
    await page.keyboard.press("+");
    await page.keyboard.press("Enter");
    await expect(quiz.verdict).toBeVisible();
    // the session is over before the answer arrives
    await context.clearCookies();
    release();
    await expect(quiz.toasts.filter({ hasText: "You are logged out. Log in and go on where you were." })).toBeVisible();
    await expect(quiz.verdict).toHaveCount(0);
    await expect(quiz.option(0), "what was chosen stays").toBeChecked();
  });

  test("an expired session in mid-answer leads back to the same question", async ({ page, context, picture }) => {
    const email = await enrol(page);
    const quiz = await practise(page);
    const stem = await quiz.words(quiz.stem);
    const set = quiz.id;
    await quiz.option(1).click();
    await quiz.sure.nth(2).click();
    await context.clearCookies();
    await quiz.check.click();
    const toast = quiz.toasts.filter({ hasText: "You are logged out." });
    await expect(toast).toBeVisible();
    await expect(quiz.option(1)).toBeChecked();
    await expect(toast.getByRole("button", { name: "Close this message" }), "it waits for the learner").toBeVisible();
    await picture("logged-out");
    await toast.getByRole("button", { name: "Log in" }).click();
    const login = new Login(page);
    await expect(login.goesOn).toBeVisible();
    await login.fill(email, PASSWORD);
    await expect(page).toHaveURL(new RegExp(`/quiz/${set}`));
    await quiz.awake();
    await expect(quiz.stem).toHaveText(stem);
    expect(await quiz.standing()).toMatchObject({ at: 1, right: 0, missed: 0 });
  });

  test.describe("without a connection", () => {
    test.use({ noise: /ERR_INTERNET_DISCONNECTED/ });

    test("an answer is kept and sent when it is back", async ({ page, context, accessible }) => {
      await enrol(page);
      const quiz = await practise(page);
      await context.setOffline(true);
      await quiz.option(0).click();
      await quiz.sure.nth(0).click();
      await quiz.check.click();
      await expect(quiz.explanation.getByText("No connection. Your answer is kept here and not lost.")).toBeVisible();
      await expect(quiz.offline).toBeVisible();
      await expect(quiz.next).toContainText("Try again");
      await accessible("offline");
      await context.setOffline(false);
      await expect(quiz.offline).toBeHidden();
      await expect(quiz.next).toContainText(/next/i, { timeout: 20_000 });
      await page.reload();
      await quiz.awake();
      const after = await quiz.standing();
      expect(after.right + after.missed).toBe(1);
    });
  });

  test.describe("without a connection, by address", () => {
    test.use({ noise: /ERR_INTERNET_DISCONNECTED/, serviceWorkers: "allow" });

    test("a page that cannot be fetched says so in our words, and comes when asked again", async ({ page, context, accessible, picture }) => {
      await enrol(page);
      const home = new Home(page);
      await home.open("/home");
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await context.setOffline(true);
      await page.goto("/library");
      await expect(home.heading).toHaveText("No connection");
      await expect(page).toHaveURL(/\/library$/);
      await picture("offline");
      await accessible("offline page");
      await context.setOffline(false);
      await home.press(page.getByRole("link", { name: "Try again" }));
      await expect(home.heading).toHaveText("Library");
    });
  });

  test("a question that was deleted in mid-quiz", async ({ page, context }) => {
    test.setTimeout(300_000);
    await enrol(page);
    const lecture = own("Kidneys to lose");
    await bring(page, lecture);
    const quiz = await practise(page, lecture.title);
    await quiz.answerByKeys(0, 0);
    await expect(quiz.verdict).toBeVisible();
    await page.waitForTimeout(450);
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await quiz.standing()).at).toBe(2);
    await quiz.option(1).click();
    await quiz.sure.nth(1).click();

    const tab = await context.newPage();
    const library = new Library(tab);
    await library.open("/library");
    await library.delete(library.readyRow(lecture.title));
    await expect(library.readyRow(lecture.title)).toHaveCount(0);
    await tab.close();

    await quiz.check.click();
    await expect(quiz.toasts.filter({ hasText: /is not there any more|deleted/ })).toBeVisible();
    // nothing is left to answer: the results say what became of the questions
    const results = new Results(page);
    await results.open(`/quiz/${quiz.id}/results`);
    await expect(page.getByText("was deleted in the meantime").first()).toBeVisible();
    await new Home(page).open("/home");
    await expect(new Home(page).goal).toBeVisible();
  });
});

test.describe("addresses", () => {
  test("a page that is not there", async ({ page, accessible, picture }) => {
    const screen = new Screen(page);
    expect(await screen.open("/no-such-page")).toBe(404);
    await expect(screen.heading).toHaveText("This page wandered off");
    await picture("not-found");
    await accessible("404");
  });

  test("a set, a file and a material that are not there", async ({ page, accessible }) => {
    await enrol(page);
    const screen = new Screen(page);
    for (const [path, words] of [
      ["/quiz/00000000-0000-7000-8000-000000000001", "This set is not there any more."],
      ["/quiz/heart", "This set is not there any more."],
      ["/quiz/00000000-0000-7000-8000-000000000001/results", "This set is not there any more."],
      ["/library/00000000-0000-7000-8000-000000000001", "This file is not there any more."],
    ] as const) {
      expect(await screen.open(path), path).toBe(404);
      await expect(page.getByRole("main"), path).toContainText(words);
      await expect(screen.heading, path).toHaveCount(1);
      await accessible(path);
    }
  });

  test("somebody else's set and file are not there either", async ({ page, browser, baseURL }) => {
    await enrol(page);
    const quiz = await practise(page);
    const theirs = await browser.newContext({ baseURL });
    const other = await theirs.newPage();
    await enrol(other);
    expect((await other.goto(`/quiz/${quiz.id}`))?.status()).toBe(404);
    await expect(new Quiz(other).stem).toHaveCount(0);
    await theirs.close();
  });
});
