/** When to send and ask: at once after something was entered, then by polling, then less and less often while it fails. */

import type { Surroundings } from "../device/surroundings";

export const POLL_VISIBLE = 15_000;
export const POLL_HIDDEN = 60_000;
const FIRST_RETRY = 2_000;
/** While nothing gets through, taps try no more often than this: each try reads and seals beside the tapping. */
export const BETWEEN_TAPS = 5_000;
const LONGEST_RETRY = 5 * 60_000;

export interface Attempt {
  failed: boolean;
  /** Whether something came home before it failed: then the way is open, and the next try is near. */
  moved: boolean;
  /** What the server asked for, in milliseconds. */
  wait: number | null;
}

/** Milliseconds to wait after the given number of failures in a row; spread out so that tablets do not come back together. */
export function pause(failures: number, wait: number | null, visible: boolean, random: number): number {
  if (failures === 0) return visible ? POLL_VISIBLE : POLL_HIDDEN;
  const most = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** (failures - 1));
  return Math.max(wait ?? 0, most / 2 + (most / 2) * random);
}

export class Schedule {
  private failures = 0;
  private endedAt = 0;
  private running: Promise<void> | null = null;
  private again = false;
  private entered = false;
  private cancel: () => void = () => undefined;
  private stopped = false;
  /** The server has asked to be left alone until the timer: no tap, push or network that is back comes before it. */
  private held = false;

  constructor(
    private readonly device: Surroundings,
    private readonly attempt: () => Promise<Attempt>,
  ) {}

  /**
   * Now, whatever failed before: the network is back, or somebody looks. If an attempt is under way, once more after it.
   * Resolves when that is over, at once while the server wants none.
   */
  async now(): Promise<void> {
    this.failures = 0;
    this.again = this.running !== null;
    await this.begin();
    // Asked when the attempt had ended and was not yet put away: nobody has looked since.
    if (this.again) await this.begin();
  }

  /** Something was entered: now, too, unless a try has just failed, or failed and the device knows of no network. */
  async soon(): Promise<void> {
    this.entered = true;
    const isRecent = this.device.monotonic() - this.endedAt < BETWEEN_TAPS;
    if (this.failures > 0 && (isRecent || !this.device.online())) return;
    await this.begin();
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private async begin(): Promise<void> {
    if (this.running) return this.running;
    if (this.held) return;
    this.cancel();
    this.running = this.run();
    try {
      await this.running;
    } finally {
      this.running = null;
    }
  }

  private async run(): Promise<void> {
    let last: Attempt = { failed: true, moved: false, wait: null };
    try {
      do {
        this.again = false;
        this.entered = false;
        last = await this.attempt();
        this.failures = failuresAfter(last, this.failures);
        this.held = (last.wait ?? 0) > 0;
      } while (!this.held && (this.again || (this.entered && !last.failed)));
    } finally {
      // Also after a fault of ours: a tablet that never asks again looks like one that has nothing to ask.
      this.next(last.wait);
    }
  }

  private next(asked: number | null): void {
    this.endedAt = this.device.monotonic();
    if (this.stopped) return;
    const wait = pause(this.failures, asked, this.device.visible(), this.device.random());
    this.cancel = this.device.later(wait, () => {
      this.held = false;
      void this.begin();
    });
  }
}

function failuresAfter({ failed, moved }: Attempt, before: number): number {
  if (!failed) return 0;
  return moved ? 1 : before + 1;
}
