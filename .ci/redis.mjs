// A throw-away Redis around one command.
//
//   node .ci/redis.mjs find              prints the path of a usable redis-server (or valkey-server), or fails
//   node .ci/redis.mjs run -- COMMAND    starts a server on a free loopback port, empty and with a password, runs
//                                        COMMAND with MITOCHI_TEST_REDIS=redis://…, stops it
//
// Version 6 or newer. It keeps nothing: no snapshots, no log of commands. MITOCHI_TEST_REDIS that is already set is
// taken as it is; where no server is to be had COMMAND runs without, and the tests that need one say that they skip.

import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { constants, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";

const OLDEST = 6;

/** Version of this server, 0 when there is none that runs. */
function version(program) {
  if (!existsSync(program)) return 0;
  try {
    const said = execFileSync(program, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return Number(/v=(\d+\.\d+)/.exec(said)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** The first usable one on PATH, or where Debian and Homebrew put it. */
function find() {
  const places = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/opt/homebrew/bin", "/usr/local/bin"];
  const programs = places.filter((place) => place !== "").flatMap((place) => ["redis-server", "valkey-server"].map((name) => join(place, name)));
  return programs.find((program) => version(program) >= OLDEST);
}

function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer().once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** Whether a server with this password is ready at the port: another program may have taken it. */
function answers(port, password) {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    let said = "";
    socket.setTimeout(1000, () => socket.destroy());
    socket.on("data", (part) => ((said += part), said.includes("+PONG") && socket.destroy()));
    socket.on("error", () => {});
    socket.on("close", () => done(said === "+OK\r\n+PONG\r\n"));
  });
}

async function start(program) {
  const folder = mkdtempSync(join(tmpdir(), "mitochi-redis-"));
  const password = randomBytes(16).toString("hex");
  try {
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      // Its own process group: a Ctrl-C at the terminal reaches the tests first, and the server is stopped by us.
      // The settings come through standard input: a password has no place in a list of processes.
      const server = spawn(program, ["-"], { cwd: folder, detached: true, stdio: ["pipe", "pipe", "ignore"] });
      let said = "";
      server.stdout.on("data", (part) => (said = (said + part).slice(-2000)));
      server.stdin.on("error", () => {});
      server.stdin.end(`bind 127.0.0.1\nport ${port}\nrequirepass ${password}\nsave ""\nappendonly no\nloglevel warning\n`);
      let over = false;
      const ended = new Promise((done) => server.once("exit", () => ((over = true), done())));
      for (let wait = 0; wait < 200 && !over && !(await answers(port, password)); wait++) await new Promise((go) => setTimeout(go, 50));
      if (!over && (await answers(port, password))) {
        const stop = async () => {
          server.kill("SIGTERM");
          const late = setTimeout(() => server.kill("SIGKILL"), 5_000);
          await ended;
          clearTimeout(late);
          rmSync(folder, { recursive: true, force: true });
        };
        return { url: `redis://:${password}@127.0.0.1:${port}`, stop };
      }
      server.kill("SIGKILL");
      await ended;
      if (attempt === 3) throw new Error(`Redis does not start: ${said.trim() || "it says nothing"}`);
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function run([command, ...args]) {
  const env = { ...process.env };
  let stop = async () => {};
  if (!env.MITOCHI_TEST_REDIS) {
    const program = find();
    if (program) {
      const redis = await start(program);
      ({ stop } = redis);
      env.MITOCHI_TEST_REDIS = redis.url;
      console.log(`    Redis ${version(program)} for the tests at ${redis.url.replace(/:[0-9a-f]+@/, ":…@")}`);
    } else {
      console.log("    skipped: what needs a Redis (no redis-server; Debian: apt-get install redis-server)");
    }
  }
  const child = spawn(command, args, { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const code = await new Promise((done) => {
    child.once("error", (error) => (console.error(`mitochi: ${command}: ${error.message}`), done(127)));
    child.once("exit", (status, signal) => done(status ?? 128 + (constants.signals[signal] ?? 0)));
  });
  await stop();
  return code;
}

async function main([what, ...rest]) {
  if (what === "find") {
    const program = find();
    if (program) console.log(program);
    return program ? 0 : 1;
  }
  if (what === "run" && rest[0] === "--" && rest.length > 1) return run(rest.slice(1));
  console.error("usage: node .ci/redis.mjs find | run -- COMMAND…");
  return 2;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error) => {
    console.error(`mitochi: ${error.message}`);
    process.exitCode = 1;
  },
);
