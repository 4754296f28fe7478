/**
 * The device's clocks. No wall clock is believed: a moment is told as milliseconds since the app was started (`run`),
 * which the server turns into its own time when it hears of it.
 *
 * On many tablets `performance.now()` stands still while the device sleeps. A scan before three hours of sleep would
 * then look three hours late. So when the wall clock has run ahead of the monotonic one, the difference is taken for
 * sleep – until the next contact with the server shows that somebody has set the clock.
 */

import type { Surroundings } from "./surroundings";

interface Gap {
  /** On the monotonic clock: what was recorded before it lies further back than it seems. */
  at: number;
  size: number;
  proven: boolean;
}

/** A slower heartbeat than this is ordinary. */
const TOLERANCE = 5_000;
/** How well a jump of the offset must fit a gap for the gap to be called a set clock. */
const FIT = 60_000;

export class DeviceClock {
  readonly run = crypto.randomUUID();
  offsetMs: number | null;
  private gaps: Gap[] = [];
  private last: { wall: number; monotonic: number };

  constructor(
    private readonly device: Pick<Surroundings, "wall" | "monotonic">,
    offsetMs: number | null = null,
  ) {
    this.offsetMs = offsetMs;
    this.last = { wall: device.wall(), monotonic: device.monotonic() };
  }

  /** The heartbeat: looks at both clocks. Called every few seconds, on waking up and before each use. */
  beat(): void {
    const now = { wall: this.device.wall(), monotonic: this.device.monotonic() };
    const ahead = now.wall - this.last.wall - (now.monotonic - this.last.monotonic);
    if (ahead > TOLERANCE) this.gaps.push({ at: now.monotonic, size: ahead, proven: false });
    this.last = now;
  }

  /** A point on the monotonic clock, to be kept with an entry. */
  mark(): number {
    this.beat();
    return this.last.monotonic;
  }

  /** Milliseconds of this run at a mark, with the sleep before it. */
  elapsed(mark: number): number {
    return Math.max(0, Math.round(this.gaps.reduce((sum, gap) => (gap.at <= mark ? sum + gap.size : sum), mark)));
  }

  /** Whether a gap is not explained yet: ask the server for the time before sending. */
  get doubtful(): boolean {
    return this.gaps.some((gap) => !gap.proven);
  }

  /** The server has told its time between two moments of the wall clock. */
  measured(server: number, asked: number, answered: number): void {
    const offset = Math.round(server - (asked + answered) / 2);
    this.explain(this.offsetMs === null ? 0 : this.offsetMs - offset);
    this.offsetMs = offset;
  }

  /** The wall clock has moved by `moved` against the server's since the last contact: those gaps were no sleep. */
  private explain(moved: number): void {
    const open = this.gaps.filter((gap) => !gap.proven);
    const total = open.reduce((sum, gap) => sum + gap.size, 0);
    const single = open.find((gap) => Math.abs(gap.size - moved) < FIT);
    const set = open.length > 0 && Math.abs(total - moved) < FIT ? open : single ? [single] : [];
    this.gaps = this.gaps.filter((gap) => !set.includes(gap));
    for (const gap of this.gaps) gap.proven = true;
  }

  /** Device time. */
  deviceNow(): Date {
    this.beat();
    return new Date(this.last.wall);
  }

  /** Server time, as well as this device knows it. */
  now(): Date {
    return new Date(this.deviceNow().getTime() + (this.offsetMs ?? 0));
  }
}
