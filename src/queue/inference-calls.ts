import { AppError } from '../errors.ts';
import { createId } from '../ids.ts';
import { createUnavailable, type BullEvents, type BullQueue } from './drivers/driver.ts';
import { parseFailure } from './failures.ts';
import { packPayload, unpackResult, type PackedResult } from './infer-packing.ts';
import type { Report } from './logger.ts';
import { INFER_VERSION, type InferAnswer, type InferOrder, type Operation } from './operations.ts';
import type { Reach } from './reach.ts';
import { ResultWaiters } from './result-waiters.ts';
import { INLINE_LIMIT, JOB_OPTIONS, measurePacked, type InferData, type InferReturn } from './stored.ts';

/** Events can be lost (trimmed stream, new connection), so jobs are also polled, a few at a time. */
const RECHECK_MS = 1_000;
const RECHECK_JOBS = 32;

/** Puts inference jobs on the queue and passes their results to the callers. */
export class InferenceCalls {
  readonly #queue: BullQueue;
  readonly #reach: Reach;
  readonly #report: Report;
  readonly #waiters: ResultWaiters;
  #timer: NodeJS.Timeout | undefined;
  #rechecking = false;

  constructor(queue: BullQueue, events: BullEvents, reach: Reach, report: Report) {
    this.#queue = queue;
    this.#reach = reach;
    this.#report = report;
    this.#waiters = new ResultWaiters((id) => {
      this.#remove(id);
    });
    events.on('completed', ({ jobId, returnvalue }) => {
      if (this.#waiters.has(jobId)) void this.#finish(jobId, returnvalue as InferReturn);
    });
    events.on('failed', ({ jobId, failedReason }) => {
      this.#waiters.fail(jobId, toCallError(failedReason));
    });
  }

  readonly infer = async <Name extends Operation>({
    timeoutMs,
    signal: _signal,
    ...order
  }: InferOrder<Name>): Promise<InferAnswer<Name>> => {
    const startedAt = performance.now();
    const payload = packPayload({ version: INFER_VERSION, timeLimitMs: timeoutMs, ...order });
    const data: InferData = { payload, result: null };
    const id = createId('req');
    const result = this.#waiters.wait(id, timeoutMs);
    this.#reach
      .call(() => this.#queue.add('infer', data, { ...JOB_OPTIONS.infer, jobId: id }))
      .then(
        () => {
          if (this.#waiters.sent(id)) this.#scheduleRecheck();
          else this.#remove(id);
        },
        (error: unknown) => {
          this.#waiters.fail(id, toError(error));
        },
      );
    const answer = unpackResult(order.operation, await result);
    return { ...answer, queueMs: Math.max(0, performance.now() - startedAt - answer.computeMs) };
  };

  /** Polls at once. If the queue can no longer be reached, all callers get that error. */
  recheck(): void {
    if (this.#rechecking) return;
    this.#rechecking = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const ids = this.#waiters.listOldest(RECHECK_JOBS);
    Promise.all(ids.map((id) => this.#ask(id)))
      .catch((error: unknown) => {
        this.#waiters.failAll(() => toError(error));
      })
      .finally(() => {
        this.#rechecking = false;
        this.#scheduleRecheck();
      });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiters.failAll(() => createUnavailable('this process is stopping'));
  }

  #scheduleRecheck(): void {
    if (this.#timer !== undefined || this.#rechecking || this.#waiters.size === 0) return;
    this.#timer = setTimeout(() => {
      this.recheck();
    }, RECHECK_MS);
  }

  async #ask(id: string): Promise<void> {
    const state = await this.#reach.call(() => this.#queue.getJobState(id));
    if (state === 'unknown') this.#waiters.fail(id, createUnavailable('it lost this job'));
    if (state !== 'completed' && state !== 'failed') return;
    const job = await this.#reach.call(() => this.#queue.getJob(id));
    if (state === 'failed') this.#waiters.fail(id, toCallError(job?.failedReason));
    else if (job !== undefined) await this.#finish(id, job.returnvalue as InferReturn);
  }

  async #finish(id: string, { inline }: InferReturn): Promise<void> {
    try {
      const result = inline ?? (await this.#readStoredResult(id));
      this.#waiters.succeed(id, result);
      if (inline === null || measurePacked(inline) > INLINE_LIMIT) this.#remove(id);
    } catch (error) {
      this.#waiters.fail(id, toError(error));
    }
  }

  async #readStoredResult(id: string): Promise<PackedResult> {
    const job = await this.#reach.call(() => this.#queue.getJob(id));
    const result = (job?.data as InferData | undefined)?.result ?? null;
    if (result === null) throw createUnavailable('it lost the result of this job');
    return result;
  }

  /** Large jobs are removed as soon as they are read, abandoned ones unless they are running; BullMQ expires the rest. */
  #remove(id: string): void {
    this.#reach
      .call(() => this.#queue.remove(id))
      .catch((error: unknown) => {
        // If this process is stopping, BullMQ expires the job.
        if (!this.#reach.closed) this.#report('An inference job could not be removed', error);
      });
  }
}

/** Callers send valid payloads, so a worker that refuses one is of another version: not the client's fault, and it passes. */
function toCallError(failedReason: string | undefined): AppError {
  const error = AppError.fromJSON(parseFailure(failedReason));
  if (error.code !== 'validation_failed') return error;
  const what = 'its workers run another version and do not understand this job';
  return AppError.of('not_ready', { what }, { problems: error.problems, cause: error });
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
