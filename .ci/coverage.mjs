// Lines run by the tests, a row for each crate; fails where that is less than is promised.
//
//   node .ci/coverage.mjs target/coverage.json      what `cargo llvm-cov report --json --summary-only` wrote

import { readFileSync } from "node:fs";
import process from "node:process";

/** Least share of lines, in per cent. `app` has no promise: most of it is pages, which the browser tests run. */
const LEAST = { "app/domain": 95, server: 80 };

const crates = new Map();
const { data } = JSON.parse(readFileSync(process.argv[2], "utf8"));
for (const { filename, summary } of data[0].files) {
  const crate = ["app/domain", "server/tests/provider", "server", "app"].find((name) => filename.includes(`/${name}/src/`));
  if (crate === undefined) continue;
  const sum = crates.get(crate) ?? { count: 0, covered: 0, files: [] };
  sum.count += summary.lines.count;
  sum.covered += summary.lines.covered;
  sum.files.push({ name: filename.slice(filename.indexOf(`/${crate}/src/`) + 1), ...summary.lines });
  crates.set(crate, sum);
}
let failed = false;
for (const [crate, { count, covered, files }] of [...crates].sort()) {
  const percent = (100 * covered) / count;
  const least = LEAST[crate];
  const enough = least === undefined || percent >= least;
  failed ||= !enough;
  const told = least === undefined ? "" : enough ? `(at least ${least})` : `(less than ${least}!)`;
  console.log(`${crate.padEnd(22)} ${percent.toFixed(1).padStart(5)} % of ${count} lines ${told}`);
  for (const file of files.sort((a, b) => b.count - b.covered - (a.count - a.covered)).slice(0, 5))
    console.log(`    ${String(file.count - file.covered).padStart(5)} not run in ${file.name}`);
}
process.exit(failed || crates.size === 0 ? 1 : 0);
