// Starts the built server on an empty data folder, runs Playwright against it, stops it; once a database.
//
//   node end2end/run.mjs [options of playwright test]
//
//   MITOCHI_BIN              the server to test
//   MITOCHI_SITE             the pages' files that belong to it; empty for those beside it
//   MITOCHI_DATABASES        'sqlite postgres' (the default), or one of them
//   MITOCHI_TEST_POSTGRES    an empty PostgreSQL database; postgres needs it
//
// The tests may end the server hard and start it again: they ask for it at CONTROL_URL (see fixtures.ts).

import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as listen } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const binary = process.env.MITOCHI_BIN;
/** How long a server may take until it answers: it migrates the database first. */
const PATIENCE_MS = 60_000;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function freePort() {
  return new Promise((done, failed) => {
    const probe = listen().once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** One server that can be killed and started again on the same port and data. */
class Server {
  constructor(port, env, log) {
    this.url = `http://127.0.0.1:${port}`;
    this.env = { ...env, MITOCHI_ADDR: `127.0.0.1:${port}` };
    this.log = log;
  }

  async start() {
    const child = spawn(binary, ["serve"], { cwd: HERE, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    child.stdout.pipe(this.log, { end: false });
    child.stderr.pipe(this.log, { end: false });
    this.ended = new Promise((done) => {
      child.once("error", (error) => done(error.message));
      child.once("exit", (code, signal) => done(signal ?? code));
    });
    let over;
    this.ended.then((how) => (over = how));
    for (const start = Date.now(); Date.now() - start < PATIENCE_MS; await pause(100)) {
      if (over !== undefined) throw new Error(`the server ended at its start: ${over}`);
      try {
        const answer = await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(2000) });
        if (answer.ok) return;
      } catch {
        // Not there yet.
      }
    }
    throw new Error(`the server does not answer at ${this.url}/healthz`);
  }

  /** As a power cut would. */
  async kill() {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  /** As an operator would: it finishes what it does and exits with 0. */
  async stop() {
    this.child.kill("SIGTERM");
    const late = setTimeout(() => this.child.kill("SIGKILL"), 20_000);
    const how = await this.ended;
    clearTimeout(late);
    return how;
  }
}

/** The first account is the administrator's: made before any test makes one. */
const OPERATOR = { email: "operator@example.org", password: "marrow lantern seven" };

async function makeOperator(server) {
  const form = new URLSearchParams({ "request[email]": OPERATOR.email, "request[password]": OPERATOR.password });
  const headers = { accept: "application/json" };
  const answer = await fetch(`${server.url}/api/account/register`, { method: "POST", headers, body: form });
  if (!answer.ok) throw new Error(`no account for the operator: ${answer.status} ${await answer.text()}`);
}

/** Lets the tests kill and start the server: POST /kill, POST /start. */
function control(server) {
  const steps = { "POST /kill": () => server.kill(), "POST /start": () => server.start() };
  const http = createServer(async (request, response) => {
    const step = steps[`${request.method} ${request.url}`];
    try {
      if (!step) throw new Error("POST /kill or /start");
      await step();
      response.writeHead(204).end();
    } catch (error) {
      response.writeHead(500).end(error.message);
    }
  });
  return new Promise((done) => http.listen(0, "127.0.0.1", () => done(http)));
}

/** Runs every test on one database; gives Playwright's exit code. */
async function round(database, args) {
  const data = mkdtempSync(join(tmpdir(), `mitochi-end2end-${database}-`));
  const artifacts = join(HERE, "artifacts", database);
  rmSync(artifacts, { recursive: true, force: true });
  mkdirSync(artifacts, { recursive: true });
  const logFile = join(artifacts, "server.log");
  const log = createWriteStream(logFile);

  // the small embedder alone: what is tested here is not the ranking, and the pair takes three times as long
  const env = { MITOCHI_EMBEDDER: "minilm", MITOCHI_REQUESTS_A_MINUTE: "0", MITOCHI_ADDRESS_REQUESTS_A_MINUTE: "0", MITOCHI_UPLOADS_AN_HOUR: "0", ...process.env, MITOCHI_DATA: data };
  // nor is any language model: a key of whoever runs the tests is not for them
  for (const key of ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "MITOCHI_LOCAL_URL"]) delete env[key];
  delete env.DATABASE_URL;
  if (database === "postgres") {
    if (!process.env.MITOCHI_TEST_POSTGRES) throw new Error("MITOCHI_TEST_POSTGRES is not set");
    env.DATABASE_URL = process.env.MITOCHI_TEST_POSTGRES;
  }
  const server = new Server(await freePort(), env, log);
  const http = await control(server);
  try {
    await server.start();
    await makeOperator(server);
    console.log(`    on ${database}: ${server.url}`);
    const playwright = spawn(process.execPath, [join(HERE, "node_modules", "@playwright", "test", "cli.js"), "test", ...args], {
      cwd: HERE,
      stdio: "inherit",
      env: {
        ...process.env,
        BASE_URL: server.url,
        CONTROL_URL: `http://127.0.0.1:${http.address().port}`,
        MITOCHI_DATABASE: database,
        MITOCHI_OPERATOR: OPERATOR.email,
      },
    });
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => playwright.kill(signal));
    const code = await new Promise((done) => playwright.once("exit", (status) => done(status ?? 1)));
    const how = await server.stop();
    if (how !== 0) console.error(`    the server did not stop cleanly: ${how}`);
    if (code !== 0) console.error(`    the server's log: ${logFile}`);
    return code || (how === 0 ? 0 : 1);
  } catch (error) {
    server.child?.kill("SIGKILL");
    await pause(100);
    console.error(`    ${error.message}\n${readFileSync(logFile, "utf8").split("\n").slice(-20).join("\n")}`);
    return 1;
  } finally {
    http.close();
    http.closeAllConnections();
    log.end();
    rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

if (!binary) {
  console.error("end2end/run.mjs: MITOCHI_BIN is not set; .ci/end2end does it");
  process.exit(2);
}
let worst = 0;
for (const database of (process.env.MITOCHI_DATABASES ?? "sqlite postgres").split(/[\s,]+/).filter(Boolean)) {
  const code = await round(database, process.argv.slice(2));
  console.log(code === 0 ? `    ${database}: passed` : `    ${database}: FAILED`);
  worst ||= code;
}
process.exitCode = worst;
