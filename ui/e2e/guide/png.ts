// Makes the pictures of the guide small: 256 colours are enough for a page.

import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;

/** Pixels as 0xRRGGBB, row by row. */
interface Picture {
  width: number;
  height: number;
  pixels: Uint32Array;
}

/** The same picture with a palette. */
export function shrink(png: Buffer): Buffer {
  const picture = decode(png);
  const counts = new Map<number, number>();
  for (const pixel of picture.pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const boxes = cut([...counts], COLOURS);
  const places = new Map(boxes.flatMap((box, at) => box.map(([colour]) => [colour, at] as const)));
  return encode(picture, boxes.map(mean), places);
}

function* chunks(png: Buffer): Generator<[kind: string, data: Buffer]> {
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    yield [png.toString("latin1", at + 4, at + 8), png.subarray(at + 8, at + 8 + length)];
    at += length + 12;
  }
}

/** Reads what browsers write: 8 bits a channel, not interlaced. */
function decode(png: Buffer): Picture {
  const parts = [...chunks(png)];
  const head = parts.find(([kind]) => kind === "IHDR")?.[1];
  if (head === undefined) throw new Error("this is no PNG");
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const channels = head[9] === 6 ? 4 : 3;
  const data = parts.filter(([kind]) => kind === "IDAT").map(([, part]) => part);
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * channels;
  const pixels = new Uint32Array(width * height);
  let before = new Uint8Array(stride);
  for (let y = 0; y < height; y += 1) {
    const start = y * (stride + 1);
    const line = unfilter(
      raw[start] ?? 0,
      raw.subarray(start + 1, start + 1 + stride),
      before,
      channels,
    );
    for (let x = 0; x < width; x += 1) {
      const at = x * channels;
      pixels[y * width + x] =
        ((line[at] ?? 0) << 16) | ((line[at + 1] ?? 0) << 8) | (line[at + 2] ?? 0);
    }
    before = line;
  }
  return { width, height, pixels };
}

function unfilter(
  kind: number,
  coded: Uint8Array,
  above: Uint8Array,
  channels: number,
): Uint8Array<ArrayBuffer> {
  const line = new Uint8Array(coded.length);
  for (let at = 0; at < coded.length; at += 1) {
    const left = line[at - channels] ?? 0;
    const up = above[at] ?? 0;
    const corner = at < channels ? 0 : (above[at - channels] ?? 0);
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][kind] ?? 0;
    line[at] = (coded[at] ?? 0) + guess;
  }
  return line;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [
    Math.abs(up - corner),
    Math.abs(left - corner),
    Math.abs(left + up - 2 * corner),
  ];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

type Box = [colour: number, count: number][];

const SHIFTS = [16, 8, 0] as const;
const channel = (colour: number, shift: number) => (colour >> shift) & 0xff;

/** Cuts the box in which most differs, until there are enough of them. */
function cut(colours: Box, most: number): Box[] {
  const boxes = [{ box: colours, ...spread(colours) }];
  while (boxes.length < most) {
    boxes.sort((a, b) => b.weight - a.weight);
    const [widest] = boxes;
    if (!widest || widest.box.length < 2) break;
    boxes.shift();
    const sorted = widest.box.toSorted(
      ([a], [b]) => channel(a, widest.shift) - channel(b, widest.shift),
    );
    const middle = sorted.length >> 1;
    for (const half of [sorted.slice(0, middle), sorted.slice(middle)]) {
      boxes.push({ box: half, ...spread(half) });
    }
  }
  return boxes.map(({ box }) => box);
}

/** In which channel a box is widest, and how much that would be seen. */
function spread(box: Box): { shift: number; weight: number } {
  const ranges = SHIFTS.map((shift) => {
    let [low, high] = [255, 0];
    for (const [colour] of box) {
      low = Math.min(low, channel(colour, shift));
      high = Math.max(high, channel(colour, shift));
    }
    return { shift, range: high - low };
  });
  const [widest] = ranges.toSorted((a, b) => b.range - a.range);
  const pixels = box.reduce((sum, [, count]) => sum + count, 0);
  return { shift: widest?.shift ?? 0, weight: (widest?.range ?? 0) * Math.sqrt(pixels) };
}

function mean(box: Box): number {
  const pixels = box.reduce((sum, [, count]) => sum + count, 0);
  return SHIFTS.reduce<number>((colour, shift) => {
    const sum = box.reduce((all, [one, count]) => all + channel(one, shift) * count, 0);
    return colour | (Math.round(sum / pixels) << shift);
  }, 0);
}

function encode(
  { width, height, pixels }: Picture,
  palette: readonly number[],
  places: ReadonlyMap<number, number>,
): Buffer {
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      rows[y * (width + 1) + 1 + x] = places.get(pixels[y * width + x] ?? 0) ?? 0;
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((one) => SHIFTS.map((shift) => channel(one, shift))));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", head),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc(body), body.length + 4);
  return framed;
}

function crc(data: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
