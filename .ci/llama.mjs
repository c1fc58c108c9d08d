// A small real language model around one command: for the tests that nobody's imitation can pass.
//
//   node .ci/llama.mjs run -- COMMAND    serves SmolLM2-135M over OpenAI's chat API on a free loopback port, runs COMMAND with
//                                        MITOCHI_TEST_LLM=http://…/v1, stops it
//   node .ci/llama.mjs serve [PORT]      serves it until it is stopped
//
// It fetches node-llama-cpp (MIT) and the model (98 MB, Apache-2.0) into MITOCHI_CACHE (~/.cache/mitochi) the first time. The
// model is small enough to answer within seconds on two cores, and unfit for learners.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const VERSION = "3.22.1";
const MODEL = "SmolLM2-135M-Instruct-Q4_1/model.gguf";
const cache = process.env.MITOCHI_CACHE ?? join(homedir(), ".cache/mitochi");

async function load() {
  const folder = join(cache, "llama");
  const models = join(cache, "models");
  if (!existsSync(join(folder, "node_modules/node-llama-cpp"))) {
    mkdirSync(folder, { recursive: true });
    const platform = `@node-llama-cpp/${process.platform === "darwin" ? "mac" : process.platform}-${process.arch}${process.platform === "darwin" && process.arch === "arm64" ? "-metal" : ""}`;
    const packages = [`node-llama-cpp@${VERSION}`, `${platform}@${VERSION}`];
    execFileSync("npm", ["install", "--silent", "--ignore-scripts", "--prefix", folder, ...packages], { stdio: ["ignore", 2, 2] });
  }
  if (!existsSync(join(models, MODEL))) {
    execFileSync("node", [join(dirname(fileURLToPath(import.meta.url)), "fetch.mjs"), "chat", models], { stdio: ["ignore", 2, 2] });
  }
  const entry = createRequire(join(folder, "x.js")).resolve("node-llama-cpp");
  const { getLlama, LlamaChatSession } = await import(pathToFileURL(entry));
  const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
  const model = await llama.loadModel({ modelPath: join(models, MODEL) });
  return { llama, model, LlamaChatSession };
}

const body = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString());
};

async function serve(port) {
  const { llama, model, LlamaChatSession } = await load();
  let left = 0;
  // one at a time: there is one context
  let before = Promise.resolve();
  const answer = async (request, response) => {
    const asked = await body(request);
    const stopped = new AbortController();
    response.on("close", () => {
      if (!response.writableEnded) {
        left += 1;
        stopped.abort();
      }
    });
    // its threads wait for each other in a loop: with one for each core, any other process makes it a hundred times slower
    const context = await model.createContext({ contextSize: 2048, threads: 1 });
    try {
      const system = asked.messages.filter(({ role }) => role === "system").map(({ content }) => content);
      const session = new LlamaChatSession({ contextSequence: context.getSequence(), systemPrompt: system.join("\n") });
      const schema = asked.response_format?.json_schema?.schema;
      const grammar = schema === undefined ? undefined : await llama.createGrammarForJsonSchema(schema);
      const chunk = (delta, finish) =>
        `data: ${JSON.stringify({ object: "chat.completion.chunk", model: asked.model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      const options = {
        maxTokens: asked.max_tokens ?? 128,
        signal: stopped.signal,
        stopOnAbortSignal: true,
        grammar,
        onTextChunk: (content) => response.write(chunk({ content }, null)),
      };
      const question = asked.messages.at(-1).content;
      const { stopReason } = await session.promptWithMeta(question, options);
      response.write(chunk({}, stopReason === "maxTokens" ? "length" : "stop"));
      response.end("data: [DONE]\n\n");
    } finally {
      await context.dispose();
    }
  };
  const server = createServer((request, response) => {
    if (request.method === "GET") {
      response.setHeader("content-type", "application/json");
      return response.end(JSON.stringify(request.url === "/left" ? { left } : { data: [{ id: "smollm2", object: "model" }] }));
    }
    before = before.then(() => answer(request, response)).catch((error) => response.destroy(error));
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return server.address().port;
}

const [command, ...rest] = process.argv.slice(2);
if (command === "serve") {
  console.log(`http://127.0.0.1:${await serve(Number(rest[0] ?? 0))}/v1`);
} else if (command === "run" && rest[0] === "--" && rest.length > 1) {
  const url = `http://127.0.0.1:${await serve(0)}/v1`;
  const child = spawn(rest[1], rest.slice(2), { stdio: "inherit", env: { ...process.env, MITOCHI_TEST_LLM: url } });
  child.on("exit", (code) => process.exit(code ?? 1));
} else {
  console.error("node .ci/llama.mjs run -- COMMAND | serve [PORT]");
  process.exit(2);
}
