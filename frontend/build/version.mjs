/** The version of the app: a hash over its sources, so that the server knows which build a tablet runs. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** @param {string} folder @returns {Generator<string>} */
function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

function hash() {
  const digest = createHash("sha256");
  const fixed = ["index.html", "package-lock.json", "vite.config.ts"].map((each) => join(root, each));
  for (const path of [...fixed, ...files(join(root, "src")), ...files(join(root, "build"))]) {
    digest.update(path.slice(root.length)).update(readFileSync(path));
  }
  return digest.digest("hex").slice(0, 10);
}

export const { version: release } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
export const version = hash();
