import { createHash } from 'node:crypto';
import { AppError } from '../../src/errors.ts';
import type { StoreDriver } from '../../src/store/driver.ts';

/** Blobs in memory. */
export function memoryDriver(): StoreDriver {
  const blobs = new Map<string, Buffer>();
  const writes = new Map<string, number>();
  let write = 0;
  const count = (key: string) => {
    for (let end = key.length; end > 0; end = key.lastIndexOf('/', end - 1))
      writes.set(key.slice(0, end), ++write);
  };
  const read = (key: string): Buffer => {
    const found = blobs.get(key);
    if (found === undefined) throw AppError.of('blob_not_found', { key });
    return found;
  };
  return {
    read: async (key) => read(key),
    write: async (key, source) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of source instanceof Uint8Array ? [source] : source) pieces.push(piece);
      const bytes = Buffer.concat(pieces);
      blobs.set(key, bytes);
      count(key);
      return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
    },
    append: async (key, line) => {
      blobs.set(key, Buffer.concat([blobs.get(key) ?? Buffer.alloc(0), Buffer.from(`${line}\n`)]));
      count(key);
    },
    version: async (key) => {
      const isThere = blobs.has(key) || [...blobs.keys()].some((other) => other.startsWith(`${key}/`));
      return isThere ? String(writes.get(key)) : null;
    },
    list: async (prefix) => {
      const start = prefix === '' ? '' : `${prefix}/`;
      const below = [...blobs.keys()].filter((key) => key.startsWith(start));
      return [...new Set(below.map((key) => key.slice(start.length).split('/')[0] ?? ''))].sort();
    },
    remove: async (prefix) => {
      for (const key of [...blobs.keys()])
        if (key === prefix || key.startsWith(`${prefix}/`)) blobs.delete(key);
      count(prefix);
    },
    open: async (key) => {
      const bytes = read(key);
      return {
        bytes: bytes.length,
        read: async (target, offset) => {
          target.set(bytes.subarray(offset, offset + target.length));
        },
        close: async () => undefined,
      };
    },
  };
}
