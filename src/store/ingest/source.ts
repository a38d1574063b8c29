import type { Readable } from 'node:stream';
import type { StoreDriver } from '../driver.ts';
import { limitBytes } from '../formats/limits.ts';

/** Read at a time. */
const PIECE_BYTES = 2 ** 18;

/** The bytes of a blob, piece by piece. Errors: blob_not_found. */
export async function* readBlob(driver: StoreDriver, key: string): AsyncGenerator<Uint8Array> {
  const blob = await driver.open(key);
  try {
    for (let offset = 0; offset < blob.bytes; offset += PIECE_BYTES) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, blob.bytes - offset));
      await blob.read(piece, offset);
      yield piece;
    }
  } finally {
    await blob.close();
  }
}

/** Stores the bytes of an upload as they come, no faster than the disk takes them. Errors: too_large, those of the source. */
export async function spoolUpload(
  driver: StoreDriver,
  key: string,
  source: Readable,
  maxBytes: number,
): Promise<{ sha256: string; bytes: number }> {
  try {
    return await driver.write(key, limitBytes(toPieces(source), 'The upload', maxBytes));
  } finally {
    source.destroy();
  }
}

async function* toPieces(source: Readable): AsyncGenerator<Uint8Array> {
  for await (const piece of source as AsyncIterable<Uint8Array | string>) {
    yield typeof piece === 'string' ? Buffer.from(piece) : piece;
  }
}
