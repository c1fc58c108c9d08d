// A throw-away PostgreSQL around one command.
//
//   node .ci/postgres.mjs find [DIR]            prints the folder of a usable initdb and postgres, or fails
//   node .ci/postgres.mjs find-vector [DIR]     the same, of one that has the extension pgvector
//   node .ci/postgres.mjs run [DIR] -- COMMAND  starts a server on a free loopback port with an empty data folder,
//                                               runs COMMAND with MITOCHI_TEST_POSTGRES=postgres://…, stops it
//
// DIR is where `fetch.mjs postgres` put a packaged one. One with pgvector comes first, else a local PostgreSQL of version
// 14 or newer does, and the tests of vectors in PostgreSQL are skipped, which is said. The server never runs as root (it refuses to): as root it runs as `postgres` or `nobody`. Its data are worthless by
// intent: no fsync, removed at the end. MITOCHI_TEST_POSTGRES that is already set is taken as it is.

import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { constants, tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import process from "node:process";

const OLDEST = 14;

/** Major version of the server in this folder, 0 when there is none that runs. */
function major(bin) {
  if (!existsSync(join(bin, "initdb")) || !existsSync(join(bin, "postgres"))) return 0;
  try {
    const said = execFileSync(join(bin, "postgres"), ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return Number(/(\d+)(\.|devel|beta|rc|\s)/.exec(said)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Whether the server in this folder has the extension pgvector. */
function hasVector(bin) {
  const shares = [join(bin, "..", "share"), join(bin, "..", "share", "postgresql")];
  try {
    // Debian keeps what is shared elsewhere; a link on PATH leads to the folder that knows.
    const config = join(realpathSync(join(bin, "postgres")), "..", "pg_config");
    if (existsSync(config)) shares.push(execFileSync(config, ["--sharedir"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim());
  } catch {
    // no such program: the usual places are looked at
  }
  const debian = /\/usr\/lib\/postgresql\/(\d+)\//.exec(realpathSync(join(bin, "postgres")));
  if (debian) shares.push(join("/usr/share/postgresql", debian[1]));
  return shares.some((share) => existsSync(join(share, "extension", "vector.control")));
}

/** All usable ones: on PATH, where Debian and Homebrew put it, newest first, then the packaged one. */
function usable(packaged) {
  const places = (process.env.PATH ?? "").split(delimiter);
  for (const parent of ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]) {
    if (!existsSync(parent)) continue;
    for (const name of readdirSync(parent).sort((a, b) => b.localeCompare(a, "en", { numeric: true })))
      if (/^(\d+|postgresql(@\d+)?)$/.test(name)) places.push(join(parent, name, "bin"));
  }
  if (packaged) places.push(join(packaged, "embedded_postgres", "pginstall", "bin"));
  return places.filter((bin) => bin !== "" && major(bin) >= OLDEST);
}

/** The one for the tests: the first that has pgvector, else the first. */
function find(packaged) {
  const all = usable(packaged);
  return all.find(hasVector) ?? all[0];
}

/** User and group to run as; undefined where we are not root. */
function user() {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync("/etc/passwd", "utf8").split("\n").map((line) => line.split(":"));
  const account = accounts.find(([name]) => name === "postgres") ?? accounts.find(([name]) => name === "nobody");
  return account ? { uid: Number(account[2]), gid: Number(account[3]) } : { uid: 65534, gid: 65534 };
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

function answers(port) {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => (socket.destroy(), done(true)));
    socket.once("error", () => done(false));
  });
}

/** Runs a program as the server's user and gives its output; throws with its stderr. */
function ask(program, args, options) {
  try {
    return execFileSync(program, args, { ...options, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw new Error(`${program}: ${error.stderr?.trim() || error.message}`);
  }
}

async function start(packaged) {
  let bin = find(packaged);
  if (!bin) throw new Error("no PostgreSQL: run .ci/setup test");
  const vector = hasVector(bin);
  const folder = mkdtempSync(join(tmpdir(), "mitochi-postgres-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const as = user();
    if (as) {
      // Root's home is closed to the server's user: bring the packaged programs where it can read them.
      if (packaged && bin.startsWith(resolve(packaged))) {
        cpSync(packaged, join(folder, "program"), { recursive: true });
        bin = join(folder, "program", "embedded_postgres", "pginstall", "bin");
      }
      chmodSync(folder, 0o755);
    }
    const data = join(folder, "data");
    const password = randomBytes(16).toString("hex");
    const secret = join(folder, "password");
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(secret, password, { mode: 0o600 });
    if (as) for (const path of [data, secret]) chownSync(path, as.uid, as.gid);
    const options = { cwd: folder, ...as, env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC", HOME: folder } };
    ask(join(bin, "initdb"), ["-D", data, "-U", "mitochi", "--pwfile", secret, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "-N"], options);

    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      const settings = {
        listen_addresses: "127.0.0.1",
        port,
        unix_socket_directories: "",
        fsync: "off",
        synchronous_commit: "off",
        full_page_writes: "off",
        max_connections: 200,
        shared_buffers: "64MB",
        log_min_messages: "fatal",
      };
      const args = ["-D", data, ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`])];
      // Its own process group: a Ctrl-C at the terminal reaches the tests first, and the server is stopped by us.
      const server = spawn(join(bin, "postgres"), args, { ...options, detached: true, stdio: ["ignore", "ignore", "pipe"] });
      let said = "";
      server.stderr.on("data", (part) => (said = (said + part).slice(-4000)));
      let over = false;
      const ended = new Promise((done) => server.once("exit", () => ((over = true), done())));
      for (let wait = 0; wait < 600 && !over && !(await answers(port)); wait++) await new Promise((go) => setTimeout(go, 50));
      if (!over && (await answers(port))) {
        const stop = async () => {
          server.kill("SIGINT");
          const late = setTimeout(() => server.kill("SIGQUIT"), 10_000);
          await ended;
          clearTimeout(late);
          remove();
        };
        return { url: `postgres://mitochi:${password}@127.0.0.1:${port}/postgres`, stop, version: major(bin), vector };
      }
      server.kill("SIGQUIT");
      await ended;
      if (attempt === 3) throw new Error(`PostgreSQL does not start: ${said.trim() || "it says nothing"}`);
    }
  } catch (error) {
    remove();
    throw error;
  }
}

async function run(packaged, [command, ...args]) {
  const given = process.env.MITOCHI_TEST_POSTGRES;
  const postgres = given ? { url: given, stop: async () => {} } : await start(packaged);
  if (!given) {
    console.log(`    PostgreSQL ${postgres.version} for the tests at ${postgres.url.replace(/:[0-9a-f]+@/, ":…@")}`);
    if (!postgres.vector) console.log("    without pgvector: tests of vectors in PostgreSQL are skipped (.ci/setup test brings one that has it)");
  }
  const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, MITOCHI_TEST_POSTGRES: postgres.url } });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const code = await new Promise((done) => {
    child.once("error", (error) => (console.error(`mitochi: ${command}: ${error.message}`), done(127)));
    child.once("exit", (status, signal) => done(status ?? 128 + (constants.signals[signal] ?? 0)));
  });
  await postgres.stop();
  return code;
}

async function main([what, ...rest]) {
  const split = rest.indexOf("--");
  const folder = (split < 0 ? rest : rest.slice(0, split))[0];
  const packaged = folder ? resolve(folder) : undefined;
  if (what === "find" || what === "find-vector") {
    const bin = what === "find" ? find(packaged) : usable(packaged).find(hasVector);
    if (bin) console.log(bin);
    return bin ? 0 : 1;
  }
  if (what === "run" && split >= 0 && rest.length > split + 1) return run(packaged, rest.slice(split + 1));
  console.error("usage: node .ci/postgres.mjs find [DIR] | find-vector [DIR] | run [DIR] -- COMMAND…");
  return 2;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error) => {
    console.error(`mitochi: ${error.message}`);
    process.exitCode = 1;
  },
);
