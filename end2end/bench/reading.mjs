// Text out of PDFs, pages a second on one core, by turns with pdftotext on the same files in one run.
//
//   node end2end/bench/reading.mjs [MITOCHI] [FOLDER] [ROUNDS]
//
// MITOCHI is the program (target/dist/mitochi), FOLDER has the PDFs (../shared/data/documents). Both are timed with the
// start of their process, pinned to core 0 where `taskset` is to be had; the best of the rounds counts. pdftotext comes with
// Debian's poppler-utils.

import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const [program = "target/dist/mitochi", folder = "../shared/data/documents", rounds = "5"] = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith(".pdf")).map((name) => join(folder, name));
const pin = spawnSync("taskset", ["-V"]).error ? [] : ["taskset", "-c", "0"];
if (spawnSync("pdftotext", ["-v"]).error) {
  console.log("skipped: there is no pdftotext to compare with (Debian: apt-get install poppler-utils)");
  process.exit(0);
}

/** Seconds that a command takes. */
function time(command) {
  const start = process.hrtime.bigint();
  const [name, ...words] = [...pin, ...command];
  execFileSync(name, words, { stdio: ["ignore", "ignore", "inherit"], maxBuffer: 1 << 28 });
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const pagesOf = (file) => Number(/Pages:\s+(\d+)/.exec(execFileSync("pdfinfo", [file], { encoding: "utf8" }))[1]);
const sum = { pages: 0, ours: 0, theirs: 0 };
console.log("pages   mitochi  pdftotext   ratio  file (pages a second)");
for (const file of files) {
  const pages = pagesOf(file);
  let [ours, theirs] = [Infinity, Infinity];
  for (let round = 0; round < Number(rounds); round++) {
    ours = Math.min(ours, time([program, "extract", file]));
    theirs = Math.min(theirs, time(["pdftotext", file, "-"]));
  }
  sum.pages += pages;
  sum.ours += ours;
  sum.theirs += theirs;
  row(pages, ours, theirs, file.slice(folder.length + 1));
}
row(sum.pages, sum.ours, sum.theirs, "all");

function row(pages, ours, theirs, name) {
  const rate = (seconds) => (pages / seconds).toFixed(0).padStart(9);
  console.log(`${String(pages).padStart(5)} ${rate(ours)}  ${rate(theirs)}  ${(theirs / ours).toFixed(2).padStart(6)}  ${name}`);
}
