/** Draws the app's icons: a house of one line on the house's green, as PNG without any library. */

import { deflateSync } from "node:zlib";

/** @typedef {[number, number]} Point */

const GREEN = [0x0b, 0x65, 0x70];
/** The lines of admin_app/static/favicon.svg, on its field of 32 × 32. @type {Point[][]} */
const HOUSE = [
  [
    [6, 15.5],
    [16, 7],
    [26, 15.5],
  ],
  [
    [8.5, 13.5],
    [8.5, 25],
    [23.5, 25],
    [23.5, 13.5],
  ],
  [
    [13.5, 25],
    [13.5, 18.5],
    [18.5, 18.5],
    [18.5, 25],
  ],
];
const HALF_STROKE = 1;

/**
 * A square icon. `maskable` fills the corners and keeps the house in the inner 80 %, as launchers cut round shapes.
 * @param {number} size @param {boolean} maskable
 */
export function icon(size, maskable) {
  const scale = 32 / size;
  const shrink = maskable ? 0.8 : 1;
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      /** @type {Point} */
      const point = [(x + 0.5) * scale, (y + 0.5) * scale];
      /** @type {Point} */
      const inner = [16 + (point[0] - 16) / shrink, 16 + (point[1] - 16) / shrink];
      const white = coverage(strokeDistance(inner), scale / shrink);
      const alpha = maskable ? 1 : coverage(cornerDistance(point), scale);
      const at = y * (1 + size * 4) + 1 + x * 4;
      GREEN.forEach((tone, channel) => {
        rows[at + channel] = Math.round(tone + (255 - tone) * white);
      });
      rows[at + 3] = Math.round(255 * alpha);
    }
  }
  return png(size, rows);
}

/** How much of a pixel lies inside, from the distance of its middle to the edge (negative = inside). */
const coverage = (/** @type {number} */ distance, /** @type {number} */ pixel) =>
  Math.min(1, Math.max(0, 0.5 - distance / pixel));

/** @param {Point} point */
function strokeDistance(point) {
  const lines = HOUSE.flatMap((line) =>
    line.slice(1).map((end, index) => segmentDistance(point, /** @type {Point} */ (line[index]), end)),
  );
  return Math.min(...lines) - HALF_STROKE;
}

/** @param {Point} p @param {Point} a @param {Point} b */
function segmentDistance(p, a, b) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const t = Math.min(1, Math.max(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
}

/** To the rounded square of radius 8. @param {Point} point */
function cornerDistance([x, y]) {
  const [qx, qy] = [Math.abs(x - 16) - 8, Math.abs(y - 16) - 8];
  return Math.hypot(Math.max(qx, 0), Math.max(qy, 0)) + Math.min(Math.max(qx, qy), 0) - 8;
}

/** @param {number} size @param {Buffer} rows each row begins with its filter byte 0 */
function png(size, rows) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8); // 8 bits, RGB with alpha
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** @param {Buffer} data */
function crc32(data) {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
