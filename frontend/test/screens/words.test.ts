import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { en } from "../../src/words/en";
import { zh } from "../../src/words/zh";

const SRC = join(import.meta.dirname, "..", "..", "src");
const PLACEHOLDERS = /\{\w+\}/g;

test("every sentence stands in both languages with the same placeholders", () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    expect(en[key].trim(), key).not.toBe("");
    const [one, other] = [zh[key], en[key]].map((words) => [...(words.match(PLACEHOLDERS) ?? [])].sort());
    expect(other, key).toEqual(one);
  }
});

test("no sentence a person reads stands in a screen or part", () => {
  const comments = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;
  for (const folder of ["screens", "parts"]) {
    for (const name of readdirSync(join(SRC, folder), { recursive: true, encoding: "utf8" })) {
      if (!/\.tsx?$/.test(name)) continue;
      const code = readFileSync(join(SRC, folder, name), "utf8").replace(comments, "");
      expect(code.match(/[\u4e00-\u9fff]+/g), `${folder}/${name}`).toBeNull();
      // A text node of JSX is words between tags that no expression brought there.
      expect(code.match(/>\s*[A-Z][a-z]+ [a-z ]+</g), `${folder}/${name}`).toBeNull();
    }
  }
});

test("no word is left over that no screen says", () => {
  const code = ["screens", "parts"].flatMap((folder) =>
    readdirSync(join(SRC, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readFileSync(join(SRC, folder, name), "utf8")),
  );
  const text = code.join("\n");
  // Words that belong to codes are found by prefix (`word("verb", …)`).
  const byCode =
    /^(push|status|dot|step|banner|help|duty|priority|kind|clock|verb|method|severity|point|spot|what|relation|pause|check)\.|^patrol\.(early|fast|not_last|no_photo)/;
  const unused = Object.keys(zh).filter((key) => !byCode.test(key) && !text.includes(`"${key}"`));
  expect(unused).toEqual([]);
});
