/** What a voice note may be, and what is said when there is none. Pure. */

export const MOST_SECONDS = 60;
/** Of the server (store/photos/voice.py). */
export const MOST_BYTES = 1024 * 1024;
/** Enough for speech, and a minute of it is less than a photo. */
export const BITS_PER_SECOND = 24_000;

const TYPES = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"];

/** What the browser records of what the server takes, the smallest first; null: it records nothing. */
export function typeFor(isSupported: ((type: string) => boolean) | null): string | null {
  return (isSupported && TYPES.find((each) => isSupported(each))) ?? null;
}

/** Whole seconds that are left, the begun one counted. */
export const secondsLeft = (ran: number): number => Math.max(0, Math.ceil(MOST_SECONDS - ran / 1000));

/** How long a recording is called: a whole number from 1 on, as the server asks. */
export const secondsOf = (ran: number): number => Math.min(MOST_SECONDS, Math.max(1, Math.round(ran / 1000)));

export type Trouble = "refused" | "no_microphone" | "unsupported" | "empty";

/** Why the browser gives no microphone, by the name of its error. */
export function troubleOf(error: unknown): Trouble {
  const name = error instanceof Error ? error.name : "";
  return name === "NotAllowedError" || name === "SecurityError" ? "refused" : "no_microphone";
}
