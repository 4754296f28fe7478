import { expect, it } from "vitest";
import { readPosition } from "../src/field/exif";
import { jpegAt } from "./jpeg";

it("reads latitude and longitude of either byte order", () => {
  for (const little of [true, false]) {
    expect(readPosition(jpegAt(31.2304, 121.4737, little))).toEqual({ latitude: 31.2304, longitude: 121.4737 });
  }
});

it("knows south and west", () => {
  expect(readPosition(jpegAt(-33.8688, -70.6693, true))).toEqual({ latitude: -33.8688, longitude: -70.6693 });
});

it("finds nothing in what is no JPEG, has no position or ends in the middle", () => {
  const whole = jpegAt(31.2304, 121.4737, true);
  expect(readPosition(new TextEncoder().encode("<svg/>").buffer)).toBeNull();
  expect(readPosition(new Uint8Array([0xff, 0xd8, 0xff, 0xda, 0, 2]).buffer)).toBeNull();
  expect(readPosition(new ArrayBuffer(0))).toBeNull();
  for (let length = 0; length < whole.byteLength - 40; length++) {
    expect(readPosition(whole.slice(0, length))).toBeNull();
  }
});

it("does not believe an impossible position", () => {
  expect(readPosition(jpegAt(95, 121, true))).toBeNull();
});
