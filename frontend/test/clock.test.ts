import { describe, expect, it } from "vitest";
import { DeviceClock } from "../src/device/clock";

const HOUR = 3600_000;

function device() {
  const clocks = { wallMs: 1_000_000, monotonicMs: 500 };
  return { clocks, wall: () => clocks.wallMs, monotonic: () => clocks.monotonicMs };
}

describe("the device's clocks", () => {
  it("measures the offset in the middle of question and answer", () => {
    const clock = new DeviceClock(device());
    clock.measured(2_000_000, 1_000_000, 1_000_100);
    expect(clock.offsetMs).toBe(999_950);
    expect(clock.now().getTime()).toBe(1_999_950);
  });

  it("counts the sleep of the device, in which the monotonic clock stands still", () => {
    const tablet = device();
    const clock = new DeviceClock(tablet, 0);
    const before = clock.mark();
    tablet.clocks.wallMs += 3 * HOUR;
    tablet.clocks.monotonicMs += 10;
    const after = clock.mark();
    expect(clock.elapsed(after) - clock.elapsed(before)).toBe(3 * HOUR);
    expect(clock.doubtful).toBe(true);
  });

  it("takes it back when the server shows that somebody has set the clock", () => {
    const tablet = device();
    const clock = new DeviceClock(tablet, 0);
    const before = clock.mark();
    tablet.clocks.wallMs += 365 * 24 * HOUR;
    tablet.clocks.monotonicMs += 10;
    const after = clock.mark();
    clock.measured(tablet.clocks.wallMs - 365 * 24 * HOUR, tablet.clocks.wallMs, tablet.clocks.wallMs);
    expect(clock.elapsed(after) - clock.elapsed(before)).toBe(10);
    expect(clock.doubtful).toBe(false);
  });

  it("tells sleep from a set clock when both have happened", () => {
    const tablet = device();
    const clock = new DeviceClock(tablet, 0);
    const before = clock.mark();
    tablet.clocks.wallMs += 2 * HOUR; // sleep
    tablet.clocks.monotonicMs += 10;
    clock.beat();
    tablet.clocks.wallMs += 24 * HOUR; // set a day ahead
    const after = clock.mark();
    clock.measured(tablet.clocks.wallMs - 24 * HOUR, tablet.clocks.wallMs, tablet.clocks.wallMs);
    expect(clock.elapsed(after) - clock.elapsed(before)).toBe(2 * HOUR);
  });

  it("is not troubled by a clock that is set back", () => {
    const tablet = device();
    const clock = new DeviceClock(tablet, 0);
    const before = clock.mark();
    tablet.clocks.wallMs -= 365 * 24 * HOUR;
    tablet.clocks.monotonicMs += 1000;
    expect(clock.elapsed(clock.mark()) - clock.elapsed(before)).toBe(1000);
    expect(clock.doubtful).toBe(false);
  });
});
