import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../errors.ts';
import { limitBytes } from './limits.ts';

const CHUNK_BYTES = 64 * 1024;

export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/**
 * Decompresses with bounded memory. Errors: too_large beyond `limit` decompressed bytes (a small file may unpack to a
 * thousand times its size); data_invalid if the stream is damaged, cut short or followed by something else.
 */
export async function* gunzip(source: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let given = 0;
  const counted = async function* () {
    for await (const piece of source) {
      given += piece.length;
      yield piece;
    }
  };
  const inflate = createGunzip({ chunkSize: CHUNK_BYTES });
  // An error of the source also ends the loop below, which throws it.
  pipeline(counted, inflate).catch(() => undefined);
  try {
    yield* limitBytes(inflate as AsyncIterable<Uint8Array>, 'The decompressed data', limit);
  } catch (error) {
    throw isDamage(error) ? damaged(inflate.bytesWritten, error) : error;
  }
  if (inflate.bytesWritten < given) {
    const where = `byte ${inflate.bytesWritten} of the gzip file`;
    throw AppError.of('data_invalid', { where, found: 'more bytes', allowed: 'the end of the file' });
  }
}

const isDamage = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');

const damaged = (offset: number, cause: Error): AppError =>
  AppError.of(
    'data_invalid',
    {
      where: `byte ${offset} of the gzip file`,
      found: `a damaged stream (${cause.message})`,
      allowed: 'a whole gzip file',
    },
    { cause },
  );
