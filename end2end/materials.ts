// What the tests bring along: the shared chapters and broken files where they are, else lectures of our own.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileAt, type Dropped } from "./pages/library";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The shared material: MITOCHI_SHARED, else beside the repository; `undefined` where a file of it is missing. */
export function shared(path: string): string | undefined {
  const folder = process.env.MITOCHI_SHARED ?? join(ROOT, "..", "shared");
  const found = join(folder, "data", path);
  if (existsSync(found)) return found;
  console.log(`skipped: ${found} is missing`);
  return undefined;
}

/** A lecture with the title that it gets on the shelf, and what may be asked of its text. */
export interface Lecture {
  file: Dropped;
  title: RegExp;
  pages: number;
  question: string;
  /** In the passage that answers it. */
  answer: RegExp;
}

/** The heart chapter as PDF; where the shared material is missing, our own lecture. */
export function chapter(): Lecture {
  const path = shared("documents/ch19-the-cardiovascular-system-the-heart.pdf");
  if (!path) {
    console.log("skipped: the heart chapter; a short lecture of our own takes its place");
    return { ...own("The kidney in brief"), question: "what lets water pass through membranes", answer: /aquaporin/i };
  }
  return {
    file: fileAt(path),
    title: /The Cardiovascular System: The Heart/,
    pages: 26,
    question: "why does the AV node delay the impulse",
    answer: /\bAV\b|atrioventricular/i,
  };
}

/** Our own short lecture, enough for a set of ten, under any title. */
export function own(title: string): Pick<Lecture, "file" | "title" | "pages"> {
  const text = readFileSync(join(ROOT, "end2end", "files", "kidney.md"), "utf8").replace(/^# .*$/m, `# ${title}`);
  const file = { name: `${title.toLowerCase().replaceAll(" ", "-")}.md`, mimeType: "text/markdown", buffer: Buffer.from(text) };
  return { file, title: new RegExp(title), pages: 4 };
}
