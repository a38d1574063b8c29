import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { PieceOrder, PieceOutcome } from './piece-thread.ts';

/** Several, so that a disk can work on several reads at a time. */
const THREADS = 4;

/** Reads many small pieces of a file in threads of its own, while this thread computes. */
export class PieceThreads {
  readonly #path: string;
  readonly #entry: URL;
  #threads: (Worker | undefined)[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  /** @param entry the compiled piece-thread.ts. */
  constructor(path: string, entry: URL) {
    this.#path = path;
    this.#entry = entry;
  }

  /** Fills `target` with the pieces of `length` bytes at these offsets. Returns where the file ends too early, or null. */
  read(target: Uint8Array, offsets: Float64Array, length: number): Promise<number | null> {
    const result = this.#turn.then(() => this.#read(target, offsets, length));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    const threads = this.#threads.splice(0).filter((thread) => thread !== undefined);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  async #read(target: Uint8Array, offsets: Float64Array, length: number): Promise<number | null> {
    const shared = new SharedArrayBuffer(offsets.length * length);
    const share = Math.ceil(offsets.length / THREADS);
    const outcomes = await Promise.all(
      Array.from({ length: Math.ceil(offsets.length / share) }, (_, i) => {
        const own = offsets.slice(i * share, (i + 1) * share);
        return this.#ask(i, { offsets: own, length, target: shared, start: i * share * length });
      }),
    );
    for (const outcome of outcomes) {
      if (outcome === null) continue;
      if ('error' in outcome) throw outcome.error;
      return outcome.shortAt;
    }
    target.set(new Uint8Array(shared));
    return null;
  }

  async #ask(i: number, order: PieceOrder): Promise<PieceOutcome> {
    const thread = (this.#threads[i] ??= this.#start());
    thread.ref();
    thread.postMessage(order);
    const [outcome] = (await once(thread, 'message')) as [PieceOutcome];
    thread.unref();
    return outcome;
  }

  #start(): Worker {
    const thread = new Worker(this.#entry, { workerData: this.#path });
    // A thread that ends is replaced by the next read; the one that waits for it gets the error.
    thread.once('exit', () => {
      this.#threads = this.#threads.map((one) => (one === thread ? undefined : one));
    });
    return thread;
  }
}
