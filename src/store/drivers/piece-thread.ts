import { openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

/** What a thread is asked to read: pieces of one length, one after another into shared memory. */
export interface PieceOrder {
  readonly offsets: Float64Array;
  readonly length: number;
  readonly target: SharedArrayBuffer;
  /** Where the first piece goes. */
  readonly start: number;
}
/** Null, or what went wrong. */
export type PieceOutcome = { readonly shortAt: number } | { readonly error: Error } | null;

const file = openSync(workerData as string, 'r');

/** Reads with blocking calls: nobody waits on this thread, and no piece needs a promise. */
function read({ offsets, length, target, start }: PieceOrder): PieceOutcome {
  try {
    for (let i = 0; i < offsets.length;) {
      // Neighbouring pieces are read together.
      const offset = offsets[i] ?? 0;
      let count = 1;
      while (offsets[i + count] === offset + count * length) count += 1;
      const into = new Uint8Array(target, start + i * length, count * length);
      for (let done = 0; done < into.length;) {
        const bytes = readSync(file, into, done, into.length - done, offset + done);
        if (bytes === 0) return { shortAt: offset + into.length };
        done += bytes;
      }
      i += count;
    }
    return null;
  } catch (error) {
    return { error: error as Error };
  }
}

parentPort?.on('message', (order: PieceOrder) => parentPort?.postMessage(read(order)));
