import { AppError, isRetryable } from '../errors.ts';
import { DEFAULT_EPOCHS, type TrainingSpec } from '../model/specification.ts';
import type { JobName, JobTypes } from '../queue/jobs.ts';
import { InterruptedError, type Processor, type QueueBackend } from '../queue/queues.ts';
import { formatClock, formatNats } from './format.ts';

interface Stage {
  readonly name: string | number;
  readonly text: string;
}

/** The words for a job's log lines. */
interface JobWords<Name extends JobName> {
  readonly start: (payload: JobTypes[Name]['payload']) => string;
  /** The job's current stage. Each new stage is logged once. */
  readonly stage: (progress: JobTypes[Name]['progress']) => Stage;
  readonly end: (result: JobTypes[Name]['result']) => string;
}

const APPLIES = { score: 'scores', encode: 'encodes', impute: 'fills in' } as const;

const WORDS: { readonly [Name in JobName]: JobWords<Name> | null } = {
  train: {
    start: ({ training, modelId, datasetId }) =>
      `trains ${modelId} on ${datasetId}, ${describeBudget(training)}`,
    stage: ({ step, totalSteps, epoch, epochs, trainElbo, validationElbo }) => ({
      name: epochs === null ? step : epoch,
      text: `${epochs === null ? `step ${step} of ${totalSteps}` : `epoch ${epoch} of ${epochs}`}${describeBound('training', trainElbo)}${describeBound('validation', validationElbo)}`,
    }),
    end: ({ outcome, step, validationElbo, comparison }) =>
      `${outcome} at step ${step}${describeBound('validation', validationElbo)}${comparison ? `. ${comparison.summary}` : ''}`,
  },
  evaluate: {
    start: ({ modelId, datasetId }) => `evaluates ${modelId} on ${datasetId}`,
    stage: ({ measure }) => ({ name: measure, text: `measures ${measure}` }),
    end: ({ outcome }) => outcome,
  },
  apply: {
    start: ({ task, modelId, datasetId }) =>
      task.type === 'sample'
        ? `draws ${task.count} rows from ${modelId}`
        : `${APPLIES[task.type]} ${datasetId} with ${modelId}`,
    stage: ({ rowsDone, rows }) => ({ name: rowsDone, text: `${rowsDone} of ${rows} rows` }),
    end: (result) =>
      result.outcome === 'succeeded'
        ? `succeeded: ${result.rows} rows, ${result.bytes} bytes`
        : result.outcome,
  },
  // The lines of their jobs are enough.
  part: null,
  // The line of the request is enough.
  infer: null,
};

function describeBudget({ epochs = DEFAULT_EPOCHS, steps }: TrainingSpec): string {
  if (steps !== undefined) return `${steps} ${steps === 1 ? 'step' : 'steps'}`;
  return `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;
}

const describeBound = (rows: string, elbo: number | null): string =>
  elbo === null ? '' : `, ${rows} bound ${formatNats(elbo)} nats per row`;

/** Minimum time between two stages of a job in the log: small data sets have many epochs a second. */
const PROGRESS_EVERY_MS = 2_000;

interface NewsLog {
  info(values: object, message: string): void;
  warn(values: object, message: string): void;
}

/** Wraps the queue so that its jobs are logged. */
export function announceJobs(queue: QueueBackend, log: NewsLog): QueueBackend {
  return {
    kind: queue.kind,
    openProducer: () => queue.openProducer(),
    openParts: () => queue.openParts(),
    consume: (name, options, processor) => queue.consume(name, options, announceRuns(name, processor, log)),
    close: () => queue.close(),
  };
}

/** Wraps the processor so that each run is logged. */
export function announceRuns<Name extends JobName>(
  name: Name,
  processor: Processor<Name>,
  log: NewsLog,
): Processor<Name> {
  const words: JobWords<Name> | null = WORDS[name];
  if (words === null) return processor;
  return async (context, payload) => {
    const tell = (text: string): void => {
      log.info({}, `${context.jobId} ${text}`);
    };
    const started = performance.now();
    // Before the end of the first epoch there is nothing to log.
    let [told, toldAt]: [Stage['name'], number] = [0, -Infinity];
    const reportProgress: typeof context.reportProgress = (progress) => {
      const stage = words.stage(progress);
      if (stage.name !== told && performance.now() - toldAt > PROGRESS_EVERY_MS) {
        tell(stage.text);
        [told, toldAt] = [stage.name, performance.now()];
      }
      return context.reportProgress(progress);
    };
    tell(words.start(payload));
    try {
      const result = await processor({ ...context, reportProgress }, payload);
      tell(`${words.end(result)} (${formatClock((performance.now() - started) / 1000)})`);
      return result;
    } catch (error) {
      announceFailure(error, context.jobId, log);
      throw error;
    }
  };
}

/** The queue logs retried and unexpected failures. */
function announceFailure(error: unknown, jobId: string, log: NewsLog): void {
  if (error instanceof InterruptedError) {
    log.info({}, `${jobId} goes back to the queue and continues when a worker takes it`);
  } else if (error instanceof AppError && error.kind !== 'internal' && !isRetryable(error)) {
    log.warn({}, `${jobId} failed: ${error.message}`);
  }
}
