// The shelf: files brought in, being read, ready to learn from.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Locator } from "@playwright/test";
import { Screen } from "./screen";

export interface Dropped {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A file of the disk as something to drop, perhaps under another name. */
export function fileAt(path: string, name = basename(path)): Dropped {
  return { name, mimeType: "application/octet-stream", buffer: readFileSync(path) };
}

/** How far the reading of a material has come, as its row says. */
export interface Reading {
  pages: number;
  passages: number;
  questions: number;
  ready: boolean;
}

export class Library extends Screen {
  readonly picker = this.page.getByLabel("Choose lecture files");
  readonly send = this.page.getByRole("button", { name: "Send the chosen files" });
  readonly busy = this.page.getByRole("region", { name: "Being read" });
  readonly ready = this.page.getByRole("region", { name: "Ready to learn" });

  /** The row of a file that is on its way, refused or being read: by its title or name. */
  row(title: string | RegExp): Locator {
    return this.page.locator("li.file").filter({ has: this.page.getByRole("heading", { name: title }) });
  }

  readyRow(title: string | RegExp): Locator {
    return this.ready.locator("li.file").filter({ has: this.page.getByRole("heading", { name: title }) });
  }

  /** Lets files go over the page, as a hand with a mouse does. */
  async drop(...files: Dropped[]): Promise<void> {
    const carried = await this.page.evaluateHandle(
      (files) => {
        const carried = new DataTransfer();
        for (const { name, data } of files) {
          const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
          carried.items.add(new File([bytes], name));
        }
        return carried;
      },
      files.map(({ name, buffer }) => ({ name, data: buffer.toString("base64") })),
    );
    await this.page.dispatchEvent("body", "dragover", { dataTransfer: carried });
    await this.page.dispatchEvent("body", "drop", { dataTransfer: carried });
    await carried.dispose();
  }

  /** What the row of a material says; `undefined` while there is no such row. */
  async reading(title: string | RegExp): Promise<Reading | undefined> {
    const row = this.row(title);
    const text = await row.evaluateAll((rows) => rows.map((row) => row.textContent ?? "").join("\n"));
    if (text === "") return undefined;
    const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);
    const ready = (await this.readyRow(title).count()) > 0;
    return {
      pages: number(/(?:page|slide) (\d+) of/) || number(/(\d+)\s(?:page|slide)s?/),
      passages: number(/(\d+)\spassages?/),
      questions: number(/(\d+)\squestions?/),
      ready,
    };
  }

  practise(row: Locator): Locator {
    return row.getByRole("button", { name: /^Practise/ });
  }

  /** Opens the menu of a row and asks to delete it. */
  async delete(row: Locator): Promise<void> {
    await this.press(row.locator("summary"));
    await this.press(row.getByRole("link", { name: "Delete" }));
    await this.press(this.page.getByRole("dialog").getByRole("button", { name: "Delete" }));
  }
}
