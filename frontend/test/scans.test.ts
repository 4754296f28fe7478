import { expect, test } from "vitest";
import type { Checkpoint } from "../src/field/contract";
import { unusual, withoutScan, withScan } from "../src/field/scans";
import shared from "./scans.json";

const points: Checkpoint[] = Object.entries(shared.windows).map(([code, [opens_at = "", closes_at = ""]]) => ({
  code,
  name: code,
  place: null,
  opens_at,
  closes_at,
  state: "pending",
  at: null,
}));

const time = (at: string | null | undefined): number | null => (at ? Date.parse(at) : null);

for (const { name, acts, expected } of shared.cases) {
  test(`as at the server: ${name}`, () => {
    const after = acts.reduce((before, { verb, checkpoint, at, by }) => {
      const moment = new Date(at);
      return verb === "scan"
        ? withScan(before, { checkpoint, method: "qr" }, moment, by)
        : withoutScan(before, { checkpoint }, moment, by);
    }, points);
    const marks = unusual(after);
    for (const point of after) {
      const wanted = expected[point.code as keyof typeof expected];
      expect([point.state, time(point.at), point.by ?? null]).toEqual([wanted.state, time(wanted.at), wanted.by]);
      expect([point.others?.length ?? 0, marks.get(point.code) ?? []]).toEqual([wanted.others, wanted.unusual]);
    }
  });
}

test("a closing checkpoint that was not the last is marked", () => {
  const [first, last] = points as [Checkpoint, Checkpoint];
  const round = [first, { ...last, closing: true }];
  const at = (code: string, minute: string) => ({ code, moment: new Date(`2026-11-25T22:${minute}:00+08:00`) });
  const walked = (...scans: { code: string; moment: Date }[]) =>
    unusual(
      scans.reduce((all, { code, moment }) => withScan(all, { checkpoint: code, method: "qr" }, moment, "g"), round),
    );
  expect(walked(at("b", "07"), at("a", "12")).get("b")).toEqual(["not_last"]);
  expect(walked(at("a", "07"), at("b", "12")).get("b")).toBeUndefined();
});
