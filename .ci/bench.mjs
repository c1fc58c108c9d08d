// Measures a finished build: bytes a browser loads against the budget, start-up time, resident memory.
//
//   node .ci/bench.mjs DIST             a finished build: target/dist
//   node .ci/bench.mjs --bytes SITE     the bytes alone, of a folder of built pages
//
// Ends with 1 when a budget of bytes is broken. Speeds depend on the machine: they are printed with the processor's
// name and never fail anything.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join, relative } from "node:path";
import process from "node:process";

const KB = 1024;
/** What a first visit may load, compressed with brotli where that helps. The core is on every page. */
const BUDGETS = [
  { what: "core WASM", limit: 300 * KB, of: (file) => /^pkg\/mitochi[^/]*\.wasm$/.test(file) },
  { what: "scripts of the page", limit: 60 * KB, of: (file) => /^pkg\/mitochi[^/]*\.js$/.test(file) },
  { what: "styles", limit: 20 * KB, of: (file) => /^pkg\/.*\.css$/.test(file) },
  { what: "first fonts", limit: 60 * KB, of: (file) => /^fonts\/(nunito|pixelify)[^/]*\.woff2$/.test(file) },
  { what: "largest sprite", limit: 10 * KB, of: (file) => /^art\/.*\.png$/.test(file), largest: true },
];

const bytesAlone = process.argv[2] === "--bytes";
const dist = bytesAlone ? undefined : process.argv[2];
const site = bytesAlone ? process.argv[3] : dist && join(dist, "site");
if (!site || !existsSync(site)) {
  console.error("usage: node .ci/bench.mjs DIST | --bytes SITE (make build makes target/dist)");
  process.exit(2);
}
const files = readdirSync(site, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(site, join(entry.parentPath ?? entry.path, entry.name)));
/** Bytes on the wire for a browser that takes brotli. */
const wire = (file) => statSync(join(site, existsSync(join(site, `${file}.br`)) ? `${file}.br` : file)).size;

let broken = 0;
for (const { what, limit, of, largest } of BUDGETS) {
  const sizes = files.filter(of).map(wire);
  if (sizes.length === 0) {
    console.log(`       ? KB of ${String(limit / KB).padStart(3)} KB  ${what}  MISSING`);
    broken++;
    continue;
  }
  const bytes = largest ? Math.max(...sizes) : sizes.reduce((sum, size) => sum + size, 0);
  const over = bytes > limit;
  if (over) broken++;
  const line = `${(bytes / KB).toFixed(1).padStart(8)} KB of ${String(limit / KB).padStart(3)} KB  ${what}`;
  console.log(over ? `${line}  OVER BUDGET` : line);
}
/**
 * A part of the site (app/src/app/pages.rs) comes, with what it shares with others, when its first page is opened. Which
 * functions a piece holds is the splitter's affair and changes with the code: what counts is all that a page loads.
 */
const HEAVIEST_PAGE = 540 * KB;
const manifest = files.find((file) => /^pkg\/__wasm_split_manifest[^/]*\.json$/.test(file));
const core = files.filter((file) => /^pkg\/mitochi[^/]*\.wasm$/.test(file)).reduce((sum, file) => sum + wire(file), 0);
const parts = manifest ? Object.values(JSON.parse(readFileSync(join(site, manifest), "utf8"))) : [];
const pages = parts.map((pieces) => pieces.reduce((sum, piece) => sum + wire(`pkg/${piece}.wasm`), core));
const heaviest = Math.max(0, ...pages);
const over = pages.length === 0 || heaviest > HEAVIEST_PAGE;
if (over) broken++;
console.log(
  `${(heaviest / KB).toFixed(1).padStart(8)} KB of ${HEAVIEST_PAGE / KB} KB  all WASM of the heaviest page${over ? "  OVER BUDGET" : ""}`,
);

/** Starts the build on an empty data folder and times it. */
async function speeds() {
  console.log(`${(statSync(join(dist, "mitochi")).size / KB / KB).toFixed(1).padStart(8)} MB             the binary`);

  const port = await new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
  const data = mkdtempSync(join(tmpdir(), "mitochi-bench-"));
  const url = `http://127.0.0.1:${port}`;
  const env = { ...process.env, MITOCHI_ADDR: `127.0.0.1:${port}`, MITOCHI_DATA: data };
  delete env.DATABASE_URL;
  const start = performance.now();
  const server = spawn(join(dist, "mitochi"), ["serve"], { env, stdio: "ignore" });
  const ended = new Promise((done) => server.once("exit", done));
  try {
    for (;;) {
      if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
      if (performance.now() - start > 30_000) throw new Error("the server does not answer");
      const answer = await fetch(`${url}/healthz`).catch(() => null);
      if (answer?.ok) break;
      await new Promise((go) => setTimeout(go, 10));
    }
    console.log(`${(performance.now() - start).toFixed(0).padStart(8)} ms             from start to the first answer`);
    const times = [];
    for (let request = 0; request < 50; request++) {
      const before = performance.now();
      await (await fetch(url)).text();
      times.push(performance.now() - before);
    }
    times.sort((a, b) => a - b);
    console.log(`${times[25].toFixed(1).padStart(8)} ms             the landing page, median of 50 (slowest ${times[49].toFixed(1)} ms)`);
    const status = `/proc/${server.pid}/status`;
    if (existsSync(status)) {
      const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(status, "utf8"))?.[1] ?? 0);
      console.log(`${(resident / KB).toFixed(1).padStart(8)} MB             resident memory after that`);
    }
    console.log(`on ${cpus()[0]?.model ?? "an unknown processor"}, ${cpus().length} cores`);
  } finally {
    server.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
}

if (dist) await speeds();
process.exitCode = broken > 0 ? 1 : 0;
