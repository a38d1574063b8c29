import { PassThrough } from 'node:stream';
import type { StoreDriver } from '../driver.ts';

/** Writes a blob that is there once it is finished. */
export interface BlobWriter {
  /** Resolves when there is room for more. Errors: those of the driver. */
  add(bytes: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  /** Leaves no blob. To be called if something else failed. */
  abort(): Promise<void>;
}

const ABORTED = new Error('The blob is not wanted any more.');

export function openBlobWriter(driver: StoreDriver, key: string): BlobWriter {
  const stream = new PassThrough();
  const written = driver.write(key, stream as AsyncIterable<Uint8Array>);
  stream.on('error', () => undefined);
  // Whoever waits for room or for the end gets the error.
  written.catch(() => undefined);
  return {
    add: async (bytes) => {
      if (stream.write(bytes)) return;
      await Promise.race([written, new Promise((resolve) => stream.once('drain', resolve))]);
    },
    finish: async () => {
      stream.end();
      await written;
    },
    abort: async () => {
      stream.destroy(ABORTED);
      await written.catch(() => undefined);
    },
  };
}
