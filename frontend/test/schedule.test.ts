import { expect, it } from "vitest";
import { BETWEEN_TAPS, POLL_HIDDEN, POLL_VISIBLE, pause, Schedule } from "../src/field/schedule";
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
    return { failed: false, moved: false, wait: null };
  });
  await schedule.now();
  expect(attempts).toBe(2);
});

it("looks once more for whoever asks at any instant of the end of an attempt", async () => {
  for (let instants = 0; instants < 12; instants += 1) {
    let attempts = 0;
    const schedule = new Schedule(device(), async () => {
      attempts += 1;
      return { failed: false, moved: false, wait: null };
    });
    const first = schedule.now();
    for (let n = 0; n < instants; n += 1) await Promise.resolve();
    const before = attempts;
    await schedule.now();
    expect(attempts, `after ${instants} instants`).toBeGreaterThan(before);
    await first;
  }
});

it("has one timer, whatever was asked for how often", async () => {
  const tablet = device();
  const schedule = new Schedule(tablet, async () => ({ failed: true, moved: false, wait: null }));
  await schedule.now();
  await schedule.now();
  expect(tablet.pending).toHaveLength(1);
  schedule.stop();
  expect(tablet.pending).toHaveLength(0);
});

it("asks again after a fault, too", async () => {
  const tablet = device();
  const schedule = new Schedule(tablet, () => Promise.reject(new Error("a fault of ours")));
  await expect(schedule.now()).rejects.toThrow("a fault of ours");
  expect(tablet.pending).toHaveLength(1);
});

it("leaves the server alone as long as it asks for, however much is entered meanwhile", async () => {
  const tablet = device();
  let attempts = 0;
  const schedule = new Schedule(tablet, async () => {
    attempts += 1;
    if (attempts > 1) return { failed: false, moved: false, wait: null };
    await Promise.resolve();
    void schedule.now(); // a tap while it is sending
    return { failed: true, moved: false, wait: 60_000 };
  });
  await schedule.now();
  await schedule.now();
  expect(attempts).toBe(1);
  expect(tablet.pending.map((each) => each.milliseconds)).toEqual([60_000]);
  tablet.pending[0]?.work();
  await schedule.now();
  expect(attempts).toBe(3);
});

const failing = (moved: boolean) => {
  const tablet = device();
  let attempts = 0;
  const schedule = new Schedule(tablet, async () => {
    attempts += 1;
    return { failed: true, moved, wait: null };
  });
  const wake = async () => {
    tablet.pending.shift()?.work();
    await new Promise((done) => setTimeout(done, 0));
  };
  const waits = () => tablet.pending.map((each) => each.milliseconds);
  return { tablet, schedule, wake, waits, attempts: () => attempts };
};

it("begins anew with waiting when the network is back, however often it has failed", async () => {
  const { schedule, wake, waits } = failing(false);
  await schedule.now();
  for (let n = 0; n < 10; n++) await wake();
  expect(waits()).toEqual([225_000]);
  await schedule.now();
  expect(waits()).toEqual([1_500]);
});

it("does not wait longer and longer while something gets through", async () => {
  const { schedule, wake, waits } = failing(true);
  await schedule.now();
  for (let n = 0; n < 10; n++) await wake();
  expect(waits()).toEqual([1_500]);
});

it("does not try with every tap while nothing gets through", async () => {
  const { tablet, schedule, attempts } = failing(false);
  await schedule.soon();
  for (let n = 0; n < 20; n++) await schedule.soon();
  expect(attempts()).toBe(1);
  tablet.pass(BETWEEN_TAPS);
  tablet.isOnline = false;
  await schedule.soon();
  expect(attempts()).toBe(1);
  tablet.isOnline = true;
  await schedule.soon();
  expect(attempts()).toBe(2);
});
