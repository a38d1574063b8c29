import type { EvaluationNews } from '../../model/evaluation/evaluate.ts';
import { InterruptedError, type JobContext } from '../../queue/queues.ts';

const EVERY_MS = 400;

/** Reports the progress of an evaluation, and ends it if it is cancelled or its worker stops. */
export class EvaluationProgress {
  readonly #context: JobContext<'evaluate'>;
  readonly #runtime: string;
  readonly #startedAt = performance.now();
  #toldAt = -Infinity;

  constructor(context: JobContext<'evaluate'>, runtime: string) {
    this.#context = context;
    this.#runtime = runtime;
  }

  async tell({ measure, rowsDone, rows, share }: EvaluationNews): Promise<void> {
    // Lets messages (cancel, shutdown) in: a run on the runtime blocks the thread.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#context.signal.aborted) throw new InterruptedError();
    const now = performance.now();
    if (now - this.#toldAt < EVERY_MS && share < 1) return;
    this.#toldAt = now;
    const seconds = (now - this.#startedAt) / 1000;
    await this.#context.reportProgress({
      measure,
      rowsDone,
      rows,
      secondsLeft: share > 0 ? (seconds / share) * (1 - share) : null,
      runtime: this.#runtime,
      pid: process.pid,
    });
  }
}
