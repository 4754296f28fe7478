/**
 * What keeps a person's data unreadable: a random data key, and that key wrapped by a PIN.
 *
 * Six digits do not resist somebody who copies the storage and has hours (ADR 5); they resist whoever finds the tablet.
 * The same key is wrapped a second time by a secret that the server gives only to who has signed in on this tablet, so
 * that a forgotten PIN costs a sign-in and not what was entered.
 */

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

export interface Wrapped {
  salt: Uint8Array<ArrayBuffer>;
  iterations: number;
  byPin: Sealed;
  byRecovery: Sealed | null;
}

export const ITERATIONS = 600_000;
export const MOST_TRIES = 5;
const PIN = /^[0-9]{6}$/;
const AES = { name: "AES-GCM", length: 256 };
const text = new TextEncoder();

export const isPin = (pin: string): boolean => PIN.test(pin);

export interface Unwrapped {
  key: CryptoKey;
  wrapped: Wrapped;
}

/** A new data key, wrapped. */
export async function createKey(pin: string, recovery: string | null, iterations: number): Promise<Unwrapped> {
  return wrapKey(random(32), pin, recovery, iterations);
}

/** The data key; null for a wrong PIN. */
export async function unwrapByPin(wrapped: Wrapped, pin: string): Promise<CryptoKey | null> {
  const raw = await openRaw(await pinKey(pin, wrapped.salt, wrapped.iterations), wrapped.byPin, "by-pin");
  return raw && dataKey(raw);
}

/** The same data key under a new PIN; null when the secret is not the one it was wrapped with. */
export async function changePin(
  wrapped: Wrapped,
  pin: string,
  recovery: string,
  iterations: number,
): Promise<Unwrapped | null> {
  if (!wrapped.byRecovery) return null;
  const raw = await openRaw(await recoveryKey(recovery), wrapped.byRecovery, "by-recovery");
  return raw && wrapKey(raw, pin, recovery, iterations);
}

async function wrapKey(
  raw: Uint8Array<ArrayBuffer>,
  pin: string,
  recovery: string | null,
  iterations: number,
): Promise<Unwrapped> {
  const salt = random(16);
  const byPin = await sealRaw(await pinKey(pin, salt, iterations), raw, "by-pin");
  const byRecovery = recovery === null ? null : await sealRaw(await recoveryKey(recovery), raw, "by-recovery");
  const key = await dataKey(raw);
  raw.fill(0);
  return { key, wrapped: { salt, iterations, byPin, byRecovery } };
}

async function pinKey(pin: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const stretch = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(stretch, typed, AES, false, ["encrypt", "decrypt"]);
}

/** The secret is random and long already: hashing only gives it the length of a key. */
async function recoveryKey(recovery: string): Promise<CryptoKey> {
  return dataKey(new Uint8Array(await crypto.subtle.digest("SHA-256", text.encode(recovery))));
}

function dataKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
}

/** `place` says where it is stored: a sealed thing that was moved to another place does not open. */
export async function sealBytes(key: CryptoKey, bytes: BufferSource, place: string): Promise<Sealed> {
  return sealRaw(key, bytes, place);
}

/** Throws when the bytes were changed, moved or sealed with another key. */
export async function openBytes(key: CryptoKey, sealed: Sealed, place: string): Promise<ArrayBuffer> {
  return crypto.subtle.decrypt(
    { name: "AES-GCM", iv: sealed.iv, additionalData: text.encode(place) },
    key,
    sealed.data,
  );
}

export async function seal(key: CryptoKey, value: unknown, place: string): Promise<Sealed> {
  return sealRaw(key, text.encode(JSON.stringify(value)), place);
}

export async function open<T>(key: CryptoKey, sealed: Sealed, place: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await openBytes(key, sealed, place))) as T;
}

async function sealRaw(key: CryptoKey, bytes: BufferSource, place: string): Promise<Sealed> {
  const iv = random(12);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: text.encode(place) }, key, bytes);
  return { iv, data };
}

async function openRaw(key: CryptoKey, sealed: Sealed, place: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await openBytes(key, sealed, place));
  } catch {
    return null;
  }
}

function random(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}

export async function sha256(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
