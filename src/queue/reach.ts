import { AppError } from '../errors.ts';
import { createUnavailable, type QueueDriver } from './drivers/driver.ts';

/** A server that does not answer a command for this long counts as unreachable. */
const ANSWER_LIMIT_MS = 10_000;

type End = (error: AppError) => void;

/**
 * Runs operations on the queue. Errors: queue_unavailable if the server does not answer for long, at once if this is closed,
 * and for any error that is not an AppError, which means that the queue cannot be reached.
 */
export class Reach {
  readonly #driver: QueueDriver;
  readonly #open = new Set<End>();
  #closed = false;

  constructor(driver: QueueDriver) {
    this.#driver = driver;
  }

  get closed(): boolean {
    return this.#closed;
  }

  async call<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#closed) throw createStopping();
    const { end, ended } = createEnding();
    this.#open.add(end);
    const timer = setTimeout(() => {
      end(createUnavailable('it does not answer'));
    }, ANSWER_LIMIT_MS);
    try {
      const outcome = this.#driver.waitUntilReady().then(() => (this.#closed ? ended : operation()));
      return await Promise.race([outcome, ended]);
    } catch (error) {
      throw error instanceof AppError ? error : createUnavailable('the connection failed', error);
    } finally {
      clearTimeout(timer);
      this.#open.delete(end);
    }
  }

  close(): void {
    this.#closed = true;
    for (const end of this.#open) end(createStopping());
  }
}

const createStopping = (): AppError => createUnavailable('this process is stopping');

function createEnding(): { end: End; ended: Promise<never> } {
  let end: End = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    end = reject;
  });
  return { end, ended };
}
