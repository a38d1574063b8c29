import { open, mkdtemp, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import type { RandomAccess } from '../driver.ts';

/**
 * Writes a stream to a temporary file, to be read at any place. The file has no name any more once it is open, so a killed
 * process leaves nothing behind (except on Windows). Errors: those of the source, store_full.
 */
export async function spool(source: AsyncIterable<Uint8Array>, folder = tmpdir()): Promise<RandomAccess> {
  const place = await mkdtemp(join(folder, 'aevb-'));
  let file: FileHandle | undefined;
  try {
    file = await open(join(place, 'spooled'), 'w+');
    if (process.platform !== 'win32') await rm(place, { recursive: true });
    let bytes = 0;
    for await (const piece of source) {
      await writeAll(file, piece);
      bytes += piece.length;
    }
    return readFrom(file, bytes, place);
  } catch (error) {
    await file?.close();
    await rm(place, { recursive: true, force: true });
    throw isFull(error) ? AppError.of('store_full', { key: 'a temporary file', code: error.code }) : error;
  }
}

async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length;) at += (await file.write(piece, at)).bytesWritten;
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const isFull = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && 'code' in error && FULL.has(String(error.code));

function readFrom(file: FileHandle, bytes: number, place: string): RandomAccess {
  return {
    bytes,
    read: async (target, offset) => {
      for (let at = 0; at < target.length;) {
        const { bytesRead } = await file.read(target, at, target.length - at, offset + at);
        if (bytesRead === 0) throw new RangeError('Read beyond the end of a temporary file.');
        at += bytesRead;
      }
    },
    close: async () => {
      await file.close();
      await rm(place, { recursive: true, force: true });
    },
  };
}
