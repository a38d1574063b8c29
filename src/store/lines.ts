import type { StoreDriver, RandomAccess } from './driver.ts';
import { isAppError } from './records/record-blob.ts';

/** Read at a time; the event loop runs in between. */
const PIECE_BYTES = 256 * 1024;
/** We write no longer lines. The rest of a longer one, in a damaged file, is dropped. */
const MAX_LINE_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** Reads the complete lines of a text blob in batches, without their line breaks. No lines if nothing is stored. */
export async function* readLines(driver: StoreDriver, key: string): AsyncGenerator<Buffer[]> {
  const blob = await openIfThere(driver, key);
  if (blob === null) return;
  try {
    let unfinished = Buffer.alloc(0);
    for (let offset = 0; offset < blob.bytes; offset += PIECE_BYTES) {
      const piece = Buffer.alloc(Math.min(PIECE_BYTES, blob.bytes - offset));
      await blob.read(piece, offset);
      const { lines, rest } = splitLines(Buffer.concat([unfinished, piece]));
      unfinished = rest.subarray(0, MAX_LINE_BYTES);
      yield lines;
    }
  } finally {
    await blob.close();
  }
}

function splitLines(text: Buffer<ArrayBuffer>): { lines: Buffer[]; rest: Buffer<ArrayBuffer> } {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = text.indexOf(NEWLINE); end !== -1; end = text.indexOf(NEWLINE, start)) {
    lines.push(text.subarray(start, end));
    start = end + 1;
  }
  return { lines, rest: text.subarray(start) };
}

async function openIfThere(driver: StoreDriver, key: string): Promise<RandomAccess | null> {
  try {
    return await driver.open(key);
  } catch (error) {
    if (isAppError(error, 'blob_not_found')) return null;
    throw error;
  }
}
