import type { BullQueue } from './drivers/driver.ts';
import type { Report } from './logger.ts';
import type { StoredData } from './stored.ts';

export type AbortReason = 'cancel' | 'shutdown';

/** The jobs that a consumer is running, by id. */
export class RunningJobs {
  readonly #controllers = new Map<string, AbortController>();
  readonly #handled = new Set<Promise<unknown>>();

  get ids(): string[] {
    return [...this.#controllers.keys()];
  }

  /** Runs the work with a signal that `abort` can abort. */
  async run<T>(id: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#controllers.set(id, controller);
    const handled = work(controller.signal);
    this.#handled.add(handled);
    try {
      return await handled;
    } finally {
      this.#handled.delete(handled);
      // The same job may have been started again after its lock was lost.
      if (this.#controllers.get(id) === controller) this.#controllers.delete(id);
    }
  }

  abort(ids: readonly string[], reason: AbortReason): void {
    for (const id of ids) this.#controllers.get(id)?.abort(reason);
  }

  /** Resolves when all jobs that run now have ended. */
  async waitForAll(): Promise<void> {
    await Promise.allSettled(this.#handled);
  }
}

export interface CancelWatch {
  start(): void;
  stop(): void;
}

const POLL_MS = 500;

/** While jobs run, polls their data for a cancellation and aborts them with 'cancel'. */
export function watchCancellations(queue: BullQueue, running: RunningJobs, report: Report): CancelWatch {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = async (id: string): Promise<void> => {
    const job = await queue.getJob(id);
    if (job !== undefined && isCancelled(job.data)) running.abort([id], 'cancel');
  };
  const round = async (): Promise<void> => {
    try {
      await Promise.all(running.ids.map(look));
    } catch (error) {
      report('Running jobs could not be checked for cancellations', error);
    }
    timer = undefined;
    if (running.ids.length > 0) start();
  };
  const start = (): void => {
    if (stopped || timer !== undefined) return;
    timer = setTimeout(() => void round(), POLL_MS);
  };
  return {
    start,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

export function isCancelled(data: StoredData): boolean {
  return 'cancelRequestedAt' in data && data.cancelRequestedAt !== null;
}
