import { expect, it } from "vitest";
import { MIGRATIONS, openStorage, type PersonRow, type SealedRow, type Storage } from "../src/device/storage";
import { cleanUp } from "../src/field/bundle";

const DAY = 24 * 3600_000;
const NOTHING = { iv: new Uint8Array(12), data: new ArrayBuffer(1) };
const PERSON: PersonRow = {
  code: "guard",
  name: "张强",
  salt: new Uint8Array(16),
  iterations: 1,
  byPin: NOTHING,
  byRecovery: null,
  wrongTries: 0,
  signInAgain: false,
  lastContact: 100 * DAY,
  keepDays: 3,
  nextSeq: 2,
};

async function filled(name: string): Promise<Storage> {
  const storage = await openStorage(name);
  const row = (kind: SealedRow["kind"], id: string, until: number | null): SealedRow => ({
    person: "guard",
    kind,
    id,
    until,
    ...NOTHING,
  });
  await storage.put("people", PERSON);
  await storage.put("sealed", row("token", "", null));
  await storage.put("sealed", row("order", "finished", 103 * DAY));
  await storage.put("sealed", row("order", "open", null));
  await storage.put("entries", { person: "guard", id: "a", seq: 1, state: "queued", ...NOTHING });
  return storage;
}

async function kept(storage: Storage): Promise<string[]> {
  return (await storage.getAllKeys("sealed")).map(([, kind, id]) => `${kind}/${id}`);
}

it("takes queued entries into the next version of the database", async () => {
  const old = await filled("migrated");
  old.close();
  const next = await openStorage("migrated", () => undefined, [
    ...MIGRATIONS,
    (storage) => {
      storage.createObjectStore("drafts" as "device", { keyPath: "id" });
    },
  ]);
  expect(next.version).toBe(MIGRATIONS.length + 1);
  expect([...next.objectStoreNames]).toContain("drafts");
  expect(await next.getAll("entries")).toMatchObject([{ id: "a", seq: 1, state: "queued" }]);
  expect(await next.get("people", "guard")).toMatchObject({ nextSeq: 2 });
});

it("lets go of the database when a newer version of the app in another tab needs it", async () => {
  let outdated = false;
  await openStorage("blocking", () => {
    outdated = true;
  });
  await openStorage("blocking", () => undefined, [...MIGRATIONS, () => undefined]);
  expect(outdated).toBe(true);
});

it("keeps finished work for its days and not longer, open work as long as the server is met", async () => {
  const storage = await filled("days");
  await cleanUp(storage, 103 * DAY);
  expect(await kept(storage)).toEqual(["order/finished", "order/open", "token/"]);
  await storage.put("people", { ...PERSON, lastContact: 102 * DAY });
  await cleanUp(storage, 103 * DAY + 1);
  expect(await kept(storage)).toEqual(["order/open", "token/"]);
});

it("removes what is known of people when the server was not met for days, and never an entry", async () => {
  const storage = await filled("long-ago");
  await cleanUp(storage, 104 * DAY);
  expect(await kept(storage)).toEqual(["token/"]);
  expect(await storage.count("entries")).toBe(1);
});
