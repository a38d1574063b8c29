import type { RandomAccess } from '../driver.ts';
import type { FileSource } from './file.ts';

/** V8 keeps larger texts apart from small ones: they are slower to cut by a factor of 2 to 4. */
const PIECE_BYTES = 64 * 1024;

export const isStored = (source: FileSource): source is RandomAccess => !(Symbol.asyncIterator in source);

/** All bytes from the start, piece by piece. */
export async function* readAll(source: FileSource): AsyncGenerator<Uint8Array> {
  if (!isStored(source)) {
    yield* source;
    return;
  }
  for (let offset = 0; offset < source.bytes; offset += PIECE_BYTES) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, source.bytes - offset));
    await source.read(piece, offset);
    yield piece;
  }
}

/** A file in memory. */
export function storeInMemory(bytes: Uint8Array): RandomAccess {
  return {
    bytes: bytes.length,
    read: async (target, offset) => {
      target.set(bytes.subarray(offset, offset + target.length));
    },
    close: async () => undefined,
  };
}
