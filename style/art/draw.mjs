#!/usr/bin/env node
// Draws the text grids of this folder: one indexed PNG strip a sprite, a table of them, and the site's icons.
//
//   node style/art/draw.mjs            check the grids, then write public/art/** and the icons of public/
//   node style/art/draw.mjs --check    write nothing; fail when a grid is unsound or a picture is stale
//
// Node alone, no packages: the PNG writer below knows the one kind of picture that is needed here (indexed,
// index 0 transparent). A check compares pixels and palettes, never compressed bytes, because two versions of
// zlib may pack the same pixels differently.

import { readdirSync, readFileSync, writeFileSync, mkdirSync, rmSync, existsSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import zlib, { deflateSync, inflateSync } from "node:zlib";

const ART = dirname(fileURLToPath(import.meta.url));
const ROOT = join(ART, "..", "..");
const PUBLIC = join(ROOT, "public");

/** Folder and the size that every frame in it must have (null: any). */
const SETS = { mito: [32, 32], badges: [24, 24], icons: [16, 16], decor: null };
const HEADERS = new Set(["name", "size", "fps", "loop", "note"]);

/** Page colour of the light theme: the ground of icons that a system shows without transparency. */
const GROUND = [0xfb, 0xf6, 0xf1];

// ---------------------------------------------------------------- grids

/** One letter and one colour a line; `#` alone starts a comment. Returns letter -> [r, g, b]. */
function loadPalette(problems) {
  const palette = new Map();
  readFileSync(join(ART, "palette.txt"), "utf8").split(/\r?\n/).forEach((line, index) => {
    const [letter, colour] = line.trim().split(/\s+/);
    if (!letter || letter === "#") return;
    const where = `palette.txt:${index + 1}`;
    if (letter.length !== 1 || ".#-".includes(letter)) problems.push(`${where}: '${letter}' cannot be a letter`);
    else if (palette.has(letter)) problems.push(`${where}: '${letter}' stands twice`);
    else if (!/^#[0-9a-f]{6}$/i.test(colour ?? "")) problems.push(`${where}: '${colour}' is no colour`);
    else palette.set(letter, [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
  });
  return palette;
}

/** Reads one grid file: its header, and its frames as arrays of rows. */
function loadSprite(path) {
  const header = {};
  const frames = [[]];
  for (const raw of readFileSync(path, "utf8").split(/\r?\n/)) {
    const line = raw.trimEnd();
    if (line.startsWith("#")) {
      const colon = line.indexOf(":");
      if (colon < 0) header[line.slice(1).trim()] = "";
      else header[line.slice(1, colon).trim()] = line.slice(colon + 1).trim();
    } else if (line === "---") frames.push([]);
    else if (line !== "") frames.at(-1).push(line);
  }
  return { header, frames };
}

/** Every sprite of every set in a stable order, with what is wrong with it added to `problems`. */
function loadSprites(palette, problems) {
  const sprites = [];
  const used = new Set();
  for (const [set, wanted] of Object.entries(SETS)) {
    const files = readdirSync(join(ART, set)).filter((file) => file.endsWith(".txt")).sort();
    for (const file of files) {
      const name = basename(file, ".txt");
      const where = `${set}/${file}`;
      const { header, frames } = loadSprite(join(ART, set, file));
      const complain = (what) => problems.push(`${where}: ${what}`);
      for (const key of Object.keys(header)) if (!HEADERS.has(key)) complain(`unknown header '${key}'`);
      if (header.name !== name) complain(`header 'name' is '${header.name}', the file is '${name}'`);
      if (!/^[1-9][0-9]*$/.test(header.fps ?? "")) complain(`header 'fps' is '${header.fps}', not a number`);
      if (!/^(yes|no)$/.test(header.loop ?? "yes")) complain(`header 'loop' is '${header.loop}', not yes or no`);
      const height = frames[0].length;
      const width = frames[0][0]?.length ?? 0;
      if (header.size !== `${width}x${height}`) complain(`header 'size' is '${header.size}', the grid is ${width}x${height}`);
      if (wanted && (width !== wanted[0] || height !== wanted[1]))
        complain(`${width}x${height}, the set wants ${wanted.join("x")}`);
      frames.forEach((rows, frame) => {
        if (rows.length !== height) complain(`frame ${frame}: ${rows.length} rows, the first has ${height}`);
        rows.forEach((row, y) => {
          if (row.length !== width) complain(`frame ${frame}, row ${y + 1}: ${row.length} wide, not ${width}`);
          for (const letter of row) {
            if (letter === ".") continue;
            used.add(letter);
            if (!palette.has(letter)) complain(`frame ${frame}, row ${y + 1}: unknown letter '${letter}'`);
          }
        });
      });
      if (!frames.flat().some((row) => /[^.]/.test(row))) complain("draws nothing");
      sprites.push({ set, name, frames, width, height, fps: Number(header.fps), loop: header.loop !== "no" });
    }
  }
  for (const letter of palette.keys()) if (!used.has(letter)) problems.push(`palette.txt: no sprite uses '${letter}'`);
  return sprites;
}

// ---------------------------------------------------------------- pictures

/** An indexed picture: `pixels[y * width + x]` points into `colours`; index 0 is `ground` or transparent. */
function picture(width, height, ground) {
  return { width, height, ground, colours: [ground ?? [0, 0, 0]], pixels: new Uint8Array(width * height) };
}

/** Draws a frame at `left`, `top`, each letter as a square of `scale` pixels. */
function stamp(target, rows, palette, left, top, scale, index) {
  rows.forEach((row, y) => {
    [...row].forEach((letter, x) => {
      if (letter === ".") return;
      if (!index.has(letter)) index.set(letter, target.colours.push(palette.get(letter)) - 1);
      for (let dy = 0; dy < scale; dy++) {
        const start = (top + y * scale + dy) * target.width + left + x * scale;
        target.pixels.fill(index.get(letter), start, start + scale);
      }
    });
  });
}

/** A sprite's frames side by side. */
function strip(sprite, palette) {
  const target = picture(sprite.width * sprite.frames.length, sprite.height);
  const index = new Map();
  sprite.frames.forEach((rows, frame) => stamp(target, rows, palette, frame * sprite.width, 0, 1, index));
  return target;
}

/** A frame by a whole-number scale in the middle of a square; `ground` fills what it leaves free. */
function icon(rows, palette, size, scale, ground) {
  const target = picture(size, size, ground);
  const margin = (size - rows.length * scale) / 2;
  if (!Number.isInteger(margin) || margin < 0) throw new Error(`no whole margin: ${size} at ${scale}x`);
  stamp(target, rows, palette, margin, margin, scale, new Map());
  return target;
}

/** A frame as SVG: one path a colour, made of runs of pixels. */
function svg(rows, palette) {
  const paths = new Map();
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; ) {
      let end = x + 1;
      while (row[end] === row[x]) end++;
      if (row[x] !== ".") paths.set(row[x], `${paths.get(row[x]) ?? ""}M${x} ${y}h${end - x}v1h-${end - x}z`);
      x = end;
    }
  });
  const hex = (letter) => "#" + palette.get(letter).map((part) => part.toString(16).padStart(2, "0")).join("");
  const body = [...paths].map(([letter, path]) => `<path fill="${hex(letter)}" d="${path}"/>`).join("");
  const box = `0 0 ${rows[0].length} ${rows.length}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" shape-rendering="crispEdges">${body}</svg>\n`;
}

// ---------------------------------------------------------------- PNG

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** CRC-32 as PNG wants it; `zlib.crc32` exists from Node 20.15 on. */
function crc32(bytes) {
  if (zlib.crc32) return zlib.crc32(bytes);
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function chunk(kind, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(kind, 4, "latin1");
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

/** What a PNG of this picture holds, before compression. */
function parts({ width, height, colours, pixels, ground }) {
  const depth = colours.length <= 2 ? 1 : colours.length <= 4 ? 2 : colours.length <= 16 ? 4 : 8;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, 3, 0, 0, 0], 8);
  const stride = 1 + Math.ceil((width * depth) / 8);
  const scanlines = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      scanlines[y * stride + 1 + (bit >> 3)] |= pixels[y * width + x] << (8 - depth - (bit & 7));
    }
  return { IHDR: header, PLTE: Buffer.from(colours.flat()), tRNS: ground ? null : Buffer.from([0]), IDAT: scanlines };
}

function png(image) {
  const { IHDR, PLTE, tRNS, IDAT } = parts(image);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", IHDR),
    chunk("PLTE", PLTE),
    ...(tRNS ? [chunk("tRNS", tRNS)] : []),
    chunk("IDAT", deflateSync(IDAT, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Whether `bytes` is a PNG that shows exactly this picture. */
function shows(bytes, image) {
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) return false;
  const found = {};
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const kind = bytes.toString("latin1", at + 4, at + 8);
    found[kind] = Buffer.concat([found[kind] ?? Buffer.alloc(0), bytes.subarray(at + 8, at + 8 + length)]);
    at += 12 + length;
  }
  try {
    found.IDAT = inflateSync(found.IDAT);
  } catch {
    return false;
  }
  return Object.entries(parts(image)).every(([kind, data]) => (data ? found[kind]?.equals(data) : !found[kind]));
}

/** One PNG in an ICO container (every browser that asks for favicon.ico reads PNG entries). */
function ico(image) {
  const body = png(image);
  const head = Buffer.alloc(22);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(1, 4);
  head.set([image.width, image.height, 0, 0], 6);
  head.writeUInt16LE(1, 10);
  head.writeUInt16LE(8, 12);
  head.writeUInt32LE(body.length, 14);
  head.writeUInt32LE(22, 18);
  return Buffer.concat([head, body]);
}

// ---------------------------------------------------------------- files

/** Every file of the site that comes from the grids: path in `public/` -> how it is made and compared. */
function outputs(sprites, palette) {
  const files = new Map();
  const asPng = (image) => ({ bytes: () => png(image), same: (found) => shows(found, image) });
  const asText = (text) => ({ bytes: () => Buffer.from(text), same: (found) => found.equals(Buffer.from(text)) });

  const table = {};
  for (const sprite of sprites) {
    files.set(`art/${sprite.set}/${sprite.name}.png`, asPng(strip(sprite, palette)));
    table[`${sprite.set}/${sprite.name}`] = {
      width: sprite.width,
      height: sprite.height,
      frames: sprite.frames.length,
      fps: sprite.fps,
      loop: sprite.loop,
    };
  }
  const lines = Object.entries(table).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  files.set("art/index.json", asText(`{\n${lines.join(",\n")}\n}\n`));

  const face = sprites.find(({ set, name }) => set === "mito" && name === "idle").frames[0];
  const small = icon(face, palette, 32, 1);
  files.set("favicon.svg", asText(svg(face, palette)));
  files.set("favicon.ico", { bytes: () => ico(small), same: (found) => shows(found.subarray(22), small) });
  files.set("icon-32.png", asPng(small));
  files.set("apple-touch-icon.png", asPng(icon(face, palette, 180, 5, GROUND)));
  files.set("icon-192.png", asPng(icon(face, palette, 192, 6)));
  files.set("icon-512.png", asPng(icon(face, palette, 512, 16)));
  files.set("icon-maskable-512.png", asPng(icon(face, palette, 512, 11, GROUND)));
  const manifest = {
    name: "Mitochi",
    short_name: "Mitochi",
    description: "Turn your lectures into questions that come back until they stay.",
    id: "/",
    start_url: "/home",
    scope: "/",
    display: "standalone",
    background_color: "#fbf6f1",
    theme_color: "#fbf6f1",
    icons: [
      { src: "/favicon.svg", type: "image/svg+xml", sizes: "any" },
      { src: "/icon-32.png", type: "image/png", sizes: "32x32" },
      { src: "/icon-192.png", type: "image/png", sizes: "192x192" },
      { src: "/icon-512.png", type: "image/png", sizes: "512x512" },
      { src: "/icon-maskable-512.png", type: "image/png", sizes: "512x512", purpose: "maskable" },
    ],
  };
  files.set("site.webmanifest", asText(JSON.stringify(manifest, null, 2) + "\n"));
  return files;
}

/** Pictures under public/art that no grid makes any more. */
function strays(files) {
  const art = join(PUBLIC, "art");
  if (!existsSync(art)) return [];
  return readdirSync(art, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(PUBLIC, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !files.has(path));
}

function main(args) {
  if (args.some((arg) => arg !== "--check")) {
    console.error("usage: node style/art/draw.mjs [--check]");
    return 2;
  }
  const problems = [];
  const palette = loadPalette(problems);
  const sprites = loadSprites(palette, problems);
  if (problems.length > 0) {
    problems.forEach((problem) => console.error(problem));
    return 1;
  }
  const files = outputs(sprites, palette);
  const check = args.includes("--check");
  let stale = 0;
  for (const [path, file] of files) {
    const target = join(PUBLIC, path);
    if (existsSync(target) && file.same(readFileSync(target))) continue;
    stale++;
    if (check) console.error(`public/${path}: differs from the grids`);
    else {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, file.bytes());
    }
  }
  for (const path of strays(files)) {
    stale++;
    if (check) console.error(`public/${path}: no grid makes it`);
    else rmSync(join(PUBLIC, path));
  }
  if (check && stale > 0) {
    console.error("run: node style/art/draw.mjs");
    return 1;
  }
  const state = check ? "pictures are up to date" : `${stale} of ${files.size} files written`;
  console.log(`${sprites.length} sprites, ${palette.size} colours: sound; ${state}`);
  return 0;
}

process.exitCode = main(process.argv.slice(2));
