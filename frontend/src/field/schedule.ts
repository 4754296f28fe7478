/** When to send and ask: at once after something was entered, then by polling, then less and less often while it fails. */

import type { Surroundings } from "../device/surroundings";

export const POLL_VISIBLE = 15_000;
export const POLL_HIDDEN = 60_000;
const FIRST_RETRY = 2_000;
const LONGEST_RETRY = 5 * 60_000;

export interface Attempt {
  failed: boolean;
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
  private running: Promise<void> | null = null;
  private again = false;
  private cancel: () => void = () => undefined;
  private stopped = false;
  /** The server has asked to be left alone until the timer: no tap, push or network that is back comes before it. */
  private held = false;

  constructor(
    private readonly device: Surroundings,
    private readonly attempt: () => Promise<Attempt>,
  ) {}

  /** Now; if an attempt is under way, once more after it. Resolves when that is over, at once while the server wants none. */
  async now(): Promise<void> {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    if (this.held) return;
    this.cancel();
    this.running = this.run();
    try {
      await this.running;
    } finally {
      this.running = null;
    }
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private async run(): Promise<void> {
    let last: Attempt;
    do {
      this.again = false;
      last = await this.attempt();
      this.failures = last.failed ? this.failures + 1 : 0;
      this.held = (last.wait ?? 0) > 0;
    } while (this.again && !this.held);
    if (this.stopped) return;
    const wait = pause(this.failures, last.wait, this.device.visible(), this.device.random());
    this.cancel = this.device.later(wait, () => {
      this.held = false;
      void this.now();
    });
  }
}
