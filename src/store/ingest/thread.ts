import { Worker } from 'node:worker_threads';
import { AppError } from '../../errors.ts';
import type { Ingest } from './order.ts';
import type { ThreadInput, ThreadOutcome } from './protocol.ts';
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

/** Limits of V8's heap in each thread. Buffers are outside it: formats bound theirs. */
const HEAP_MB = 512;
const YOUNG_HEAP_MB = 32;

/** Reads each upload in a thread of its own, so that no file can block the event loop or exhaust the heap of the service. */
export function ingestInThreads(options: ThreadOptions): Ingest {
  const enter = createTurnstile(options.concurrency);
  return async (order, signal) => {
    const leave = await enter(signal);
    try {
      await runThread({ dataDir: options.dataDir, order }, options, signal);
    } finally {
      leave();
    }
  };
}

async function runThread(input: ThreadInput, options: ThreadOptions, signal?: AbortSignal): Promise<void> {
  const thread = new Worker(options.entry, {
    workerData: input,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
  });
  try {
    await awaitOutcome(thread, options.timeLimitMs, signal);
  } finally {
    // Whoever removes the thread's files next must be the last one to touch them.
    await thread.terminate();
  }
}

async function awaitOutcome(thread: Worker, timeLimitMs: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = defer();
  const abort = () => {
    reject(signal?.reason);
  };
  const timer = setTimeout(() => {
    reject(AppError.of('upload_too_slow', { seconds: timeLimitMs / 1000 }));
  }, timeLimitMs);
  thread.once('message', ({ error }: ThreadOutcome) => {
    if (error === null) resolve();
    else reject(AppError.fromJSON(error));
  });
  thread.once('error', (error) => {
    reject(describeFailure(error));
  });
  thread.once('exit', () => {
    reject(new Error('A thread that read an upload ended without an outcome.'));
  });
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

function defer() {
  let settle: { resolve: () => void; reject: (reason: unknown) => void } | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return {
    promise,
    resolve: () => settle?.resolve(),
    reject: (reason: unknown) => settle?.reject(reason),
  };
}

function describeFailure(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  const what = 'The memory needed to read the upload';
  return AppError.of('too_large', { what, limit: HEAP_MB, unit: 'MB' }, { cause: error });
}
