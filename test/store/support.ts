import { Readable } from 'node:stream';
import { AppError, type ErrorCode } from '../../src/errors.ts';

/** The code of the AppError that a piece of work ends with; anything else is thrown on. */
export async function codeOf(work: Promise<unknown> | (() => unknown)): Promise<ErrorCode | 'no error'> {
  const error = await errorOf(work);
  return error?.code ?? 'no error';
}

export async function errorOf(work: Promise<unknown> | (() => unknown)): Promise<AppError | null> {
  try {
    await (typeof work === 'function' ? work() : work);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

export async function* piecesOf(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** The bytes in pieces of a size that fits nothing. */
export function cut(bytes: Uint8Array, size = 7): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

export const streamOf = (bytes: Uint8Array | string, size = 1024): Readable =>
  Readable.from(cut(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, size), { objectMode: false });

/** An IDX file: type code, shape, and the values' bytes. */
export function idxFile(type: number, shape: readonly number[], values: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, type, shape.length]);
  shape.forEach((axis, i) => header.writeUInt32BE(axis, 4 + 4 * i));
  return Buffer.concat([header, values]);
}
