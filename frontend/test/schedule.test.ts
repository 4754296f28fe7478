import { expect, it } from "vitest";
import { POLL_HIDDEN, POLL_VISIBLE, pause, Schedule } from "../src/field/schedule";
import { TestDevice } from "./device";
import type { FieldServer } from "./server";

const device = () => new TestDevice({} as FieldServer);

it("asks every 15 seconds while somebody looks, every minute otherwise", () => {
  expect(pause(0, null, true, 0.5)).toBe(POLL_VISIBLE);
  expect(pause(0, null, false, 0.5)).toBe(POLL_HIDDEN);
});

it("tries less and less often while it fails, spread out, at most every five minutes", () => {
  const middle = [1, 2, 3, 4, 20].map((failures) => pause(failures, null, true, 0.5));
  expect(middle).toEqual([1_500, 3_000, 6_000, 12_000, 225_000]);
  expect(pause(3, null, true, 0)).toBe(4_000);
  expect(pause(3, null, true, 1)).toBe(8_000);
});

it("waits as long as the server asks for", () => {
  expect(pause(1, 60_000, true, 0.5)).toBe(60_000);
});

it("looks once more when something was entered while it was sending", async () => {
  let attempts = 0;
  const schedule = new Schedule(device(), async () => {
    attempts += 1;
    if (attempts === 1) void schedule.now();
    return { failed: false, wait: null };
  });
  await schedule.now();
  expect(attempts).toBe(2);
});

it("has one timer, whatever was asked for how often", async () => {
  const tablet = device();
  const schedule = new Schedule(tablet, async () => ({ failed: true, wait: null }));
  await schedule.now();
  await schedule.now();
  expect(tablet.pending).toHaveLength(1);
  schedule.stop();
  expect(tablet.pending).toHaveLength(0);
});

it("leaves the server alone as long as it asks for, however much is entered meanwhile", async () => {
  const tablet = device();
  let attempts = 0;
  const schedule = new Schedule(tablet, async () => {
    attempts += 1;
    if (attempts > 1) return { failed: false, wait: null };
    await Promise.resolve();
    void schedule.now(); // a tap while it is sending
    return { failed: true, wait: 60_000 };
  });
  await schedule.now();
  await schedule.now();
  expect(attempts).toBe(1);
  expect(tablet.pending.map((each) => each.milliseconds)).toEqual([60_000]);
  tablet.pending[0]?.work();
  await schedule.now();
  expect(attempts).toBe(3);
});
