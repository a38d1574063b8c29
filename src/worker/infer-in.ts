import { AppError } from '../errors.ts';
import { createId } from '../ids.ts';
import { INFER_VERSION, type InferAnswer, type InferOrder, type Operation } from '../queue/operations.ts';
import type { Infer, JobContext } from '../queue/queues.ts';
import { limitTime } from '../queue/time-limit.ts';
import type { ProcessPool } from './child/child-process.ts';

/**
 * Runs inferences in processes of this worker, without a queue between. If a process ends, another one tries once more: the order
 * may have come to it too late.
 */
export function inferIn(pool: ProcessPool): Infer {
  return async <Name extends Operation>({ timeoutMs, signal, ...order }: InferOrder<Name>) => {
    const startedAt = performance.now();
    const payload = { version: INFER_VERSION, timeLimitMs: timeoutMs, ...order } as const;
    const run = () => pool.run('infer', createContext(signal), payload);
    const tried = run().catch((error: unknown) => {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof AppError && error.code === 'worker_process_died') return run();
      throw error;
    });
    const result = await limitTime(tried, timeoutMs, () =>
      AppError.of('inference_timeout', { seconds: timeoutMs / 1000 }),
    );
    const queueMs = Math.max(0, performance.now() - startedAt - result.computeMs);
    // The process answers the operation that it was asked for.
    return { ...result, queueMs } as unknown as InferAnswer<Name>;
  };
}

/** Such a job ends with its caller's patience, and reports nothing. */
function createContext(signal = new AbortController().signal): JobContext<'infer'> {
  return {
    jobId: createId('req'),
    attempt: 1,
    signal,
    reportProgress: () => Promise.resolve(),
  };
}
