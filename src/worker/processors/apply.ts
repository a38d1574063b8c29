import { setTimeout } from 'node:timers/promises';
import { AppError, isRetryable } from '../../errors.ts';
import { describeTaskColumns, listColumns } from '../../model/dataset.ts';
import { countPasses } from '../../model/specification.ts';
import { PAYLOAD_VERSIONS, type ApplyPayload, type ApplyResult, type PartPayload } from '../../queue/jobs.ts';
import {
  InterruptedError,
  type JobContext,
  type JobViewOf,
  type PartOrders,
  type Processor,
} from '../../queue/queues.ts';
import { countResultParts, type ResultPlan } from '../../store/results.ts';
import type { Store } from '../../store/store.ts';
import { createDamageWarning } from '../damage.ts';
import { refuseBadRows } from '../apply/bad-rows.ts';

/** Parts on the queue at a time: enough for many workers, few enough that a cancelled job ends soon. */
const PARTS_AHEAD = 32;
/** A job waits this long between looks, and less as long as that is more than a share of its time so far. */
const [SHORTEST_POLL_MS, POLL_MS] = [20, 200];
const POLL_SHARE = 1 / 16;
const REPORT_EVERY_MS = 500;
const DISCARD_LIMIT_MS = 10_000;
/** A part takes some seconds: little is lost with a worker, and the queue costs next to nothing. */
const PASSES_OF_PART = 2 ** 19;
const VALUES_OF_PART = 2 ** 21;
const [FEWEST_ROWS, MOST_ROWS] = [512, 65_536];

export interface ApplyDependencies {
  readonly store: Store;
  readonly parts: PartOrders;
  readonly warn: (message: string) => void;
  /** Most rows of a part. Default: 65,536. */
  readonly mostRows?: number;
}

/**
 * Divides a job into parts that any worker may take, and makes one file of them. It computes nothing itself. A job that starts again
 * goes on with the parts that are missing.
 */
export function createApplyProcessor(dependencies: ApplyDependencies): Processor<'apply'> {
  return async (context, payload) => {
    const run = new ApplyRun(dependencies, context, payload);
    try {
      return await run.finish();
    } catch (error) {
      if (error instanceof InterruptedError) {
        if (context.signal.reason !== 'cancel') throw error;
        await run.discard();
        return { outcome: 'cancelled' };
      }
      if (!isRetryable(error)) await run.discard();
      throw error;
    }
  };
}

class ApplyRun {
  readonly #store: Store;
  readonly #parts: PartOrders;
  readonly #warn: (message: string) => void;
  readonly #mostRows: number;
  readonly #context: JobContext<'apply'>;
  readonly #payload: ApplyPayload;
  readonly #startedAt = performance.now();
  #reportedAt = -Infinity;
  /** Rows that were there when this run started. */
  #rowsBefore: number | null = null;
  #ordered = new Set<PartPayload['part']>();

  constructor(
    { store, parts, warn, mostRows = MOST_ROWS }: ApplyDependencies,
    context: JobContext<'apply'>,
    payload: ApplyPayload,
  ) {
    this.#store = store;
    this.#parts = parts;
    this.#warn = warn;
    this.#mostRows = mostRows;
    this.#context = context;
    this.#payload = payload;
  }

  async finish(): Promise<ApplyResult> {
    const { results } = this.#store;
    const { jobId } = this.#context;
    const plan = await results.plan(jobId, () => this.#makePlan());
    for (;;) {
      const done = new Set(await results.listParts(jobId));
      await this.#report(plan, done.size);
      const missing = Array.from({ length: countResultParts(plan) }, (_, part) => part).filter(
        (part) => !done.has(part),
      );
      if (missing.length === 0) break;
      await this.#advance(missing.slice(0, PARTS_AHEAD));
      await this.#wait();
    }
    const { rows, bad_rows: badRows, bytes } = await results.finish(jobId);
    const datasetId = await this.#makeDataset(badRows);
    return { outcome: 'succeeded', step: plan.step, rows, badRows, bytes, datasetId };
  }

  /** Nobody needs what is there any more. */
  async discard(): Promise<void> {
    const ids = [...this.#ordered].map((part) => this.#idOf(part));
    for (const id of ids) await this.#parts.cancel(id);
    // A part that still runs would write its file afterwards.
    const until = performance.now() + DISCARD_LIMIT_MS;
    for (const id of ids) {
      while ((await this.#parts.get(id))?.state === 'running' && performance.now() < until)
        await setTimeout(POLL_MS);
    }
    await this.#store.results.remove(this.#context.jobId);
  }

  async #makePlan(): Promise<ResultPlan> {
    const { modelId, checkpoint, datasetId, task, format, datasetName } = this.#payload;
    const model = await this.#store.models.get(modelId);
    const dataset = task.type === 'sample' ? null : await this.#store.datasets.get(datasetId);
    const columns = describeTaskColumns({ task, model, dataset, onlyLatents: datasetName !== null });
    const rows = task.type === 'sample' ? task.count : (dataset?.rows ?? 0);
    const fitting = Math.min(PASSES_OF_PART / countPasses(task), VALUES_OF_PART / model.data_size);
    return {
      step: await this.#findStep(modelId, checkpoint),
      rows,
      part_rows: Math.min(this.#mostRows, Math.max(FEWEST_ROWS, 512 * Math.floor(fitting / 512))),
      format,
      columns: listColumns(columns, format),
    };
  }

  /** Errors: model_not_ready, checkpoint_not_found. */
  async #findStep(id: string, which: ApplyPayload['checkpoint']): Promise<number> {
    const onCorrupt = createDamageWarning(this.#warn);
    for await (const { step } of this.#store.models.listCandidates(id, which, onCorrupt)) return step;
    throw typeof which === 'number'
      ? AppError.of('checkpoint_not_found', { id, step: which })
      : AppError.of('model_not_ready', { id });
  }

  /** Orders parts that were not ordered yet. Errors: those of a part that failed. */
  async #advance(missing: readonly PartPayload['part'][]): Promise<void> {
    for (const part of missing) {
      const id = this.#idOf(part);
      if (!this.#ordered.has(part)) {
        await this.#parts.enqueue(id, this.#describePart(part));
        this.#ordered.add(part);
        continue;
      }
      const view = await this.#parts.get(id);
      if (view === null) this.#ordered.delete(part);
      else if (await this.#isLost(view, part)) {
        await this.#parts.forget(id);
        this.#ordered.delete(part);
      }
    }
  }

  /** Whether a part has ended without being there: it was cancelled by an earlier run, or its file was removed. Errors: its own. */
  async #isLost({ state, error }: JobViewOf<'part'>, part: PartPayload['part']): Promise<boolean> {
    if (state === 'failed' && error !== null) throw AppError.fromJSON(error);
    if (state !== 'succeeded' && state !== 'cancelled') return false;
    if (part === 'dataset') return state === 'cancelled';
    return (await this.#store.results.readPart(this.#context.jobId, part)) === null;
  }

  async #makeDataset(badRows: number): Promise<string | null> {
    if (this.#payload.datasetName === null) return null;
    refuseBadRows(badRows);
    for (;;) {
      await this.#advance(['dataset']);
      const view = await this.#parts.get(this.#idOf('dataset'));
      if (view?.result?.outcome === 'succeeded') return view.result.datasetId;
      await this.#wait();
    }
  }

  #describePart(part: PartPayload['part']): PartPayload {
    const { modelId, datasetId, task, datasetName } = this.#payload;
    const { jobId } = this.#context;
    return { version: PAYLOAD_VERSIONS.part, jobId, part, modelId, datasetId, task, datasetName };
  }

  #idOf(part: PartPayload['part']): string {
    return `${this.#context.jobId}-${part}`;
  }

  /** Errors: InterruptedError. */
  async #wait(): Promise<void> {
    const { signal } = this.#context;
    const soFar = performance.now() - this.#startedAt;
    const waitMs = Math.min(POLL_MS, Math.max(SHORTEST_POLL_MS, soFar * POLL_SHARE));
    // Only the signal ends it early.
    await setTimeout(waitMs, undefined, { signal }).catch(() => {
      throw new InterruptedError();
    });
  }

  async #report(plan: ResultPlan, partsDone: number): Promise<void> {
    const rowsDone = Math.min(plan.rows, partsDone * plan.part_rows);
    this.#rowsBefore ??= rowsDone;
    const now = performance.now();
    if (now - this.#reportedAt < REPORT_EVERY_MS && rowsDone < plan.rows) return;
    this.#reportedAt = now;
    const rowsPerSecond = ((rowsDone - this.#rowsBefore) / Math.max(1, now - this.#startedAt)) * 1000;
    await this.#context.reportProgress({
      rowsDone,
      rows: plan.rows,
      rowsPerSecond,
      secondsLeft: rowsPerSecond > 0 ? (plan.rows - rowsDone) / rowsPerSecond : null,
    });
  }
}
