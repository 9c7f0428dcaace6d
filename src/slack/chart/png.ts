import { crc32, deflateSync } from "node:zlib";

/** Red, green, blue. */
export type Colour = readonly [number, number, number];

/** A picture to draw into; what lies outside is left out. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  dot(x: number, y: number, colour: Colour): void;
  /** As a PNG file (W3C PNG specification, third edition: 8 bits per channel, no filter, no interlace). */
  encode(): Uint8Array;
}

export function createCanvas(width: number, height: number, background: Colour): Canvas {
  const stride = 1 + width * 3;
  const pixels = Buffer.alloc(stride * height);
  const dot = (x: number, y: number, [red, green, blue]: Colour): void => {
    const [column, row] = [Math.round(x), Math.round(y)];
    if (column < 0 || row < 0 || column >= width || row >= height) return;
    pixels.set([red, green, blue], row * stride + 1 + column * 3);
  };
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) dot(column, row, background);
  return { width, height, dot, encode: () => encode(width, height, pixels) };
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function encode(width: number, height: number, pixels: Buffer): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunks = [chunk("IHDR", header), chunk("IDAT", deflateSync(pixels)), chunk("IEND", Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([Buffer.from(signature), ...chunks]));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  whole.set(body, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
