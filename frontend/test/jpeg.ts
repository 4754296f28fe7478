/** The beginning of a JPEG with a position in its EXIF, as a camera writes it. */
export function jpegAt(latitude: number, longitude: number, little: boolean): ArrayBuffer {
  const tiff = new DataView(new ArrayBuffer(26 + 2 + 4 * 12 + 4 + 48));
  const u16 = (at: number, value: number) => tiff.setUint16(at, value, little);
  const u32 = (at: number, value: number) => tiff.setUint32(at, value, little);
  u16(0, little ? 0x4949 : 0x4d4d);
  u16(2, 42);
  u32(4, 8);
  u16(8, 1);
  entry(10, 0x8825, 4, 1, 26);
  u16(26, 4);
  text(28, 1, latitude < 0 ? "S" : "N");
  entry(40, 2, 5, 3, 80);
  text(52, 3, longitude < 0 ? "W" : "E");
  entry(64, 4, 5, 3, 104);
  fractions(80, Math.abs(latitude));
  fractions(104, Math.abs(longitude));
  const head = [0xff, 0xd8, 0xff, 0xe1, 0, 0, 0x45, 0x78, 0x69, 0x66, 0, 0];
  const bytes = new Uint8Array(head.length + tiff.byteLength + 4);
  bytes.set(head);
  new DataView(bytes.buffer).setUint16(4, tiff.byteLength + 8);
  bytes.set(new Uint8Array(tiff.buffer), head.length);
  bytes.set([0xff, 0xda, 0, 2], head.length + tiff.byteLength);
  return bytes.buffer;

  function entry(at: number, tag: number, type: number, count: number, value: number): void {
    u16(at, tag);
    u16(at + 2, type);
    u32(at + 4, count);
    u32(at + 8, value);
  }

  function text(at: number, tag: number, letter: string): void {
    entry(at, tag, 2, 2, 0);
    tiff.setUint8(at + 8, letter.charCodeAt(0));
  }

  function fractions(at: number, value: number): void {
    const minutes = (value % 1) * 60;
    const parts = [
      [Math.floor(value), 1],
      [Math.floor(minutes), 1],
      [Math.round((minutes % 1) * 60 * 1e5), 1e5],
    ];
    parts.forEach(([numerator = 0, denominator = 1], index) => {
      u32(at + index * 8, numerator);
      u32(at + index * 8 + 4, denominator);
    });
  }
}
