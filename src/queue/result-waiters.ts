import { AppError } from '../errors.ts';
import type { PackedResult } from './infer-packing.ts';

interface Waiter {
  readonly resolve: (result: PackedResult) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
  /** The job is known to be in the queue: if it is not found there later, it is lost. */
  markSent: boolean;
}

/** Callers that wait for the result of an inference job, by its id. Each gets exactly one result, error or timeout. */
export class ResultWaiters {
  readonly #waiters = new Map<string, Waiter>();
  readonly #abandoned: (id: string) => void;

  /** @param abandoned called with jobs whose caller timed out. */
  constructor(abandoned: (id: string) => void) {
    this.#abandoned = abandoned;
  }

  get size(): number {
    return this.#waiters.size;
  }

  has(id: string): boolean {
    return this.#waiters.has(id);
  }

  /** Errors: inference_timeout, and those passed to `fail`. */
  wait(id: string, timeoutMs: number): Promise<PackedResult> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.fail(id, AppError.of('inference_timeout', { seconds: timeoutMs / 1000 }));
        this.#abandoned(id);
      }, timeoutMs);
      this.#waiters.set(id, { resolve, reject, timer, markSent: false });
    });
  }

  /** Whether a caller still waits for the job. */
  sent(id: string): boolean {
    const waiter = this.#waiters.get(id);
    if (waiter !== undefined) waiter.markSent = true;
    return waiter !== undefined;
  }

  succeed(id: string, result: PackedResult): void {
    this.#take(id)?.resolve(result);
  }

  fail(id: string, error: Error): void {
    this.#take(id)?.reject(error);
  }

  failAll(error: (id: string) => Error): void {
    for (const id of [...this.#waiters.keys()]) this.fail(id, error(id));
  }

  /** Up to `count` sent jobs, least recently polled first. */
  listOldest(count: number): string[] {
    const ids: string[] = [];
    for (const [id, waiter] of this.#waiters) {
      if (ids.length >= count) break;
      if (waiter.markSent) ids.push(id);
    }
    for (const id of ids) {
      const waiter = this.#waiters.get(id);
      this.#waiters.delete(id);
      if (waiter !== undefined) this.#waiters.set(id, waiter);
    }
    return ids;
  }

  #take(id: string): Waiter | undefined {
    const waiter = this.#waiters.get(id);
    this.#waiters.delete(id);
    clearTimeout(waiter?.timer);
    return waiter;
  }
}
