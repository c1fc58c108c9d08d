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

/** A lecture with the title that it gets on the shelf. */
export interface Lecture {
  file: Dropped;
  title: RegExp;
  /** Pages, where the file says how many. */
  pages: number;
}

/** The heart chapter as PDF; where the shared material is missing, our own lecture on the heart. */
export function heart(): Lecture {
  const chapter = shared("documents/ch19-the-cardiovascular-system-the-heart.pdf");
  if (chapter) return { file: fileAt(chapter), title: /The Cardiovascular System: The Heart|ch19/i, pages: 26 };
  console.log("skipped: the heart chapter; a lecture of our own takes its place");
  return { file: own("A heart lecture"), title: /A heart lecture/, pages: 4 };
}

/** The lecture that comes with Mitochi under another title, so that it is not the built-in one. */
export function own(title: string): Dropped {
  const text = readFileSync(join(ROOT, "server", "starter", "heart.md"), "utf8").replace(/^# .*$/m, `# ${title}`);
  return { name: `${title.toLowerCase().replaceAll(" ", "-")}.md`, mimeType: "text/markdown", buffer: Buffer.from(text) };
}
