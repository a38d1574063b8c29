import { WaitingError, Worker } from 'bullmq';
import { AppError, isRetryable } from '../errors.ts';
import { ADAPTERS, type Adapter } from './adapters.ts';
import { openBullQueue } from './bull-queue.ts';
import type { BullJob, BullWorker, QueueDriver } from './drivers/driver.ts';
import { failureOf, retryDelayMs } from './failures.ts';
import type { JobName } from './jobs.ts';
import type { QueueLogger, Report } from './logger.ts';
import { InterruptedError, type Consumer, type JobContext, type Processor } from './queues.ts';
import { RunningJobs, watchCancellations } from './running-jobs.ts';
import { MAX_STALLED, type StoredReturn } from './stored.ts';
import { settles, within } from './time-limit.ts';

export interface ConsumerSettings {
  readonly concurrency: number;
  /** A job whose worker gave no sign of life for so long is taken up again by another one. */
  readonly lockDurationMs: number;
  readonly shutdownTimeoutMs: number;
}

interface Surroundings {
  readonly driver: QueueDriver;
  readonly logger: QueueLogger;
  readonly report: Report;
}

/** News of progress are not worth a longer wait: a training goes on while the server is away. */
const PROGRESS_LIMIT_MS = 1_000;
const CLOSE_LIMIT_MS = 5_000;

/** Takes jobs of one name and runs the processor on them: the one place that knows both BullMQ and processors. */
export function openConsumer<Name extends JobName>(
  name: Name,
  settings: ConsumerSettings,
  processor: Processor<Name>,
  { driver, logger, report }: Surroundings,
): Consumer {
  const running = new RunningJobs();
  const connection = driver.consuming();
  const queue = openBullQueue(driver, connection, name, report);
  const cancellations = watchCancellations(queue, running, report);
  let stopping = false;

  const handle = async (job: BullJob, token: string | undefined): Promise<StoredReturn> => {
    const adapter: Adapter<Name> = ADAPTERS[name];
    if (stopping) return giveBack(job, token, report);
    const unrun = adapter.unrun(job);
    if (unrun !== null) return unrun;
    return running.run(idOf(job), async (signal) => {
      cancellations.start();
      try {
        return await runProcessor(adapter, processor, job, signal, report);
      } catch (error) {
        if (!(error instanceof InterruptedError)) throw logged(error, job, logger);
        const cancelled = signal.reason === 'cancel' ? adapter.cancelled(job) : null;
        return cancelled ?? giveBack(job, token, report);
      }
    });
  };

  const worker: BullWorker = new Worker(
    name,
    handle,
    {
      ...connection,
      concurrency: settings.concurrency,
      lockDuration: settings.lockDurationMs,
      stalledInterval: settings.lockDurationMs / 2,
      maxStalledCount: MAX_STALLED[name],
      runRetryDelay: 1_000,
      settings: {
        backoffStrategy: (attempt, _type, failure) => retryDelayMs(failure ?? new Error(), attempt),
      },
    },
    driver.factory,
  );
  worker.on('error', (error) => {
    report(`The ${name} worker has a problem`, error);
  });
  // Another worker may take these up now: two must not work on one model.
  worker.on('lockRenewalFailed', (ids) => {
    running.abort(ids, 'shutdown');
  });

  const stop = async (): Promise<void> => {
    stopping = true;
    await worker.pause(true);
    running.abort(running.ids, 'shutdown');
    const ended = await settles(running.ended(), settings.shutdownTimeoutMs);
    if (!ended) logger.warn({ jobs: running.ids }, `The ${name} worker stops before its jobs have ended`);
    cancellations.stop();
    const reachable = await driver.ready().then(
      () => true,
      () => false,
    );
    await settles(Promise.all([worker.close(!ended || !reachable), queue.close()]), CLOSE_LIMIT_MS);
  };
  let closed: Promise<void> | undefined;
  return { close: () => (closed ??= stop()) };
}

async function runProcessor<Name extends JobName>(
  adapter: Adapter<Name>,
  processor: Processor<Name>,
  job: BullJob,
  signal: AbortSignal,
  report: Report,
): Promise<StoredReturn> {
  const payload = adapter.check(job.data.payload);
  const news = (write: Promise<void>): Promise<void> =>
    within(write, PROGRESS_LIMIT_MS, () => new Error('no answer')).catch((error: unknown) => {
      report('The progress of a job could not be stored', error);
    });
  await news(adapter.begin(job));
  const context: JobContext<Name> = {
    jobId: idOf(job),
    attempt: job.attemptsStarted,
    signal,
    reportProgress: (progress) => news(adapter.progress(job, progress)),
  };
  return adapter.finish(job, await processor(context, payload));
}

/** The job waits again and has lost no attempt. Where its lock is lost it is not ours to give back. */
async function giveBack(job: BullJob, token: string | undefined, report: Report): Promise<never> {
  await job.moveToWait(token).catch((error: unknown) => {
    report('A job could not be given back; it will be found when its lock has run out', error);
  });
  throw new WaitingError();
}

/** Errors that were not foreseen cross the queue as `internal` only; their story is told here. So is why a job starts anew. */
function logged(error: unknown, job: BullJob, logger: QueueLogger): Error {
  const details = { err: error, job: job.id, attempt: job.attemptsStarted };
  if (!(error instanceof AppError) || error.kind === 'internal') {
    logger.error(details, `A ${job.name} job failed`);
  } else if (isRetryable(error)) logger.warn(details, `A ${job.name} job could not go on`);
  return failureOf(error);
}

function idOf(job: BullJob): string {
  return job.id ?? '';
}
