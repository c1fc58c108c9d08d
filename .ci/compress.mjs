// Writes FILE.br and FILE.gz beside every text-like file of a folder, where that makes it smaller.
//
//   node .ci/compress.mjs DIR
//
// Brotli 11 and gzip 9: slow once, then free for every request. Pictures and fonts are packed already.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const PACKABLE = new Set([".css", ".html", ".ico", ".js", ".json", ".md", ".mjs", ".svg", ".txt", ".wasm", ".webmanifest", ".xml"]);
/** Below this a request costs the same either way. */
const SMALLEST = 512;

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node .ci/compress.mjs DIR");
  process.exit(2);
}
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && PACKABLE.has(extname(entry.name)))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
let [raw, brotli, gzipped] = [0, 0, 0];
await Promise.all(
  files.map(async (file) => {
    const bytes = readFileSync(file);
    if (bytes.length < SMALLEST) return;
    const [br, gz] = await Promise.all([
      promisify(brotliCompress)(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      }),
      promisify(gzip)(bytes, { level: 9 }),
    ]);
    if (br.length < bytes.length) writeFileSync(`${file}.br`, br);
    if (gz.length < bytes.length) writeFileSync(`${file}.gz`, gz);
    raw += bytes.length;
    brotli += br.length;
    gzipped += gz.length;
  }),
);
const kilo = (bytes) => `${(bytes / 1024).toFixed(0)} KB`;
console.log(`    ${files.length} files: ${kilo(raw)}, ${kilo(gzipped)} with gzip, ${kilo(brotli)} with brotli`);
