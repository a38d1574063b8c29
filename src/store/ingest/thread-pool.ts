import { Worker } from 'node:worker_threads';

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
}

/** Threads that have read an upload to its end wait a while for the next one. Idle threads do not keep the process alive. */
export function createThreadPool(entry: URL, dataDir: string): ThreadPool {
  const idle = new Map<Worker, () => void>();
  return {
    take() {
      const [thread] = [...idle.keys()].slice(-1);
      if (thread === undefined) return startThread(entry, dataDir);
      idle.get(thread)?.();
      thread.ref();
      return thread;
    },
    keep(thread) {
      const end = () => {
        wake();
        void thread.terminate();
      };
      const timer = setTimeout(end, IDLE_MS).unref();
      const wake = () => {
        clearTimeout(timer);
        thread.off('error', end).off('exit', end);
        idle.delete(thread);
      };
      // Whatever happens to it until the next upload concerns nobody.
      thread.on('error', end).on('exit', end).unref();
      idle.set(thread, wake);
    },
  };
}

function startThread(entry: URL, dataDir: string): Worker {
  return new Worker(entry, {
    workerData: dataDir,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
  });
}
