import { Worker } from 'node:worker_threads';
import { END_THREAD } from './protocol.ts';

/** Limits of V8's heap in each thread. Buffers are outside it: formats bound theirs. */
export const HEAP_MB = 512;
const YOUNG_HEAP_MB = 32;
/** An idle thread holds memory; to start one takes a good half second of processor time, for its modules. */
const IDLE_MS = 10_000;

export interface ThreadPool {
  /** A thread that does nothing else. */
  take(): Worker;
  /** Keeps the thread for a while, for the next upload. It must be doing nothing. */
  keep(thread: Worker): void;
  /** Ends the idle threads, and keeps none from here on. */
  close(): Promise<void>;
}

/** Threads that have read an upload to its end wait a while for the next one. Idle threads do not keep the process alive. */
export function createThreadPool(entry: URL, dataDir: string): ThreadPool {
  const idle = new Map<Worker, () => void>();
  let isClosed = false;
  return {
    take() {
      const [thread] = [...idle.keys()].slice(-1);
      if (thread === undefined) return startThread(entry, dataDir);
      idle.get(thread)?.();
      thread.ref();
      return thread;
    },
    keep(thread) {
      if (isClosed) {
        void endThread(thread);
        return;
      }
      const wake = () => {
        clearTimeout(timer);
        thread.off('error', wake).off('exit', wake);
        idle.delete(thread);
      };
      const timer = setTimeout(() => {
        wake();
        void endThread(thread);
      }, IDLE_MS).unref();
      thread.on('error', wake).on('exit', wake).unref();
      idle.set(thread, wake);
    },
    async close() {
      isClosed = true;
      const threads = [...idle.keys()];
      for (const wake of [...idle.values()]) wake();
      await Promise.all(threads.map(endThread));
    },
  };
}

/** An idle thread ends by itself: terminate() would interrupt it wherever it is. */
async function endThread(thread: Worker): Promise<void> {
  const ended = new Promise<void>((resolve) =>
    thread.once('exit', () => {
      resolve();
    }),
  );
  thread.on('error', () => undefined).ref();
  thread.postMessage(END_THREAD);
  await ended;
}

function startThread(entry: URL, dataDir: string): Worker {
  return new Worker(entry, {
    workerData: dataDir,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
  });
}
