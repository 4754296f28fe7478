import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Field } from "../src/field/contract";
import { makeOrder } from "../src/field/fake";
import { enrolled, ids, PIN, started, TestDevice } from "./device";
import { jpegAt } from "./jpeg";
import { FieldServer, problem } from "./server";

const REF = { estate: "sunshine", key: "plan:lobby:2026-11-25T09:00" };
const scan = (checkpoint: string) => ({ checkpoint, method: "qr" }) as const;
const seconds = (count: number) => count * 1000;

let server: FieldServer;
let device: TestDevice;
let field: Field;

beforeEach(async () => {
  server = await new FieldServer().start();
  server.orders = [makeOrder()];
  device = new TestDevice(server);
  field = (await enrolled(device)).field;
});
afterEach(() => server.stop());

async function reopened(): Promise<Field> {
  const made = await started(device);
  await made.field.unlock("guard", PIN);
  await made.field.syncNow();
  return made.field;
}

function picture(size: number): Blob {
  const bytes = crypto.getRandomValues(new Uint8Array(Math.min(size, 60_000)));
  return new Blob([
    jpegAt(31.2304, 121.4737, true),
    ...Array.from({ length: Math.ceil(size / bytes.length) }, () => bytes),
  ]);
}

it("sends what was entered, in order, and shows what the server made of it", async () => {
  server.orders = [makeOrder({ version: 3, state: "in_progress" })];
  await field.act(REF, "start", {});
  await field.act(REF, "answer", { item: "floor", value: "pass" });
  await field.syncNow();
  expect(server.applied.map((each) => [each.seq, each.verb, each.seen])).toEqual([
    [1, "start", 1],
    [2, "answer", expect.any(Number)],
  ]);
  expect(field.entries.value).toEqual([]);
  expect(field.sentLately.value.map((each) => each.state)).toEqual(["sent", "sent"]);
  expect(field.orders.value[0]?.order.version).toBe(3);
});

it("keeps two taps in the order in which they were made", async () => {
  server.offline = true;
  await Promise.all(Array.from({ length: 20 }, (_, n) => field.act(REF, "scan", scan(`P${n}`))));
  expect(field.entries.value.map((each) => (each.body as { checkpoint: string }).checkpoint)).toEqual(
    Array.from({ length: 20 }, (_, n) => `P${n}`),
  );
});

it("arrives once when the connection is cut after the server has worked", async () => {
  server.cut = (_method, path) => path.endsWith("/operations");
  await field.act(REF, "start", {});
  await field.syncNow();
  expect(field.entries.value).toHaveLength(1);
  expect(field.connection.value.online).toBe(false);
  server.cut = null;
  await field.syncNow();
  expect(field.entries.value).toEqual([]);
  expect(server.applied).toHaveLength(1);
});

it("arrives once when the app is killed after the server has worked", async () => {
  server.cut = (_method, path) => path.endsWith("/operations");
  await field.act(REF, "start", {});
  await field.syncNow();
  server.cut = null;
  const later = await reopened();
  expect(later.entries.value).toEqual([]);
  expect(server.applied.map((each) => each.seq)).toEqual([1]);
});

it("does not lose what was saved and not sent when the app is killed", async () => {
  server.offline = true;
  const entry = await field.act(REF, "start", {});
  const made = await started(device);
  expect(made.field.people.value).toMatchObject([{ code: "guard", unsent: 1, sending: false }]);
  await made.field.unlock("guard", PIN);
  expect(ids(made.field)).toEqual([entry.id]);
  expect(made.field.orders.value[0]?.order.state).toBe("in_progress");
  server.offline = false;
  await made.field.syncNow();
  expect(server.applied.map((each) => each.id)).toEqual([entry.id]);
});

it("sends at most 200 entries at once", async () => {
  server.offline = true;
  await Promise.all(Array.from({ length: 501 }, (_, n) => field.act(REF, "scan", scan(`P${n}`))));
  server.offline = false;
  await field.syncNow();
  expect(server.batches.filter((each) => each.operations.length > 0).map((each) => each.operations.length)).toEqual([
    200, 200, 101,
  ]);
  expect(server.applied.map((each) => each.seq)).toEqual(Array.from({ length: 501 }, (_, n) => n + 1));
});

it("answers a tap quickly with 500 entries queued", async () => {
  server.offline = true;
  server.orders = Array.from({ length: 200 }, (_, n) => makeOrder({ key: `order-${n}` }));
  await Promise.all(Array.from({ length: 500 }, (_, n) => field.act(REF, "scan", scan(`P${n}`))));
  const begun = performance.now();
  for (let n = 0; n < 10; n++) await field.act(REF, "scan", scan(`Q${n}`));
  expect((performance.now() - begun) / 10).toBeLessThan(100);
});

it("brings the floor plan of a round once, and shows it without a network", async () => {
  const plan = { code: "b1", name: { zh: "地下一层" }, picture: "b".repeat(64), width: 1600, height: 1000 };
  const point = { code: "a", name: "a", place: null, opens_at: "", closes_at: "", state: "pending", at: null } as const;
  server.floorPlans = [plan, { ...plan, code: "elsewhere", picture: "c".repeat(64) }];
  server.orders = [makeOrder({ checkpoints: [{ ...point, floor_plan: "b1", plan_x: 0.5, plan_y: 0.5 }] })];
  await field.syncNow();
  await field.syncNow();
  expect(server.asked(/image$/)).toEqual([`GET /api/v1/field/photos/${plan.picture}/image`]);
  server.offline = true;
  expect(await field.photoUrl(plan.picture)).toMatch(/^blob:/);
  expect(await field.photoUrl("c".repeat(64))).toBeNull();
});

it("sends pictures in pieces and before the entry that names them", async () => {
  server.offline = true;
  const photo = await field.keepPhoto(picture(600_000), "after");
  await field.act(REF, "add_photos", { photos: [] }, [photo]);
  server.offline = false;
  await field.syncNow();
  const steps = server.asked(/photos|operations/).slice(-5);
  expect(steps.map((each) => each.replace(photo.hash, "…").replace("/api/v1/field/", ""))).toEqual([
    "PUT photos/…/chunks/0",
    "PUT photos/…/chunks/1",
    "PUT photos/…/chunks/2",
    "POST photos/…/completion",
    "POST operations",
  ]);
  expect(server.pictures.get(photo.hash)?.facts).toEqual({
    size: photo.size,
    taken_at: photo.taken_at,
    position: { latitude: 31.2304, longitude: 121.4737 },
  });
  expect(server.applied[0]?.body).toEqual({
    photos: [{ hash: photo.hash, role: "after", taken_at: photo.taken_at, position: photo.position }],
  });
});

it("sends a voice note like a picture, before the report that names it and as what it is", async () => {
  server.offline = true;
  const voice = await field.keepVoice(new Blob(["a recording"], { type: "audio/webm" }), 7);
  await field.act(null, "report", { title: "门禁异响", severity: "normal", place: "东门", voice });
  expect(field.entries.value).toMatchObject([{ photos: [], photosSent: 0 }]);
  server.offline = false;
  await field.syncNow();
  expect(server.asked(/photos|operations/).slice(-3)).toEqual([
    `PUT /api/v1/field/photos/${voice}/chunks/0`,
    `POST /api/v1/field/photos/${voice}/completion`,
    "POST /api/v1/field/operations",
  ]);
  expect(server.pictures.get(voice)?.facts).toMatchObject({ size: 11, kind: "voice", seconds: 7 });
  expect(server.applied[0]?.body).toMatchObject({ voice });
});

it("keeps a voice note apart from the pictures when a finding becomes a supplement", async () => {
  server.judge = (each) => (each.verb === "raise_finding" ? { result: "refused", code: "not_allowed_now" } : {});
  const voice = await field.keepVoice(new Blob(["a recording"], { type: "audio/webm" }), 7);
  const entry = await field.act(REF, "raise_finding", { title: "地面有油", severity: "low", voice });
  await field.syncNow();
  await field.keepAsSupplement(entry.id);
  await field.syncNow();
  expect(server.applied[0]?.body).toEqual({ about: entry.id, note: "地面有油", voice });
});

it("says that a voice note is too large before it is called kept", async () => {
  const large = new Blob([new Uint8Array(1024 * 1024 + 1)], { type: "audio/webm" });
  await expect(field.keepVoice(large, 60)).rejects.toMatchObject({ code: "voice_too_large" });
});

it("comes back within seconds when a picture stumbles after a day without a network", async () => {
  server.offline = true;
  const photo = await field.keepPhoto(picture(1000), "after");
  await field.act(REF, "scan", scan("A"));
  await field.syncNow();
  for (let n = 0; n < 8; n++) await device.wake(); // the tries of a day
  expect(device.pending.map((each) => each.milliseconds)).toEqual([seconds(225)]);
  await field.act(REF, "add_photos", { photos: [] }, [photo]);
  server.offline = false;
  let cuts = 1;
  server.cut = (method) => method === "PUT" && cuts-- > 0;
  await field.syncNow();
  expect(field.entries.value).toHaveLength(1);
  expect(device.pending.map((each) => each.milliseconds)).toEqual([1_500]);
  await device.wake();
  expect(field.entries.value).toEqual([]);
});

it("reads every answer to its end, so that no request stays under way", async () => {
  const photo = await field.keepPhoto(picture(600_000), "after");
  const answers: Response[] = [];
  const ask = device.fetch;
  device.fetch = async (path, init) => {
    const answer = await ask(path, init);
    answers.push(answer);
    return answer;
  };
  await field.act(REF, "add_photos", { photos: [] }, [photo]);
  await field.syncNow();
  expect(answers.length).toBeGreaterThan(4);
  expect(answers.filter((each) => !each.bodyUsed).map((each) => each.url)).toEqual([]);
});

it("does not let the entries of a day wait for all of its pictures", async () => {
  server.offline = true;
  for (let n = 0; n < 30; n++) {
    const photo = await field.keepPhoto(picture(1000 + n), "after");
    await field.act(REF, "answer", { item: `item-${n}`, value: "pass" }, [photo]);
  }
  server.offline = false;
  server.requests.length = 0;
  await field.syncNow();
  const steps = server.asked(/completion|operations/).map((each) => each.slice(-10));
  expect(steps.filter((each) => each === "completion")).toHaveLength(30);
  expect(steps.slice(0, 26)).toContain("operations");
  expect(server.applied.map((each) => each.seq)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
});

it("shows what has not changed as the same object, so that only what has is drawn anew", async () => {
  server.orders = [makeOrder(), makeOrder({ key: "other" })];
  await field.syncNow();
  server.offline = true;
  await field.act(REF, "start", {});
  await field.syncNow();
  const [order, other] = field.orders.value;
  const [entry] = field.entries.value;
  await field.act({ ...REF, key: "other" }, "start", {});
  expect(field.entries.value[0]).toBe(entry);
  expect(field.orders.value[0]).toBe(order);
  expect(field.orders.value[1]).not.toBe(other);
});

it("does not send again the pieces that the server has", async () => {
  const photo = await field.keepPhoto(picture(600_000), "after");
  let cuts = 1;
  server.cut = (method, path) => method === "PUT" && path.endsWith("/chunks/1") && cuts-- > 0;
  await field.act(REF, "add_photos", { photos: [] }, [photo]);
  await field.syncNow();
  await field.syncNow();
  expect(server.asked(/PUT/).map((each) => each.slice(-1))).toEqual(["0", "1", "2"]);
  expect(server.pictures.get(photo.hash)?.complete).toBe(true);
  expect(server.applied).toHaveLength(1);
});

it("does not make a scan wait for the picture of a later entry", async () => {
  server.offline = true;
  const photo = await field.keepPhoto(picture(1000), "before");
  await field.act(REF, "scan", scan("A"));
  await field.act(REF, "add_photos", { photos: [] }, [photo]);
  server.offline = false;
  server.refuse = (_method, path) => (path.includes("photos") ? problem(503, "unavailable") : null);
  await field.syncNow();
  expect(server.applied.map((each) => each.verb)).toEqual(["scan"]);
  expect(field.entries.value).toMatchObject([{ verb: "add_photos", state: "saved", photosSent: 0 }]);
});

it("sends a damaged picture again, and tells of one that the server does not take", async () => {
  const photo = await field.keepPhoto(picture(1000), "before");
  const answers = [problem(422, "photo_damaged"), problem(422, "not_a_photo")];
  server.refuse = (_method, path) => (path.endsWith("completion") ? (answers.shift() ?? null) : null);
  await field.act(REF, "answer", { item: "floor", value: "fail" }, [photo]);
  await field.syncNow();
  await field.syncNow();
  expect(answers).toEqual([]);
  expect(server.applied.map((each) => each.verb)).toEqual(["answer"]);
  expect(field.entries.value).toMatchObject([
    { state: "refused", code: "not_a_photo", words: "words of not_a_photo", canSupplement: false },
  ]);
  expect(await field.photoUrl(photo.hash)).toMatch(/^blob:/);
});

it("keeps a refused entry until the person drops it, and goes on with the next", async () => {
  server.judge = (each) =>
    each.verb === "accept" ? { result: "refused", code: "not_allowed_now", words: "不能" } : {};
  const entry = await field.act(REF, "accept", {});
  await field.act(REF, "start", {});
  await field.syncNow();
  expect(field.entries.value).toMatchObject([
    { id: entry.id, state: "refused", code: "not_allowed_now", words: "不能" },
  ]);
  expect((await reopened()).entries.value).toMatchObject([{ id: entry.id, state: "refused" }]);
  await field.drop(entry.id);
  expect(field.entries.value).toEqual([]);
  await field.act(REF, "resume", {});
  await field.syncNow();
  expect(server.applied.map((each) => [each.seq, each.verb])).toEqual([
    [2, "start"],
    [3, "resume"],
  ]);
});

const refuseFirst = (verb: string) => {
  let refusals = 1;
  server.judge = (each) =>
    each.verb === verb && refusals-- > 0 ? { result: "refused", code: "photo_required", words: "缺照片" } : {};
};

it("asks for no decision about what was said again and stands, and keeps it for a day", async () => {
  refuseFirst("complete");
  const first = await field.act(REF, "complete", { note: "已换阀芯", signature: "a".repeat(64), signed_by: "王女士" });
  await field.syncNow();
  expect(field.people.value).toMatchObject([{ unsent: 0, undecided: 1 }]);
  await field.act(REF, "complete", { note: "已换阀芯，试水正常", signature: "b".repeat(64), signed_by: "王女士" });
  await field.syncNow();
  expect(field.entries.value).toEqual([]);
  expect(field.settledLately.value).toMatchObject([{ id: first.id, state: "settled", body: { note: "已换阀芯" } }]);
  expect(field.people.value).toMatchObject([{ unsent: 0, undecided: 0 }]);
  expect(field.orders.value[0]?.undecided).toBe(0);
  const later = await reopened();
  expect(later.settledLately.value).toMatchObject([{ id: first.id }]);
  expect(later.people.value).toMatchObject([{ undecided: 0 }]);
  device.pass(25 * 3600_000);
  await later.syncNow();
  expect(later.settledLately.value).toEqual([]);
});

it.each([
  ["another verb", "pause", { reason: "等材料" }],
  ["fewer words", "complete", { note: "" }],
])("leaves a refused entry to the person when the later one is %s", async (_why, verb, body) => {
  refuseFirst("complete");
  const first = await field.act(REF, "complete", { note: "已换阀芯" });
  await field.syncNow();
  await field.act(REF, verb as "complete", body as { note: string });
  await field.syncNow();
  expect(field.entries.value).toMatchObject([{ id: first.id, state: "refused" }]);
  expect(field.settledLately.value).toEqual([]);
});

it("sends what a verb asks for and nothing of what the server made of it", async () => {
  const priced = { line: "valve", quantity: 2, name: { zh: "角阀" }, price_fen: 3800, amount_fen: 7600 };
  const answered = {
    item: "floor",
    value: "fail",
    note: "油渍",
    photos: ["a".repeat(64)],
    by: "guard",
    at: "2026-11-25",
  };
  const taken = { hash: "b".repeat(64), role: "before" as const, by: "guard", at: "2026-11-25", item: null };
  await field.act(REF, "materials", { lines: [priced] });
  await field.act(REF, "answer", { ...answered, photos: [] });
  await field.act(REF, "complete", { answers: [{ ...answered, photos: [] }] });
  await field.act(REF, "add_photos", {
    photos: [{ ...taken, hash: (await field.keepPhoto(picture(900), "before")).hash }],
  });
  await field.syncNow();
  const [materials, answer, complete, photos] = server.applied.map((each) => each.body);
  expect(materials).toEqual({ lines: [{ line: "valve", quantity: 2 }] });
  expect(Object.keys(answer as object)).toEqual(["item", "value", "note", "photos"]);
  expect(complete).toEqual({ answers: [{ item: "floor", value: "fail", note: "油渍", photos: [] }] });
  expect((photos as { photos: object[] }).photos.map((each) => Object.keys(each))).toEqual([["hash", "role", "item"]]);
});

it("settles refused lists of lines by the list that takes their place, whatever else they carried", async () => {
  let refusals = 2;
  server.judge = () =>
    refusals-- > 0 ? { result: "refused", code: "unknown_field", words: "没有名为「name」的字段" } : {};
  const priced = { line: "valve", quantity: 2, name: { zh: "角阀" } };
  await field.act(REF, "materials", { lines: [priced] });
  await field.act(REF, "materials", { lines: [priced] });
  await field.syncNow();
  expect(field.entries.value).toHaveLength(2);
  await field.act(REF, "materials", { lines: [{ line: "valve", quantity: 1 }] });
  await field.syncNow();
  expect(field.entries.value).toEqual([]);
});

it("settles a refused entry that is said again in the same batch", async () => {
  refuseFirst("complete");
  server.offline = true;
  await field.act(REF, "complete", { note: "已换阀芯" });
  await field.act(REF, "complete", { note: "已换阀芯" });
  server.offline = false;
  await field.syncNow();
  expect(field.entries.value).toEqual([]);
  expect(field.settledLately.value).toHaveLength(1);
});

it("keeps what was found as a supplement after a conflict, in the place of the entry", async () => {
  const theirs = [{ n: 4, at: "2026-11-25T09:05:00+08:00", by: "李明", verb: "complete", detail: {} }];
  server.judge = (each) => (each.verb === "complete" ? { result: "conflict", code: "changed_meanwhile", theirs } : {});
  const photo = await field.keepPhoto(picture(1000), "after");
  const entry = await field.act(REF, "complete", {
    note: "已擦干",
    answers: [{ item: "floor", value: "pass", photos: [photo.hash] }],
  });
  await field.syncNow();
  expect(field.entries.value).toMatchObject([{ state: "conflict", theirs, canSupplement: true }]);
  await field.keepAsSupplement(entry.id);
  await field.syncNow();
  expect(field.entries.value).toEqual([]);
  expect(server.applied[0]).toMatchObject({
    seq: 2,
    verb: "supplement",
    order: REF.key,
    body: { about: entry.id, note: "已擦干", photos: [photo.hash], answers: [{ item: "floor", value: "pass" }] },
  });
});

it("offers no supplement where nothing was entered: the server takes no empty one", async () => {
  server.judge = () => ({ result: "conflict", code: "changed_meanwhile", theirs: [] });
  await field.act(REF, "start", {});
  await field.syncNow();
  expect(field.entries.value).toMatchObject([{ state: "conflict", canSupplement: false }]);
});

it("does not drop what is queued: its number would be missing", async () => {
  server.offline = true;
  const entry = await field.act(REF, "start", {});
  await field.drop(entry.id);
  expect(ids(field)).toEqual([entry.id]);
});

it("waits with everything after an entry whose order is still to be made", async () => {
  server.judge = (each) => (each.verb === "scan" ? { result: "waiting" } : {});
  await field.act({ estate: "sunshine", key: "plan:night:2026-11-26T02:00" }, "scan", scan("A"));
  await field.act(REF, "start", {});
  await field.syncNow();
  expect(field.entries.value.map((each) => each.state)).toEqual(["waiting", "saved"]);
  server.judge = () => ({});
  await field.syncNow();
  expect(server.applied.map((each) => each.verb)).toEqual(["scan", "start"]);
});

it("tries again soon when the stream is busy, and says nothing of it", async () => {
  server.refuse = (_method, path) => (path.endsWith("operations") ? problem(409, "stream_busy") : null);
  await field.act(REF, "start", {});
  await field.syncNow();
  expect(field.connection.value.problem).toBeNull();
  expect(device.pending[0]?.milliseconds).toBeGreaterThanOrEqual(2000);
  expect(device.pending[0]?.milliseconds).toBeLessThan(5000);
});

it("gives new numbers when the server has lost the newest ones", async () => {
  for (const each of ["A", "B", "C"]) await field.act(REF, "scan", scan(each));
  await field.syncNow();
  for (const [stream, known] of server.outcomes) server.outcomes.set(stream, known.slice(0, 1));
  server.applied.length = 0;
  await field.act(REF, "scan", scan("D"));
  await field.act(REF, "scan", scan("E"));
  await field.syncNow();
  expect(server.applied.map((each) => [each.seq, each.body.checkpoint])).toEqual([
    [2, "D"],
    [3, "E"],
  ]);
  await field.act(REF, "scan", scan("F"));
  await field.syncNow();
  expect(server.applied[2]?.seq).toBe(4);
});

it("does not let one unreadable entry hold up the others", async () => {
  server.offline = true;
  for (const each of ["A", "B", "C", "D"]) await field.act(REF, "scan", scan(each));
  server.offline = false;
  const bad = ids(field)[1];
  server.unreadable = bad ?? "";
  await field.syncNow();
  expect(server.applied.map((each) => each.body.checkpoint)).toEqual(["A", "C", "D"]);
  expect(field.entries.value).toMatchObject([{ id: bad, state: "refused", code: "wrong_shape" }]);
});

it("says why nothing goes out when the server refuses the batch as a whole", async () => {
  server.refuse = (_method, path) => (path.endsWith("operations") ? problem(403, "foreign_author") : null);
  await field.act(REF, "start", {});
  await field.syncNow();
  expect(field.connection.value.problem).toBe("words of foreign_author");
  expect(field.entries.value).toHaveLength(1);
});

it("tells the server how long ago it was, also after the device has slept", async () => {
  server.offline = true;
  await field.act(REF, "scan", scan("A"));
  await field.syncNow();
  device.wallMs += seconds(3 * 3600); // asleep: the monotonic clock stands still
  server.now = new Date(server.now.getTime() + seconds(3 * 3600));
  device.pass(seconds(60));
  server.offline = false;
  await field.syncNow();
  const batch = server.batches.at(-1);
  const [operation] = batch?.operations ?? [];
  expect((batch?.elapsed_ms ?? 0) - (operation?.elapsed_ms ?? 0)).toBe(seconds(3 * 3600 + 60));
});

it("does not take a set clock for sleep", async () => {
  server.offline = true;
  await field.act(REF, "scan", scan("A"));
  await field.syncNow();
  device.wallMs += seconds(365 * 24 * 3600);
  device.pass(seconds(60));
  server.now = new Date(server.now.getTime() + seconds(60));
  server.offline = false;
  await field.syncNow();
  const batch = server.batches.at(-1);
  const [operation] = batch?.operations ?? [];
  expect((batch?.elapsed_ms ?? 0) - (operation?.elapsed_ms ?? 0)).toBe(seconds(60));
  expect(field.connection.value.offsetMs).toBe(-seconds(365 * 24 * 3600));
  expect(field.now().getTime()).toBe(server.now.getTime());
});

it("takes changes, keeps the rest, lets go what is gone", async () => {
  server.orders = [makeOrder({ key: "a" }), makeOrder({ key: "b" })];
  await field.syncNow();
  server.full = false;
  server.orders = [makeOrder({ key: "b", title: "改后", version: 2 })];
  server.gone = [["sunshine", "a"]];
  await field.syncNow();
  expect(field.orders.value.map((each) => [each.ref.key, each.order.title])).toEqual([["b", "改后"]]);
  expect((await reopened()).orders.value.map((each) => each.ref.key)).toEqual(["b"]);
});

it("does not go back to an older version of an order", async () => {
  const newer = makeOrder({ version: 5, state: "done" });
  server.judge = () => ({ order: newer });
  server.orders = [makeOrder({ version: 4 })];
  server.full = false;
  await field.act(REF, "complete", {});
  await field.syncNow();
  expect(field.orders.value[0]?.order).toMatchObject({ version: 5, state: "done" });
});

it("fetches a picture that is not on this tablet from the server", async () => {
  expect(await field.photoUrl("a".repeat(64))).toMatch(/^blob:/);
  server.offline = true;
  expect(await field.photoUrl("b".repeat(64))).toBeNull();
});

it("puts a report into the estate that it names, else into the person's own", async () => {
  const report = { title: "井盖缺失", severity: "high", place: "东门" } as const;
  await field.act(null, "report", report);
  await field.act(null, "report", { ...report, estate: "lakeside" });
  await field.syncNow();
  expect(server.applied.map((each) => [each.estate, each.order, each.body])).toEqual([
    ["sunshine", null, report],
    ["lakeside", null, report],
  ]);
});

it("shows the order as it is beside each entry that was not carried out, although the server tells it once", async () => {
  const now = makeOrder({ state: "done", version: 9 });
  server.judge = (each) =>
    each.verb === "answer" ? { result: "conflict", code: "changed_meanwhile" } : { result: "refused", order: now };
  server.offline = true;
  await field.act(REF, "answer", { item: "floor", value: "pass" });
  await field.act(REF, "complete", {});
  await field.syncNow();
  server.offline = false;
  await field.syncNow();
  expect(field.entries.value.map((each) => each.orderNow?.version)).toEqual([9, 9]);
});

it("tells the server once where a person is woken who wants it, and no more when he does not", async () => {
  server.pushKey = "key";
  device.subscribe = async (key) => ({ endpoint: `https://push.example/${key}` });
  await field.syncNow();
  expect(field.push.value).toBe("off");
  await expect.poll(() => server.subscriptions).toEqual([null]);
  await field.wantPush(true);
  await field.syncNow();
  await field.syncNow();
  await expect.poll(() => server.subscriptions).toEqual([null, { endpoint: "https://push.example/key" }]);
  expect((await reopened()).push.value).toBe("on");
  await field.wantPush(false);
  await field.syncNow();
  await expect.poll(() => server.subscriptions.at(-1)).toBeNull();
  expect(field.push.value).toBe("off");
});

it("says when the browser refuses, and asks the server for nothing", async () => {
  server.pushKey = "key";
  device.askToNotify = async () => false;
  device.permission = "denied";
  await field.wantPush(true);
  expect(field.push.value).toBe("refused");
  await field.syncNow();
  expect(server.subscriptions.filter((each) => each !== null)).toEqual([]);
});

it("comes back with a picture when a busy server has asked for a minute's patience", async () => {
  server.offline = true;
  const photo = await field.keepPhoto(picture(1000), "before");
  await field.act(REF, "add_photos", { photos: [] }, [photo]);
  await field.syncNow();
  server.offline = false;
  server.refuse = (_method, path) =>
    path.includes("chunks") ? problem(429, "too_many_requests", {}, { "Retry-After": "60" }) : null;
  await field.syncNow();
  expect(field.entries.value).toMatchObject([{ verb: "add_photos", state: "saved", photosSent: 0 }]);
  expect(field.connection.value.problem).toBeNull();
  expect(device.pending.map((each) => each.milliseconds)).toEqual([60_000]);
  const before = server.requests.length;
  await field.act(REF, "start", {});
  await field.syncNow();
  expect(server.requests).toHaveLength(before);
  server.refuse = null;
  device.pending[0]?.work();
  await field.syncNow();
  expect(server.applied.map((each) => each.verb)).toEqual(["add_photos", "start"]);
});

describe("in two tabs", () => {
  let other: Field;
  beforeEach(async () => {
    other = await reopened();
  });

  it("no entry goes without the picture that the other tab has kept", async () => {
    server.offline = true;
    const photo = await field.keepPhoto(picture(1000), "before");
    await field.act(REF, "add_photos", { photos: [] }, [photo]);
    await other.act(REF, "start", {}); // finds the number before its own missing, and the entry in the database
    await field.syncNow(); // only one tab sends at a time, and the first may still be at it
    server.offline = false;
    await other.syncNow();
    expect(server.applied.map((each) => each.verb)).toEqual(["add_photos", "start"]);
    expect(server.pictures.get(photo.hash)?.complete).toBe(true);
  });

  it("an entry becomes one supplement, however often it is asked for", async () => {
    server.judge = (each) => (each.verb === "complete" ? { result: "conflict", code: "changed_meanwhile" } : {});
    const entry = await field.act(REF, "complete", { note: "已擦干" });
    await field.syncNow();
    const later = await reopened();
    server.offline = true;
    await Promise.all([field.keepAsSupplement(entry.id), field.keepAsSupplement(entry.id)]);
    await later.keepAsSupplement(entry.id);
    expect((await reopened()).entries.value.map((each) => each.verb)).toEqual(["supplement"]);
  });

  it("what is let go does not come back by what was being read", async () => {
    server.judge = () => ({ result: "refused", code: "not_allowed_now" });
    const made = await started(device);
    await made.field.unlock("guard", PIN);
    const entry = await made.field.act(REF, "start", {});
    await made.field.syncNow();
    await other.act(REF, "pause", { reason: "雨" });
    const { decrypt } = crypto.subtle;
    let go = (): void => undefined;
    const slowly = new Promise<void>((done) => {
      go = done;
    });
    let reading = false;
    crypto.subtle.decrypt = async (...given) => {
      reading = true;
      await slowly;
      return decrypt.apply(crypto.subtle, given);
    };
    const read = made.changedElsewhere("guard");
    await expect.poll(() => reading).toBe(true);
    const dropped = made.field.drop(entry.id);
    setTimeout(go, 50);
    await Promise.all([read, dropped]);
    crypto.subtle.decrypt = decrypt;
    expect(ids(made.field)).not.toContain(entry.id);
  });
});
