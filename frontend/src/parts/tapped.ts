import { useLayoutEffect, useRef } from "preact/hooks";

/** Closer together than this, two taps on one place are one tap of a glove. */
const TWICE_MS = 350;
const SHIELD = "shielded";

let tappedAt = Number.NEGATIVE_INFINITY;
let lowered: ReturnType<typeof setTimeout> | undefined;

/**
 * A gloved thumb taps twice. Where its first tap takes the control away, its second would hit what has come into the place
 * – "arrived" after "accept" –: it hits nothing. Returns what the control calls when it is tapped.
 */
export function useTapped(): () => void {
  const at = useRef(Number.NEGATIVE_INFINITY);
  // Before the browser paints what has come into the place.
  useLayoutEffect(() => () => shieldFrom(at.current), []);
  return () => {
    tappedAt = performance.now();
    at.current = tappedAt;
  };
}

/** For what comes over the screen and leaves the tapped control where it is. */
export function shieldFromLastTap(): void {
  shieldFrom(tappedAt);
}

function shieldFrom(tap: number): void {
  const left = tap + TWICE_MS - performance.now();
  if (left <= 0) return;
  const { classList } = document.documentElement;
  classList.add(SHIELD);
  clearTimeout(lowered);
  lowered = setTimeout(() => classList.remove(SHIELD), left);
}
