import { expect, test } from "vitest";
import { MOST_SECONDS, secondsLeft, secondsOf, troubleOf, typeFor } from "../src/field/voice";

test("records what the server takes: Opus in WebM, else what there is, else nothing", () => {
  expect(typeFor(() => true)).toBe("audio/webm;codecs=opus");
  expect(typeFor((each) => each === "audio/mp4")).toBe("audio/mp4");
  expect(typeFor(() => false)).toBeNull();
  expect(typeFor(null)).toBeNull();
});

test("counts a minute down to nothing and never below", () => {
  expect([0, 1, 59_001, 60_000, 75_000].map(secondsLeft)).toEqual([MOST_SECONDS, 60, 1, 0, 0]);
});

test("calls a recording as long as it is, from one second to a minute", () => {
  expect([0, 400, 1_600, 59_700, 60_400].map(secondsOf)).toEqual([1, 1, 2, 60, 60]);
});

test("tells a microphone that is not allowed from one that is not there", () => {
  const named = (name: string) => Object.assign(new Error(name), { name });
  expect(troubleOf(named("NotAllowedError"))).toBe("refused");
  expect(troubleOf(named("NotFoundError"))).toBe("no_microphone");
  expect(troubleOf(named("NotReadableError"))).toBe("no_microphone");
  expect(troubleOf("?")).toBe("no_microphone");
});
