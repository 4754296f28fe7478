/** Reads where a JPEG was taken out of its EXIF; null for everything that is not plainly there. */

import type { Position } from "./contract";

const APP1 = 0xffe1;
const START_OF_SCAN = 0xffda;
const GPS_POINTER = 0x8825;
const [LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE] = [1, 2, 3, 4];

export function readPosition(bytes: ArrayBuffer): Position | null {
  try {
    const tiff = tiffOf(new DataView(bytes));
    return tiff && positionIn(tiff);
  } catch {
    return null; // it ends in the middle: a position is no reason to lose a photo
  }
}

function tiffOf(view: DataView): DataView | null {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 4 <= view.byteLength; ) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (marker === START_OF_SCAN || (marker & 0xff00) !== 0xff00) return null;
    // "Exif", two zeros, then a TIFF file of its own
    if (marker === APP1 && view.getUint32(at + 4) === 0x45786966) {
      return new DataView(view.buffer, view.byteOffset + at + 10, length - 8);
    }
    at += 2 + length;
  }
  return null;
}

function positionIn(tiff: DataView): Position | null {
  const little = tiff.getUint16(0) === 0x4949;
  const pointer = entriesAt(tiff, tiff.getUint32(4, little), little).get(GPS_POINTER);
  if (pointer === undefined) return null;
  const gps = entriesAt(tiff, tiff.getUint32(pointer + 8, little), little);
  const latitude = degrees(tiff, gps.get(LATITUDE), gps.get(LATITUDE_REF), "S", little);
  const longitude = degrees(tiff, gps.get(LONGITUDE), gps.get(LONGITUDE_REF), "W", little);
  if (latitude === null || longitude === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  return { latitude, longitude };
}

/** Tag → where its entry of twelve bytes begins. */
function entriesAt(tiff: DataView, offset: number, little: boolean): Map<number, number> {
  const count = tiff.getUint16(offset, little);
  const places = Array.from({ length: count }, (_, index) => offset + 2 + index * 12);
  return new Map(places.map((place) => [tiff.getUint16(place, little), place]));
}

/** Three fractions: degrees, minutes, seconds. */
function degrees(
  tiff: DataView,
  place: number | undefined,
  reference: number | undefined,
  negative: string,
  little: boolean,
): number | null {
  if (place === undefined) return null;
  const values = tiff.getUint32(place + 8, little);
  const [whole, minutes, seconds] = [0, 8, 16].map((step) => fraction(tiff, values + step, little));
  const sum = (whole ?? Number.NaN) + (minutes ?? Number.NaN) / 60 + (seconds ?? Number.NaN) / 3600;
  if (!Number.isFinite(sum)) return null;
  const sign = reference !== undefined && String.fromCharCode(tiff.getUint8(reference + 8)) === negative ? -1 : 1;
  return Math.round(sign * sum * 1e7) / 1e7;
}

function fraction(tiff: DataView, at: number, little: boolean): number {
  return tiff.getUint32(at, little) / tiff.getUint32(at + 4, little);
}
