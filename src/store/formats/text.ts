import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { AppError } from '../../errors.ts';
import { ContentFault } from './content-fault.ts';

const BYTE_ORDER_MARKS = [
  { name: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { name: 'utf-32le', bytes: [0xff, 0xfe, 0, 0] },
  { name: 'utf-32be', bytes: [0, 0, 0xfe, 0xff] },
  { name: 'utf-16le', bytes: [0xff, 0xfe] },
  { name: 'utf-16be', bytes: [0xfe, 0xff] },
] as const;

/** What iconv-lite knows beside encodings of text. */
const NO_ENCODINGS = new Set(['base64', 'hex', 'binary', 'internal']);
const REPLACEMENT = '\ufffd';
const LONE_SURROGATE = /\p{Surrogate}/u;

export interface TextEncoding {
  readonly name: string;
  /** Length of the byte order mark. */
  readonly markBytes: number;
}

/** Finds the encoding of a text: by its byte order mark; otherwise the one asked for. Errors: validation_failed. */
export function findEncoding(head: Uint8Array, asked = 'utf-8'): TextEncoding {
  const mark = BYTE_ORDER_MARKS.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte));
  if (mark !== undefined) return { name: mark.name, markBytes: mark.bytes.length };
  const key = asked.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (NO_ENCODINGS.has(key) || !iconv.encodingExists(asked)) {
    const detail = `must be the name of an encoding, such as utf-8, utf-16le, windows-1252 or shift_jis; found ${JSON.stringify(asked.slice(0, 40))}`;
    throw AppError.of(
      'validation_failed',
      { what: 'The file' },
      { problems: [{ pointer: '/encoding', detail }] },
    );
  }
  return { name: asked.toLowerCase(), markBytes: 0 };
}

/** Thrown after all text before the place was passed on. */
export class InvalidText extends ContentFault {
  override readonly name = 'InvalidText';

  constructor(found: string, encoding: string) {
    super(
      `${found}, which is not valid ${encoding}`,
      `text in ${encoding}; if the file has another encoding, name it (encoding=windows-1252, or --encoding windows-1252 on the command line)`,
    );
  }
}

/** Text of the first complete characters of some bytes, and the bytes that follow them. */
interface Decoded {
  readonly text: string;
  readonly rest: Buffer;
  /** Whether the rest is known to be no text; otherwise it may be incomplete. */
  readonly isInvalid?: boolean;
}

/** Longest part of a character that a piece can end with. */
const MOST_INCOMPLETE = 3;

type Decode = (bytes: Buffer, isLast: boolean) => Decoded;

/** Decodes bytes piece by piece, without the byte order mark. Errors: {@link InvalidText}. */
export async function* decodeText(
  source: AsyncIterable<Uint8Array>,
  { name, markBytes }: TextEncoding,
): AsyncGenerator<string> {
  const decode = createDecoder(name);
  let carried: Buffer = Buffer.alloc(0);
  let mark = markBytes;
  const decodeOnto = function* (piece: Uint8Array, isLast: boolean) {
    const bytes = Buffer.concat([carried, piece]);
    const { text, rest, isInvalid = rest.length > (isLast ? 0 : MOST_INCOMPLETE) } = decode(bytes, isLast);
    if (text !== '') yield text;
    if (isInvalid) throw new InvalidText(describeByte(rest), name);
    carried = rest;
  };
  for await (const piece of source) {
    const skipped = Math.min(mark, piece.length);
    mark -= skipped;
    yield* decodeOnto(piece.subarray(skipped), false);
  }
  yield* decodeOnto(Buffer.alloc(0), true);
}

const describeByte = (bytes: Buffer): string =>
  bytes.length === 0 ? 'what follows' : `byte 0x${bytes.toString('hex', 0, 1)}`;

/** Decodes the head of a file as far as it is valid. */
export function decodeHead(head: Buffer, { name, markBytes }: TextEncoding): string {
  return createDecoder(name)(head.subarray(markBytes), false).text;
}

function createDecoder(name: string): Decode {
  const key = name.replaceAll(/[^a-z0-9]/g, '');
  if (key === 'utf8') return decodeUtf8;
  if (key === 'utf16le' || key === 'utf16' || key === 'ucs2') return decodeUtf16;
  if (key === 'utf16be') return (bytes) => swapRest(decodeUtf16(swapBytes(bytes)));
  const decoder = iconv.getDecoder(name, { stripBOM: false });
  return (bytes, isLast) => {
    const text = decoder.write(bytes) + (isLast ? (decoder.end() ?? '') : '');
    const valid = text.indexOf(REPLACEMENT);
    // The decoder keeps incomplete characters itself, so the invalid bytes are not known.
    const rest = Buffer.alloc(0);
    return valid === -1 ? { text, rest } : { text: text.slice(0, valid), rest, isInvalid: true };
  };
}

function decodeUtf8(bytes: Buffer): Decoded {
  if (isAscii(bytes)) return { text: bytes.toString('latin1'), rest: Buffer.alloc(0) };
  let end = completeUtf8(bytes, bytes.length);
  if (!isUtf8(bytes.subarray(0, end))) end = findValidUtf8(bytes);
  return { text: bytes.toString('utf8', 0, end), rest: bytes.subarray(end) };
}

/** The end of the last character before `end` that is complete. */
function completeUtf8(bytes: Buffer, end: number): number {
  for (let back = 1; back <= Math.min(3, end); back++) {
    const byte = bytes[end - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? end - back : end;
  }
  return end;
}

/** Bisects for the longest valid beginning. */
function findValidUtf8(bytes: Buffer): number {
  let [valid, invalid] = [0, bytes.length + 1];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isUtf8(bytes.subarray(0, completeUtf8(bytes, middle)))) valid = middle;
    else invalid = middle;
  }
  return completeUtf8(bytes, valid);
}

function decodeUtf16(bytes: Buffer): Decoded {
  const units = bytes.length >> 1;
  const lastUnit = units === 0 ? 0 : bytes.readUInt16LE(2 * units - 2);
  const isHalf = (lastUnit & 0xfc00) === 0xd800;
  const text = bytes.toString('utf16le', 0, 2 * (isHalf ? units - 1 : units));
  const lone = text.search(LONE_SURROGATE);
  const valid = lone === -1 ? text : text.slice(0, lone);
  return { text: valid, rest: bytes.subarray(2 * valid.length) };
}

/** UTF-16 in the other byte order; a last odd byte stays. */
function swapBytes(bytes: Buffer): Buffer {
  const even = bytes.length & ~1;
  return Buffer.concat([Buffer.from(bytes.subarray(0, even)).swap16(), bytes.subarray(even)]);
}

const swapRest = ({ text, rest }: Decoded): Decoded => ({ text, rest: swapBytes(rest) });
