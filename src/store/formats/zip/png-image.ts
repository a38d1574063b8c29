import { inflateSync } from 'node:zlib';
import { convertIndexedToRgb, decode, hasPngSignature, type DecodedPng } from 'fast-png';
import { ContentFault } from '../content-fault.ts';
import { MAX_DATA_SIZE } from '../limits.ts';

/** An image as a row of a data set: grey [height, width] or colour [height, width, 3], a byte a value. */
export interface Image {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const SIGNATURE_BYTES = 8;
/** A chunk's length and type before its data, its checksum after. */
const [HEAD_BYTES, CHECKSUM_BYTES] = [8, 4] as const;
/** Others, such as texts and profiles, are not needed, and may unpack to anything. */
const NEEDED = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
const MOST_CHANNELS = 4;

/** Errors: {@link ContentFault}. */
export function decodeImage(bytes: Buffer): Image {
  if (!hasPngSignature(bytes)) throw new ContentFault('no PNG image', 'PNG images alone');
  const chunks = listChunks(bytes).filter(({ type }) => NEEDED.has(type));
  checkSize(chunks);
  const kept = chunks.map(({ whole }) => whole);
  try {
    return toImage(decode(Buffer.concat([bytes.subarray(0, SIGNATURE_BYTES), ...kept])));
  } catch (error) {
    throw error instanceof ContentFault || !(error instanceof Error) ? error : reportDamage(error.message);
  }
}

const reportDamage = (detail: string): ContentFault =>
  new ContentFault(`a damaged PNG image (${detail.slice(0, 80)})`, 'whole PNG images');

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  readonly whole: Buffer;
}

function listChunks(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE_BYTES; at < bytes.length;) {
    const length = at + HEAD_BYTES <= bytes.length ? bytes.readUInt32BE(at) : Infinity;
    const end = at + HEAD_BYTES + length + CHECKSUM_BYTES;
    if (end > bytes.length) throw reportDamage('it is cut short');
    const type = bytes.toString('latin1', at + 4, at + HEAD_BYTES);
    chunks.push({
      type,
      data: bytes.subarray(at + HEAD_BYTES, end - CHECKSUM_BYTES),
      whole: bytes.subarray(at, end),
    });
    at = end;
  }
  return chunks;
}

/** Checks the size that the header claims, and that the pixels do not unpack to more. */
function checkSize(chunks: readonly Chunk[]): void {
  const header = chunks[0];
  if (header?.type !== 'IHDR' || header.data.length !== 13) throw reportDamage('it has no header');
  const [width, height, depth] = [
    header.data.readUInt32BE(0),
    header.data.readUInt32BE(4),
    header.data.readUInt8(8),
  ];
  if (width * height > MAX_DATA_SIZE) {
    throw new ContentFault(`${width} x ${height} pixels`, `at most ${MAX_DATA_SIZE} values, colours counted`);
  }
  if (depth > 8) throw new ContentFault(`${depth} bits a value`, '8 bits a value at most');
  // Each line of pixels, of up to seven interlaced pictures, begins with a byte.
  const most = width * height * MOST_CHANNELS + 2 * height + 64;
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  try {
    inflateSync(packed, { maxOutputLength: most });
  } catch (error) {
    throw reportDamage(error instanceof Error ? error.message : 'its pixels');
  }
}

function toImage(png: DecodedPng): Image {
  const { width, height } = png;
  const { channels, values } = readChannels(png);
  const colours = channels - ((channels + 1) % 2);
  const opaque = colours === channels ? values : dropAlpha(values, channels);
  if (opaque.length > MAX_DATA_SIZE) {
    throw new ContentFault(`${opaque.length} values`, `at most ${MAX_DATA_SIZE}`);
  }
  return { shape: colours === 1 ? [height, width] : [height, width, colours], values: opaque };
}

/** Bytes of 1 (grey), 2 (with alpha), 3 (colour) or 4 channels; a palette and fewer than 8 bits are resolved. */
function readChannels(png: DecodedPng): { channels: number; values: Uint8Array } {
  const greys = 2 ** png.depth - 1;
  const ramp = Array.from({ length: greys + 1 }, (_, grey) => [(grey * 255) / greys]);
  const palette = png.palette ?? (png.depth < 8 ? ramp : null);
  if (palette === null) return { channels: png.channels, values: Uint8Array.from(png.data) };
  return { channels: palette[0]?.length ?? 0, values: convertIndexedToRgb({ ...png, palette }) };
}

function dropAlpha(values: Uint8Array, channels: number): Uint8Array {
  const colours = channels - 1;
  const kept = new Uint8Array((values.length / channels) * colours);
  for (let from = 0, to = 0; from < values.length; from += channels, to += colours) {
    if (values[from + colours] !== 255) throw new ContentFault('transparent pixels', 'opaque images');
    kept.set(values.subarray(from, from + colours), to);
  }
  return kept;
}
