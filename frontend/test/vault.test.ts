import { describe, expect, it } from "vitest";
import { browser } from "../src/device/surroundings";
import { changePin, createKey, ITERATIONS, isPin, open, seal, sha256, unwrapByPin } from "../src/device/vault";

const ROUNDS = 1000;
const PLACE = "guard/order/sunshine/a";

describe("the vault", () => {
  it("opens what it sealed, with the PIN that it was made with", async () => {
    const { key, wrapped } = await createKey("135790", null, ROUNDS);
    const sealed = await seal(key, { room: "3-1201" }, PLACE);
    const again = await unwrapByPin(wrapped, "135790");
    expect(again && (await open(again, sealed, PLACE))).toEqual({ room: "3-1201" });
    expect(new TextDecoder().decode(sealed.data)).not.toContain("3-1201");
  });

  it("does not open with another PIN", async () => {
    const { wrapped } = await createKey("135790", null, ROUNDS);
    expect(await unwrapByPin(wrapped, "135791")).toBeNull();
  });

  it("does not open what was changed or moved to another place", async () => {
    const { key } = await createKey("135790", null, ROUNDS);
    const sealed = await seal(key, "words", PLACE);
    const changed = sealed.data.slice(0);
    new Uint8Array(changed)[0] = (new Uint8Array(changed)[0] ?? 0) ^ 1;
    await expect(open(key, { ...sealed, data: changed }, PLACE)).rejects.toThrow();
    await expect(open(key, sealed, "li/order/sunshine/a")).rejects.toThrow();
  });

  it("stretches a PIN 600,000 times, with a salt of its own for everybody", async () => {
    const [one, two] = [
      await createKey("135790", null, browser.pinRounds),
      await createKey("135790", null, browser.pinRounds),
    ];
    expect(one.wrapped.iterations).toBe(ITERATIONS);
    expect(ITERATIONS).toBe(600_000);
    expect(await unwrapByPin(one.wrapped, "135790")).not.toBeNull();
    expect(one.wrapped.salt).not.toEqual(two.wrapped.salt);
  });

  it("takes a new PIN with the server's secret and keeps the data key", async () => {
    const { key, wrapped } = await createKey("135790", "secret", ROUNDS);
    const sealed = await seal(key, "entry", PLACE);
    const changed = await changePin(wrapped, "246802", "secret", ROUNDS);
    expect(changed && (await open(changed.key, sealed, PLACE))).toBe("entry");
    expect(changed && (await unwrapByPin(changed.wrapped, "135790"))).toBeNull();
    expect(changed && (await unwrapByPin(changed.wrapped, "246802"))).not.toBeNull();
    expect(await changePin(wrapped, "246802", "another secret", ROUNDS)).toBeNull();
  });

  it("hands out keys that cannot be read out again", async () => {
    const { key } = await createKey("135790", null, ROUNDS);
    expect(key.extractable).toBe(false);
  });

  it("knows a PIN when it sees one", () => {
    expect(["135790", "13579", "1357901", "13579a", ""].map(isPin)).toEqual([true, false, false, false, false]);
  });

  it("names bytes by their SHA-256", async () => {
    expect(await sha256(new TextEncoder().encode("abc"))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});
