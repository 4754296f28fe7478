/**
 * `npm run build`: the app, its icons and manifest, and the service worker that knows all of their names, into dist/.
 * Beside each text stands the same packed, as `.br` and `.gz`: it is sent as it lies there.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";
import { icon } from "./icons.mjs";
import { manifest } from "./manifest.mjs";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
/** What a first visit may load, compressed. */
const LIMIT = 300 * 1024;

rmSync(dist, { recursive: true, force: true });
await build({ root, logLevel: "warn" });
mkdirSync(join(dist, "icons"));
writeFileSync(join(dist, "icons", "192.png"), icon(192, false));
writeFileSync(join(dist, "icons", "512.png"), icon(512, false));
writeFileSync(join(dist, "icons", "maskable-512.png"), icon(512, true));
writeFileSync(join(dist, "manifest.webmanifest"), JSON.stringify(manifest));
await buildServiceWorker(precached());
pack();
report();

/** One classic script: browsers without modules in workers read it too. @param {{ url: string; revision: string | null }[]} files */
async function buildServiceWorker(files) {
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    define: {
      __PRECACHED__: JSON.stringify(files),
      // Workbox logs to the console in development only.
      "process.env.NODE_ENV": JSON.stringify("production"),
    },
    build: {
      target: "es2022",
      outDir: dist,
      emptyOutDir: false,
      reportCompressedSize: false,
      rollupOptions: {
        input: join(root, "src", "service-worker.ts"),
        output: { format: "iife", entryFileNames: "service-worker.js" },
      },
    },
  });
}

/** Hashed names never change their content; of the others the content is named. */
function precached() {
  const hashed = readdirSync(join(dist, "assets")).map((name) => ({ url: `/tablet/assets/${name}`, revision: null }));
  const icons = readdirSync(join(dist, "icons")).map((name) => named(`icons/${name}`));
  return [{ ...named("index.html"), url: "/tablet/" }, named("manifest.webmanifest"), ...icons, ...hashed];
}

/** @param {string} path */
function named(path) {
  const revision = createHash("sha256")
    .update(readFileSync(join(dist, path)))
    .digest("hex");
  return { url: `/tablet/${path}`, revision: revision.slice(0, 16) };
}

/** Pictures are packed already. */
function pack() {
  for (const path of built().filter((each) => /\.(html|js|css|webmanifest)$/.test(each))) {
    const text = readFileSync(path);
    writeFileSync(`${path}.br`, brotliCompressSync(text));
    writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
  }
}

/** Says how much a first visit loads, worker and all, and refuses what is too much: by gzip, which every browser knows. */
function report() {
  const files = built();
  const sent = files.filter((path) => !/\.(br|gz)$/.test(path) && !files.includes(`${path}.gz`));
  const sizes = [...sent, ...files.filter((path) => path.endsWith(".gz"))].map((path) => statSync(path).size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  process.stdout.write(`tablet app: ${sizes.length} files, ${(total / 1024).toFixed(1)} KB compressed\n`);
  if (total > LIMIT) throw new Error(`The tablet app is larger than ${LIMIT / 1024} KB compressed`);
}

function built() {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name));
}
