import { expect, test } from "vitest";
import type { Checkpoint, OrderPhoto } from "../src/field/contract";
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

interface Act {
  verb: string;
  checkpoint: string;
  at: string;
  by: string;
}

function acted(before: Checkpoint[], { verb, checkpoint, at, by }: Act): Checkpoint[] {
  const moment = new Date(at);
  if (verb === "scan") return withScan(before, { checkpoint, method: "qr" }, moment, by);
  return verb === "take_back" ? withoutScan(before, { checkpoint }, moment, by) : before;
}

const photosOf = (acts: Act[]): OrderPhoto[] =>
  acts.filter((each) => each.verb === "photograph").map((each) => ({ ...each, hash: "x", role: "other" }));

for (const { name, acts, expected, photo_required = [] } of shared.cases) {
  test(`as at the server: ${name}`, () => {
    const round = points.map((each) => ({ ...each, photo_required: photo_required.includes(each.code) }));
    const after = acts.reduce(acted, round);
    const marks = unusual(after, photosOf(acts));
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
