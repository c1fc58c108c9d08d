// A lecture of some fifty pages from the click to the last question: when the first question is there, when its words are
// found, when its meaning is, when everything is done.
//
//   node end2end/bench/lecture.mjs [MITOCHI] [PDF]
//
// MITOCHI is the program (target/dist/mitochi), PDF the file (default: the heart chapter twice, joined by `pdfunite` of Debian's
// poppler-utils). The server is started on an empty folder; MITOCHI_MODELS says where the models for search by meaning are.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const [program = "target/dist/mitochi", given] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "mitochi-lecture-"));
const pdf = given ?? twice("../shared/data/documents/ch19-the-cardiovascular-system-the-heart.pdf");

function twice(chapter) {
  const joined = join(folder, "heart-twice.pdf");
  execFileSync("pdfunite", [chapter, chapter, joined]);
  return joined;
}

const port = await new Promise((done) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => done(port));
  });
});
const base = `http://127.0.0.1:${port}`;
const server = spawn(program, ["serve"], {
  env: { ...process.env, MITOCHI_ADDR: `127.0.0.1:${port}`, MITOCHI_DATA: join(folder, "data"), MITOCHI_PASSWORD_COST: "4", MITOCHI_REQUESTS_A_MINUTE: "100000", MITOCHI_ADDRESS_REQUESTS_A_MINUTE: "100000" },
  stdio: ["ignore", "ignore", "inherit"],
});
const cookies = new Map();

async function ask(path, options = {}) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const answer = await fetch(base + path, { ...options, headers: { accept: "application/json", cookie, ...options.headers } });
  for (const line of answer.headers.getSetCookie()) {
    const [name, value] = line.split(";")[0].split("=");
    cookies.set(name, value);
  }
  if (!answer.ok) throw new Error(`${path}: ${answer.status}: ${await answer.text()}`);
  return answer;
}
const call = async (name, request) =>
  (await ask(`/api/${name}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request) })).json();

try {
  for (let tries = 0; ; tries++) {
    try {
      await ask("/readyz");
      break;
    } catch (error) {
      if (tries === 400) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  const form = new URLSearchParams({ "request[email]": "bench@example.org", "request[password]": "a good long password", "request[time_zone]": "UTC" });
  await ask("/api/account/register", { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: form });

  const body = new FormData();
  body.set("file", new Blob([readFileSync(pdf)]), "heart-twice.pdf");
  const start = performance.now();
  await ask("/library/upload", { method: "POST", body });
  const at = {};
  const seen = (what, yes) => {
    if (yes && at[what] === undefined) at[what] = (performance.now() - start) / 1000;
  };
  for (let last = "", still = performance.now(); performance.now() - start < 300_000; ) {
    const answer = await ask("/api/library/materials", { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" } });
    const { materials } = await answer.json();
    const own = materials.find((material) => !material.built_in);
    const state = JSON.stringify(own);
    if (state !== last) [last, still] = [state, performance.now()];
    seen("first question", own.questions > 0);
    const { hits } = await call("library/search", { request: { query: '"sinoatrial node"', material: own.id } });
    seen("found by words", hits.length > 0);
    seen("found by meaning", own.passages > 0 && own.passages_embedded === own.passages);
    if (/ready/i.test(JSON.stringify(own.state)) && performance.now() - still > 5_000) {
      at["all questions"] = (still - start) / 1000;
      console.log(`${own.pages_total ?? "?"} pages, ${own.questions} questions, ${own.passages} passages`);
      break;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  for (const [what, seconds] of Object.entries(at)) console.log(`${what.padEnd(18)} ${seconds.toFixed(1)} s`);
} finally {
  server.kill("SIGTERM");
  await new Promise((done) => server.once("exit", done));
  rmSync(folder, { recursive: true, force: true });
}
