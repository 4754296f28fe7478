/** A siren of two tones and a long shake, until it is told to stop. */

const TONES = [880, 660];
const TONE_S = 0.45;
const AGAIN_MS = 2_000;
const SHAKE = [400, 150, 400];

let context: AudioContext | null = null;

/** A browser lets a page sound only after a touch: the first one opens the way. */
export function allowSound(): void {
  context ??= typeof AudioContext === "undefined" ? null : new AudioContext();
  if (context?.state === "suspended") void context.resume().catch(() => undefined);
}

export function soundAlarm(): () => void {
  const once = (): void => {
    tones(TONES, TONE_S);
    shake(SHAKE);
  };
  once();
  const timer = setInterval(once, AGAIN_MS);
  return () => {
    clearInterval(timer);
    shake(0);
  };
}

/** A short high tone and a shake: it was taken, and the eyes may stay on the way. */
export function soundTaken(): void {
  tones([1320], 0.12);
  shake(80);
}

/** Two low tones and a double shake: it was not. */
export function soundWrong(): void {
  tones([300, 300], 0.15);
  shake([60, 60, 60]);
}

/** Before the first touch a browser refuses, and says so in red. */
function shake(pattern: number | number[]): void {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(pattern);
}

function tones(pitches: readonly number[], seconds: number): void {
  const sounding = context;
  if (sounding?.state !== "running") return;
  const loud = sounding.createGain();
  loud.gain.value = 0.3;
  loud.connect(sounding.destination);
  pitches.forEach((pitch, index) => {
    const tone = sounding.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(loud);
    const start = sounding.currentTime + index * seconds;
    tone.start(start);
    tone.stop(start + seconds * 0.9);
  });
}
