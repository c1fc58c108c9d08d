// The shortest ways to where most tests begin: an account, a lecture that is ready, a set.

import { expect, type Page } from "@playwright/test";
import type { Lecture } from "../materials";
import { Library } from "./library";
import { Quiz } from "./quiz";
import { freshEmail, PASSWORD, Register } from "./register";
import { Talk, Talks } from "./tutor";

/** Makes an account, with or without scripts; gives its address. */
export async function enrol(page: Page): Promise<string> {
  const email = freshEmail();
  const register = new Register(page);
  await page.goto("/register");
  await register.fill(email, PASSWORD);
  await page.waitForURL(/\/onboarding/);
  return email;
}

/** Brings a lecture by the picker and waits until it is ready. */
export async function bring(page: Page, lecture: Pick<Lecture, "file" | "title">): Promise<void> {
  const library = new Library(page);
  await library.open("/library");
  await library.picker.setInputFiles(lecture.file);
  await expect(library.readyRow(lecture.title)).toBeVisible({ timeout: 120_000 });
}

/** Begins a set from a material of the shelf, the built-in one by default. */
export async function practise(page: Page, title: string | RegExp = "The heart as a pump"): Promise<Quiz> {
  const library = new Library(page);
  await library.open("/library");
  await library.press(library.practise(library.readyRow(title)));
  await page.waitForURL(/\/quiz\/[0-9a-f-]+$/);
  const quiz = new Quiz(page);
  await quiz.awake();
  return quiz;
}

/** Brings a lecture and begins a talk about it, in practice: there it is answered in own words. */
export async function talkInPractice(page: Page, lecture: Pick<Lecture, "file" | "title">): Promise<Talk> {
  await bring(page, lecture);
  const talks = new Talks(page);
  await talks.open("/tutor");
  await talks.press(talks.worth.first().getByRole("button", { name: "Teach me this" }));
  await page.waitForURL(/\/tutor\/[0-9a-f-]+$/);
  const talk = new Talk(page);
  await talk.awake();
  await talk.press(talk.more);
  await talk.press(page.getByRole("button", { name: "Practise it" }));
  await expect(page.getByText(/^Practice,/)).toBeVisible();
  await page.keyboard.press("Escape");
  return talk;
}
