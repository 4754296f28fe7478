import { describe, expect, it } from "vitest";
import type { Bodies, Checkpoint, Verb } from "../src/field/contract";
import { GUARD, makeEntry, makeOrder } from "../src/field/fake";
import { applied, shown, shownOrders } from "../src/field/orders";

const REF = { estate: "sunshine", key: "plan:lobby:2026-11-25T09:00" };
const AT = new Date("2026-11-25T09:10:00+08:00");

function entry<V extends Verb>(verb: V, body: Bodies[V], seq = 1, savedAt = AT) {
  return makeEntry(REF, verb, body, [], seq, savedAt);
}

function checkpoint(code: string, changes: Partial<Checkpoint> = {}): Checkpoint {
  return {
    code,
    name: { zh: code },
    place: null,
    opens_at: "2026-11-25T09:00:00+08:00",
    closes_at: "2026-11-25T09:20:00+08:00",
    state: "pending",
    at: null,
    ...changes,
  };
}

describe("orders with pending entries on top", () => {
  it("walks through accept, start, pause and resume", () => {
    const states = [entry("accept", {}), entry("start", {}), entry("pause", { reason: "等配件" }), entry("resume", {})];
    let order = makeOrder({ assignee: null });
    const seen = states.map((each) => {
      order = applied(order, each);
      return order.state;
    });
    expect(seen).toEqual(["accepted", "in_progress", "paused", "in_progress"]);
    expect(order.assignee).toBe("guard");
    expect(order.started_at).toBe(AT.toISOString());
  });

  it("replaces an answer that is given again and counts the item as pending", () => {
    const entries = [
      entry("answer", { item: "floor", value: "fail" }),
      entry("answer", { item: "floor", value: "pass" }, 2),
    ];
    const { order, pending } = shown(makeOrder(), entries, "guard");
    expect(order.answers).toEqual([{ item: "floor", value: "pass" }]);
    expect(pending.items).toEqual(["floor", "floor"]);
    expect(pending.entries).toBe(2);
  });

  it("ends a round with its last checkpoint", () => {
    const order = makeOrder({ kind: "patrol", checkpoints: [checkpoint("A"), checkpoint("B")] });
    const first = applied(order, entry("scan", { checkpoint: "A", method: "qr" }));
    expect(first.state).toBe("in_progress");
    expect(first.checkpoints[0]).toMatchObject({ state: "done", method: "qr", by: "guard" });
    expect(applied(first, entry("scan", { checkpoint: "B", method: "typed" }, 2)).state).toBe("done");
  });

  it("turns a missed checkpoint into done only if it was scanned within its window", () => {
    const order = makeOrder({ state: "missed", checkpoints: [checkpoint("A", { state: "missed" })] });
    const scan = { checkpoint: "A", method: "qr" } as const;
    const late = new Date("2026-11-25T09:20:01+08:00");
    expect(applied(order, entry("scan", scan)).checkpoints[0]?.state).toBe("done");
    expect(applied(order, entry("scan", scan, 1, late)).checkpoints[0]?.state).toBe("missed");
  });

  it("does not apply what was refused or is in conflict, and counts it", () => {
    const refused = { ...entry("start", {}), state: "refused" as const };
    const { order, pending, undecided } = shown(makeOrder(), [refused], "guard");
    expect(order.state).toBe("open");
    expect(pending.entries).toBe(0);
    expect(undecided).toBe(1);
  });

  it("foresees the verbs of the state that is shown", () => {
    const order = makeOrder({ allowed_verbs: ["accept", "start"] });
    const verbsAfter = (...entries: ReturnType<typeof entry>[]) => shown(order, entries, "guard").order.allowed_verbs;
    expect(verbsAfter(entry("pause", { reason: "雨" }))).toContain("resume");
    expect(verbsAfter(entry("pause", { reason: "雨" }))).not.toContain("start");
    expect(verbsAfter(entry("complete", {}))).toEqual(["raise_finding", "supplement"]);
    expect(shown(order, [], "guard").order.allowed_verbs).toEqual(["accept", "start"]);
  });

  it("waits for the resident after a quote, also when it is quoted anew", () => {
    const price_list = { code: "prices", revision: 1 };
    const request = { number: "R-1", words: "", room: null, contact_name: null, contact_phone: null, price_list };
    const order = makeOrder({ kind: "repair", state: "paused", request, allowed_verbs: ["resume", "quote"] });
    const quoted = shown(order, [entry("quote", { lines: [{ line: "valve", quantity: 1 }] })], "guard").order;
    expect(quoted.allowed_verbs).toContain("consent");
    expect(quoted.allowed_verbs).not.toContain("resume");
    const agreed = shown(order, [entry("quote", { lines: [] }), entry("consent", { given: true }, 2)], "guard").order;
    expect(agreed.state).toBe("in_progress");
    expect(agreed.allowed_verbs).not.toContain("consent");
  });

  it("offers nobody to re-inspect his own work", () => {
    const order = makeOrder({ kind: "reinspection", allowed_verbs: ["acknowledge", "answer"] });
    const { allowed_verbs } = shown(order, [entry("answer", { item: "floor", value: "pass" })], "guard").order;
    expect(allowed_verbs).not.toContain("verdict");
    expect(allowed_verbs).not.toContain("start");
  });

  it("is no longer mine after it was handed over", () => {
    const [order] = shownOrders([makeOrder()], [entry("hand_over", { to: "li", note: "钥匙在前台" })], GUARD);
    expect(order?.mine).toBe(false);
    expect(order?.order.assignee).toBe("li");
  });

  it("leaves the server's order as it was", () => {
    const order = Object.freeze(makeOrder({ checkpoints: [Object.freeze(checkpoint("A"))] }));
    shown(order, [entry("scan", { checkpoint: "A", method: "qr" }), entry("complete", {}, 2)], "guard");
    expect(order.checkpoints[0]?.state).toBe("pending");
  });

  it("lets one's own photo go again and nobody else's", () => {
    const [own, theirs] = ["a".repeat(64), "b".repeat(64)];
    const before = makeOrder({ photos: [{ hash: theirs, role: "before", by: "li" }] });
    const { order } = shown(
      before,
      [
        entry("add_photos", { photos: [{ hash: own, role: "before" }] }),
        entry("remove_photo", { photo: own }, 2),
        entry("remove_photo", { photo: theirs }, 3),
      ],
      "guard",
    );
    expect(order.photos.map((each) => each.hash)).toEqual([theirs]);
  });

  it("keeps consent, materials, diagnosis, photos and findings", () => {
    const hash = "a".repeat(64);
    const { order } = shown(
      makeOrder(),
      [
        entry("diagnose", { text: "阀芯损坏" }),
        entry("quote", { lines: [{ line: "valve", quantity: 1 }] }, 2),
        entry("consent", { given: true, note: "当面" }, 3),
        entry("materials", { lines: [{ line: "valve", quantity: 2 }] }, 4),
        entry("add_photos", { photos: [{ hash, role: "before" }] }, 5),
        entry("raise_finding", { title: "地面有水", severity: "high" }, 6),
      ],
      "guard",
    );
    expect(order).toMatchObject({
      diagnosis: "阀芯损坏",
      quote: { lines: [{ line: "valve", quantity: 1 }], state: "given", note: "当面" },
      materials: [{ line: "valve", quantity: 2 }],
      photos: [{ hash, role: "before" }],
      findings: [{ title: "地面有水", severity: "high" }],
    });
  });
});
