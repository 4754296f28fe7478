import { deleteDB, openDB } from "idb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NotSaved } from "../src/field/contract";
import { makeOrder } from "../src/field/fake";
import { IDLE_LIMIT, makeField } from "../src/field/field";
import { say } from "../src/words";
import { enrolled, everythingStored, ids, PIN, started, TestDevice } from "./device";
import { FieldServer, problem } from "./server";

const REF = { estate: "sunshine", key: "plan:lobby:2026-11-25T09:00" };
const WRONG = "000000";
const LI = { code: "li", name: "李明" };
const OTHER_PIN = "246802";

let server: FieldServer;
let device: TestDevice;

beforeEach(async () => {
  server = await new FieldServer().start();
  server.orders = [makeOrder({ title: "大堂保洁检查", place: "1 号楼大堂" })];
  device = new TestDevice(server);
});
afterEach(() => server.stop());

describe("enrolment", () => {
  it("opens the app with the work on it, and names the tablet", async () => {
    const { field } = await enrolled(device);
    expect(field.phase.value).toBe("open");
    expect(field.person.value).toMatchObject({ code: "guard", estates: [{ code: "sunshine" }] });
    expect(field.orders.value).toHaveLength(1);
    expect(field.deviceName.value).toBe("巡更平板 1");
    expect((await started(device)).field.phase.value).toBe("locked");
  });

  it("says what is missing, and changes nothing", async () => {
    const { field } = await started(device);
    expect(field.phase.value).toBe("enrol");
    await expect(field.enrol("平板", "12345")).rejects.toMatchObject({ code: "bad_pin" });
    server.signedIn = false;
    await expect(field.enrol("平板", PIN)).rejects.toMatchObject({ code: "not_signed_in" });
    server.offline = true;
    await expect(field.enrol("平板", PIN)).rejects.toMatchObject({ code: "no_network" });
    expect(field.phase.value).toBe("enrol");
    expect(field.people.value).toEqual([]);
  });

  it("goes on with the server's number on a tablet that was emptied", async () => {
    const { field } = await enrolled(device);
    await field.act(REF, "start", {});
    await field.syncNow();
    server.refuse = (_method, path) =>
      path.includes("/field/") ? problem(401, "device_revoked", { revoked: "person" }) : null;
    await field.syncNow();
    server.refuse = null;
    field.acknowledgeWipe();
    await field.enrol("巡更平板 1", PIN);
    await field.act(REF, "pause", { reason: "雨" });
    await field.syncNow();
    expect(server.applied.map((each) => each.seq)).toEqual([1, 2]);
  });
});

describe("PINs", () => {
  it("lock a person out after five wrong ones in a row, across restarts, until he signs in again", async () => {
    const { field } = await enrolled(device);
    server.offline = true;
    const entry = await field.act(REF, "start", {});
    field.lock();
    for (let n = 0; n < 3; n++) expect(await field.unlock("guard", WRONG)).toBe("wrong");
    const later = (await started(device)).field;
    expect(await later.unlock("guard", WRONG)).toBe("wrong");
    expect(await later.unlock("guard", WRONG)).toBe("locked_out");
    expect(await later.unlock("guard", PIN)).toBe("locked_out");
    expect(later.people.value).toMatchObject([{ lockedOut: true, unsent: 1 }]);
    server.offline = false;
    await later.enrol("巡更平板 1", OTHER_PIN);
    await later.syncNow();
    expect(later.people.value).toMatchObject([{ lockedOut: false }]);
    expect(server.applied.map((each) => each.id)).toEqual([entry.id]);
    later.lock();
    expect(await later.unlock("guard", PIN)).toBe("wrong");
    expect(await later.unlock("guard", OTHER_PIN)).toBe("open");
  });

  it("count wrong ones in a row only", async () => {
    const { field } = await enrolled(device);
    for (let round = 0; round < 2; round++) {
      field.lock();
      for (let n = 0; n < 4; n++) expect(await field.unlock("guard", WRONG)).toBe("wrong");
      expect(await field.unlock("guard", PIN)).toBe("open");
    }
  });

  it("are asked for again where entries wait and the server gives no secret", async () => {
    server.recovery = undefined;
    const { field } = await enrolled(device);
    server.judge = () => ({ result: "refused", code: "not_allowed_now" });
    await field.act(REF, "start", {});
    await field.syncNow();
    await expect(field.enrol("巡更平板 1", OTHER_PIN)).rejects.toMatchObject({ code: "old_pin_needed" });
    await field.enrol("巡更平板 1", PIN);
    expect(field.entries.value).toHaveLength(1);
  });
});

describe("several people on one tablet", () => {
  it("see their own work only, and each entry keeps its author", async () => {
    const { field } = await enrolled(device);
    server.offline = true;
    const first = await field.act(REF, "start", {});
    server.offline = false;
    server.refuse = (_method, path) => (path.endsWith("operations") ? problem(503, "unavailable") : null);
    field.beginEnrolment();
    server.person = LI;
    await field.enrol("巡更平板 1", OTHER_PIN);
    expect(field.person.value?.code).toBe("li");
    expect(field.entries.value).toEqual([]);
    const second = await field.act(REF, "pause", { reason: "雨" });
    expect(second).toMatchObject({ author: "li", seq: 1 });
    field.lock();
    server.refuse = null;
    await field.syncNow();
    const byStream = [...server.outcomes].map(([stream, told]) => [stream.split(":")[1], told.map((each) => each.id)]);
    expect(Object.fromEntries(byStream)).toEqual({ guard: [first.id], li: [second.id] });
  });

  it("open with their own PIN only", async () => {
    const { field } = await enrolled(device);
    field.beginEnrolment();
    server.person = LI;
    await field.enrol("巡更平板 1", OTHER_PIN);
    field.lock();
    expect(await field.unlock("li", PIN)).toBe("wrong");
    expect(await field.unlock("guard", PIN)).toBe("open");
    expect(field.person.value?.name).toBe("张强");
  });
});

describe("what is stored", () => {
  it("cannot be read without the PIN", async () => {
    const { field } = await enrolled(device);
    server.offline = true;
    const photo = await field.keepPhoto(new Blob(["picture-of-a-home"]), "before");
    await field.act(REF, "complete", { note: "水龙头已更换", signed_by: "业主王芳" }, [photo]);
    const stored = await everythingStored(device);
    expect(stored).toContain("张强"); // who may unlock is shown on the lock screen
    for (const secret of ["水龙头", "王芳", "大堂", "picture-of-a-home", "token-0", "阳光花园", PIN]) {
      expect(stored).not.toContain(secret);
    }
  });

  it("is gone at the next contact when the person was revoked, and others' stays", async () => {
    const { field } = await enrolled(device);
    await field.act(REF, "start", {});
    field.beginEnrolment();
    server.person = LI;
    await field.enrol("巡更平板 1", OTHER_PIN);
    await field.syncNow();
    server.revoke("li", "person");
    await field.syncNow();
    expect(field.phase.value).toBe("wiped");
    expect(field.obstacle.value?.zh).toContain("吊销");
    expect(field.people.value.map((each) => each.code)).toEqual(["guard"]);
    expect(await everythingStored(device)).not.toContain("李明");
    field.acknowledgeWipe();
    expect(field.phase.value).toBe("locked");
  });

  it("is gone for everybody when the tablet was revoked, also from behind the lock", async () => {
    const { field } = await enrolled(device);
    server.offline = true;
    await field.act(REF, "start", {});
    field.lock();
    server.offline = false;
    server.revoke("guard", "device");
    await field.syncNow();
    expect(field.phase.value).toBe("wiped");
    expect(await everythingStored(device)).toBe("");
    field.acknowledgeWipe();
    expect(field.phase.value).toBe("enrol");
  });

  it("stays when a token was merely replaced: the person signs in again", async () => {
    const { field } = await enrolled(device);
    server.refuse = (_method, path) => (path.includes("/field/") ? problem(401, "token_revoked") : null);
    const entry = await field.act(REF, "start", {});
    await field.syncNow();
    expect(field.people.value).toMatchObject([{ signInAgain: true, unsent: 1 }]);
    expect(ids(field)).toEqual([entry.id]);
    server.refuse = null;
    await field.enrol("巡更平板 1", PIN);
    await field.syncNow();
    expect(server.applied.map((each) => each.id)).toEqual([entry.id]);
    expect(field.people.value).toMatchObject([{ signInAgain: false, unsent: 0 }]);
  });
});

describe("who signs in again", () => {
  it("is not signed out by a late answer to the token that was replaced", async () => {
    const { field } = await enrolled(device);
    let answer = (): void => undefined;
    const late = new Promise<void>((go) => {
      answer = go;
    });
    server.refuse = (_method, path) => (path.includes("/field/bundle") ? problem(401, "token_revoked") : null);
    const { fetch } = device;
    let refused = false;
    device.fetch = async (path, init) => {
      const response = await fetch(path, init);
      refused ||= response.status === 401;
      if (response.status === 401) await late;
      return response;
    };
    const asking = field.syncNow();
    await expect.poll(() => refused).toBe(true);
    server.refuse = null;
    await field.enrol("巡更平板 1", PIN);
    answer();
    await asking;
    await field.act(REF, "start", {});
    await field.syncNow();
    expect(server.applied.map((each) => each.verb)).toEqual(["start"]);
    expect(field.people.value).toMatchObject([{ signInAgain: false, sending: true }]);
  });

  it("in one tab need not do so for another that still has the old token", async () => {
    const one = await enrolled(device);
    const two = await started(device);
    await two.field.unlock("guard", PIN);
    await one.field.enrol("巡更平板 1", OTHER_PIN);
    await one.field.syncNow();
    await two.field.syncNow();
    await one.field.syncNow();
    expect(one.field.people.value).toMatchObject([{ signInAgain: false }]);
  });

  it("finds what was typed in between when the page was hidden at once", async () => {
    const { field } = await enrolled(device);
    server.refuse = (_method, path) => (path.includes("/field/") ? problem(401, "token_revoked") : null);
    await field.syncNow();
    field.keepDraft(REF, "diagnose", { text: "角阀" });
    await field.draftsKept();
    const later = (await started(device)).field;
    server.refuse = null;
    await later.enrol("巡更平板 1", PIN);
    expect(later.draft(REF, "diagnose")).toEqual({ text: "角阀" });
  });

  it("is woken as before", async () => {
    const { field } = await enrolled(device);
    await field.wantPush(true);
    await field.enrol("巡更平板 1", OTHER_PIN);
    expect(field.push.value).toBe("on");
  });

  it("gives no number twice, although one was given while the PIN was stretched", async () => {
    const one = await enrolled(device);
    const two = await started(device);
    await two.field.unlock("guard", PIN);
    server.offline = true;
    const enrolling = new Promise<void>((done) => {
      const { fetch } = device;
      device.fetch = async (path, init) => {
        server.offline = !path.startsWith("/tablet/");
        const response = await fetch(path, init);
        server.offline = true;
        return response;
      };
      void one.field.enrol("巡更平板 1", OTHER_PIN).then(done);
    });
    const given: number[] = [];
    let over = false;
    void enrolling.then(() => {
      over = true;
    });
    while (!over) given.push((await two.field.act(REF, "scan", { checkpoint: "A", method: "qr" })).seq);
    given.push((await one.field.act(REF, "scan", { checkpoint: "B", method: "qr" })).seq);
    expect(new Set(given).size).toBe(given.length);
  });
});

describe("the lock", () => {
  it("closes after five minutes without a touch, and goes on sending", async () => {
    const made = await enrolled(device);
    device.pass(IDLE_LIMIT);
    made.beat();
    expect(made.field.phase.value).toBe("open");
    device.pass(1);
    made.beat();
    expect(made.field.phase.value).toBe("locked");
    expect(made.field.orders.value).toEqual([]);
    expect(made.field.people.value).toMatchObject([{ sending: true }]);
    const before = server.asked(/bundle/).length;
    await made.field.syncNow();
    expect(server.asked(/bundle/).length).toBeGreaterThan(before);
  });

  it("stays open while somebody touches", async () => {
    const made = await enrolled(device);
    device.pass(IDLE_LIMIT);
    made.touched();
    device.pass(IDLE_LIMIT);
    made.beat();
    expect(made.field.phase.value).toBe("open");
  });

  it("lets nobody record anything while it is closed", async () => {
    const { field } = await enrolled(device);
    field.lock();
    await expect(field.act(REF, "start", {})).rejects.toMatchObject({ code: "not_open" });
  });
});

describe("room", () => {
  it("is told, and said when it is low", async () => {
    device.quota = { usage: 950e6, quota: 1e9 };
    const { field } = await started(device);
    expect(field.storage.value).toEqual({ persisted: false, usedBytes: 950e6, quotaBytes: 1e9, low: true });
    expect(await field.askToPersist()).toBe(true);
  });

  it("that is used up is never called saved", async () => {
    const { field } = await enrolled(device);
    server.offline = true;
    const put = IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    try {
      const entry = field.act(REF, "start", {});
      await expect(entry).rejects.toBeInstanceOf(NotSaved);
      await expect(entry).rejects.toMatchObject({ code: "storage_full" });
      await expect(field.keepPhoto(new Blob(["x"]), "before")).rejects.toMatchObject({ code: "storage_full" });
    } finally {
      IDBObjectStore.prototype.add = put;
    }
    expect(field.entries.value).toEqual([]);
    expect(field.orders.value[0]?.pending.entries).toBe(0);
    expect(await field.act(REF, "start", {})).toMatchObject({ seq: 1, state: "saved" });
  });

  /** Nothing more can be written; letting go still works. */
  async function whileFull(work: () => Promise<void>): Promise<void> {
    const { add, put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.add = IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    try {
      await work();
    } finally {
      Object.assign(IDBObjectStore.prototype, { add, put });
    }
  }

  it("that is used up keeps nothing from going home, and what is home makes room", async () => {
    const { field } = await enrolled(device);
    server.offline = true;
    const photo = await field.keepPhoto(new Blob(["photo"]), "before");
    await field.act(REF, "add_photos", { photos: [] }, [photo]);
    await field.act(REF, "start", {});
    device.quota = { usage: 999e6, quota: 1e9 };
    server.offline = false;
    await whileFull(async () => {
      field.keepDraft(REF, "diagnose", { text: "角阀" });
      await field.syncNow();
      expect(server.applied.map((each) => each.verb)).toEqual(["add_photos", "start"]);
      expect(field.entries.value).toEqual([]);
      expect(field.connection.value).toMatchObject({ online: true, sending: false });
      expect(say(field.connection.value.problem)).toContain("平板没能存下");
      expect(device.pending.map((each) => each.milliseconds)).not.toEqual([]);
    });
    expect(await everythingStored(device)).not.toContain(photo.hash);
    await field.syncNow();
    expect(field.connection.value.problem).toBeNull();
  });

  it("that has no place for a draft stops no sending and asking", async () => {
    const { field } = await enrolled(device);
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: { kind?: string }, key?: IDBValidKey) {
      if (value.kind === "draft") throw new DOMException("full", "QuotaExceededError");
      return put.call(this, value, key);
    };
    try {
      field.keepDraft(REF, "diagnose", { text: "角阀" });
      device.pending = [];
      await field.syncNow();
      expect(field.connection.value.sending).toBe(false);
      expect(device.pending).toHaveLength(1);
    } finally {
      IDBObjectStore.prototype.put = put;
    }
  });

  it("keeps sent pictures for the days, then lets them go; what was not sent stays", async () => {
    const { field } = await enrolled(device);
    const sent = await field.keepPhoto(new Blob(["sent"]), "before");
    await field.act(REF, "add_photos", { photos: [] }, [sent]);
    await field.syncNow();
    server.judge = () => ({ result: "refused", code: "not_allowed_now" });
    const kept = await field.keepPhoto(new Blob(["kept"]), "after");
    await field.act(REF, "add_photos", { photos: [] }, [kept]);
    await field.syncNow();
    device.pass(3 * 24 * 3600_000 + 1);
    await field.syncNow();
    server.offline = true;
    expect(await field.photoUrl(sent.hash)).toBeNull();
    expect(await field.photoUrl(kept.hash)).toMatch(/^blob:/);
  });
});

it("waits for a storage that does not open yet, and says so", async () => {
  const newer = await openDB(device.databaseName, 99);
  newer.close();
  device.pending = [];
  const made = makeField({ device, appVersion: "test" });
  await expect.poll(() => made.field.phase.value).toBe("held");
  await device.wake();
  expect(made.field.phase.value).toBe("held");
  await deleteDB(device.databaseName);
  await device.wake();
  await made.ready;
  expect(made.field.phase.value).toBe("enrol");
});

it("says in a sentence what a browser lacks", async () => {
  const made = await started(device, { obstacle: { zh: "浏览器太旧" } });
  expect(made.field.phase.value).toBe("unsupported");
  expect(made.field.obstacle.value).toEqual({ zh: "浏览器太旧" });
});

it("sees in a second tab what was entered in the first", async () => {
  const one = await enrolled(device);
  const two = await started(device);
  await two.field.unlock("guard", PIN);
  await two.field.syncNow();
  server.offline = true;
  const entry = await one.field.act(REF, "start", {});
  await two.changedElsewhere("guard");
  expect(ids(two.field)).toEqual([entry.id]);
  const next = await two.field.act(REF, "pause", { reason: "雨" });
  expect([entry.seq, next.seq]).toEqual([1, 2]);
});
