import type { Worker } from 'node:worker_threads';
import { AppError } from '../../errors.ts';
import type { Ingest, IngestOrder } from './order.ts';
import type { ThreadOutcome } from './protocol.ts';
import { createThreadPool, HEAP_MB, type ThreadPool } from './thread-pool.ts';
import { createTurnstile } from './turnstile.ts';

export interface ThreadOptions {
  /** The compiled module that a thread runs. */
  readonly entry: URL;
  readonly dataDir: string;
  /** Time limit for one upload, once all its bytes are stored. */
  readonly timeLimitMs: number;
  /** Uploads read at the same time; further ones wait. */
  readonly concurrency: number;
}

export interface IngestThreads {
  readonly ingest: Ingest;
  /** Ends threads that wait for an upload. */
  close(): Promise<void>;
}

/** Reads each upload in a thread, so that no file can block the event loop or exhaust the heap of the service. */
export function ingestInThreads(options: ThreadOptions): IngestThreads {
  const enter = createTurnstile(options.concurrency);
  const pool = createThreadPool(options.entry, options.dataDir);
  return {
    ingest: async (order, signal) => {
      const leave = await enter(signal);
      try {
        await runThread(pool, order, options.timeLimitMs, signal);
      } finally {
        leave();
      }
    },
    close: () => pool.close(),
  };
}

async function runThread(
  pool: ThreadPool,
  order: IngestOrder,
  timeLimitMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const thread = pool.take();
  let outcome: ThreadOutcome | undefined;
  try {
    thread.postMessage(order);
    outcome = await awaitOutcome(thread, timeLimitMs, signal);
  } finally {
    // Whoever removes the thread's files next must be the last one to touch them.
    if (outcome === undefined) await thread.terminate();
    else pool.keep(thread);
  }
  if (outcome.error !== null) throw AppError.fromJSON(outcome.error);
}

/** Errors: upload_too_slow, too_large, the signal's reason, unexpected ones of the thread. */
async function awaitOutcome(
  thread: Worker,
  timeLimitMs: number,
  signal?: AbortSignal,
): Promise<ThreadOutcome> {
  const { promise, resolve, reject } = defer<ThreadOutcome>();
  const abort = () => {
    reject(signal?.reason);
  };
  const timer = setTimeout(() => {
    reject(AppError.of('upload_too_slow', { seconds: timeLimitMs / 1000 }));
  }, timeLimitMs);
  const fail = (error: unknown) => {
    reject(describeFailure(error));
  };
  const exit = () => {
    reject(new Error('A thread that read an upload ended without an outcome.'));
  };
  thread.on('message', resolve).on('error', fail).on('exit', exit);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    thread.off('message', resolve).off('error', fail).off('exit', exit);
    signal?.removeEventListener('abort', abort);
  }
}

function defer<Value>() {
  let settle: { resolve: (value: Value) => void; reject: (reason: unknown) => void } | undefined;
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return {
    promise,
    resolve: (value: Value) => settle?.resolve(value),
    reject: (reason: unknown) => settle?.reject(reason),
  };
}

function describeFailure(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  const what = 'The memory needed to read the upload';
  return AppError.of('too_large', { what, limit: HEAP_MB, unit: 'MB' }, { cause: error });
}
