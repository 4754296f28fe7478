import { afterEach, beforeEach, expect, it } from "vitest";
import type { Field } from "../src/field/contract";
import { makeOrder } from "../src/field/fake";
import { enrolled, everythingStored, PIN, started, TestDevice } from "./device";
import { jpegAt } from "./jpeg";
import { FieldServer } from "./server";

const REF = { estate: "sunshine", key: "plan:lobby:2026-11-25T09:00" };
const TYPED = { text: "角阀阀芯磨损" };

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

/** The quarter of a second after a letter is over. */
async function written(): Promise<void> {
  for (const timer of device.pending.filter((each) => each.milliseconds <= 300)) timer.work();
  await field.draftsKept();
}

async function afterKill(): Promise<Field> {
  const { field: next } = await started(device);
  await next.unlock("guard", PIN);
  return next;
}

it("gives back what was typed when the app was killed", async () => {
  field.keepDraft(REF, "diagnose", TYPED);
  field.keepDraft(null, "report", { title: "井盖松动" });
  await written();
  const next = await afterKill();
  expect(next.draft(REF, "diagnose")).toEqual(TYPED);
  expect(next.draft(null, "report")).toEqual({ title: "井盖松动" });
  expect(next.draft(REF, "complete")).toBeNull();
});

it("is written at most 300 ms after a letter, although the next one has come", async () => {
  field.keepDraft(REF, "diagnose", { text: "角" });
  const due = device.pending.map((each) => each.milliseconds);
  expect(Math.min(...due)).toBeLessThanOrEqual(300);
  field.keepDraft(REF, "diagnose", { text: "角阀" });
  expect(device.pending.map((each) => each.milliseconds)).toEqual(due); // typing does not put it off
});

it("is written at once when the page is hidden", async () => {
  field.keepDraft(REF, "diagnose", TYPED);
  await field.draftsKept();
  expect((await afterKill()).draft(REF, "diagnose")).toEqual(TYPED);
});

it("cannot be read by who opens the storage", async () => {
  field.keepDraft(REF, "diagnose", TYPED);
  await field.draftsKept();
  expect(await everythingStored(device)).not.toContain(TYPED.text);
});

it("goes in the same write as the entry that it becomes", async () => {
  server.offline = true;
  field.keepDraft(REF, "diagnose", TYPED);
  await field.draftsKept();
  field.keepDraft(REF, "diagnose", { text: "角阀阀芯磨损，已换" }); // under way when the button is pressed
  await field.act(REF, "diagnose", { text: "角阀阀芯磨损，已换" }, [], "diagnose");
  await written();
  const next = await afterKill();
  expect(next.draft(REF, "diagnose")).toBeNull();
  expect(next.entries.value).toHaveLength(1);
});

it("stays when its entry could not be saved", async () => {
  field.keepDraft(REF, "diagnose", TYPED);
  await field.draftsKept();
  const put = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  try {
    await expect(field.act(REF, "diagnose", TYPED, [], "diagnose")).rejects.toMatchObject({ code: "storage_full" });
  } finally {
    IDBObjectStore.prototype.add = put;
  }
  expect(field.draft(REF, "diagnose")).toEqual(TYPED);
  expect((await afterKill()).draft(REF, "diagnose")).toEqual(TYPED);
});

it("goes when it is emptied, and when its order leaves the tablet", async () => {
  field.keepDraft(REF, "diagnose", TYPED);
  field.keepDraft(REF, "pause", { text: "等材料" });
  field.keepDraft(null, "report", { title: "井盖松动" });
  await field.draftsKept();
  field.keepDraft(REF, "pause", null);
  await field.draftsKept();
  const again = await afterKill();
  expect(again.draft(REF, "pause")).toBeNull();
  server.orders = [];
  await again.syncNow(); // it has the lock of this person now: the app of before would pass by
  const next = await afterKill();
  expect(next.draft(REF, "diagnose")).toBeNull();
  expect(next.draft(null, "report")).toEqual({ title: "井盖松动" });
});

it("is each person's own, and does not come back after a wipe", async () => {
  field.keepDraft(REF, "diagnose", TYPED);
  await field.draftsKept();
  server.revoke("guard", "person");
  field.keepDraft(REF, "diagnose", { text: "还在写" });
  await field.syncNow();
  await written();
  expect(field.phase.value).toBe("wiped");
  expect(await everythingStored(device)).not.toContain("draft");
});

it("keeps the photos that it names beyond their days", async () => {
  const photo = await field.keepPhoto(new Blob([jpegAt(31.2, 121.4, true)]), "other");
  const loose = await field.keepPhoto(new Blob([jpegAt(30.2, 120.4, true)]), "other");
  field.keepDraft(null, "report", { photos: [photo] });
  await field.draftsKept();
  device.pass(4 * 24 * 3600_000);
  await field.syncNow();
  const stored = await everythingStored(device);
  expect(stored).toContain(photo.hash);
  expect(stored).not.toContain(loose.hash);
});
