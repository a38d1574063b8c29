import { WaitingError, Worker } from 'bullmq';
import { AppError, isRetryable } from '../errors.ts';
import { ADAPTERS, type Adapter } from './adapters.ts';
import { openBullQueue } from './bull-queue.ts';
import type { BullJob, BullWorker, QueueDriver } from './drivers/driver.ts';
import { toBullError, retryDelayMs } from './failures.ts';
import type { JobName } from './jobs.ts';
import type { QueueLogger, Report } from './logger.ts';
import { InterruptedError, type Consumer, type JobContext, type Processor } from './queues.ts';
import { RunningJobs, watchCancellations } from './running-jobs.ts';
import { MAX_STALLED, type StoredReturn } from './stored.ts';
import { settles, limitTime } from './time-limit.ts';

export interface ConsumerSettings {
  readonly concurrency: number;
  /** If a worker gives no sign of life for this long, another one takes over its job. */
  readonly lockDurationMs: number;
  readonly shutdownTimeoutMs: number;
}

interface Surroundings {
  readonly driver: QueueDriver;
  readonly logger: QueueLogger;
  readonly report: Report;
}

/** Progress reports are not worth a longer wait: a training continues while the server is away. */
const PROGRESS_LIMIT_MS = 1_000;
const CLOSE_LIMIT_MS = 5_000;

/** Takes jobs of one name and runs the processor on them. Only this file knows both BullMQ and processors. */
export function openConsumer<Name extends JobName>(
  name: Name,
  settings: ConsumerSettings,
  processor: Processor<Name>,
  { driver, logger, report }: Surroundings,
): Consumer {
  const running = new RunningJobs();
  const connection = driver.connectConsumer();
  const queue = openBullQueue(driver, connection, name, report);
  const cancellations = watchCancellations(queue, running, report);
  let stopping = false;

  const handle = async (job: BullJob, token: string | undefined): Promise<StoredReturn> => {
    const adapter: Adapter<Name> = ADAPTERS[name];
    if (stopping) return giveBack(job, token, report);
    const unrun = adapter.endUnrun(job);
    if (unrun !== null) return unrun;
    return running.run(readId(job), async (signal) => {
      cancellations.start();
      try {
        return await runProcessor(adapter, processor, job, signal, report);
      } catch (error) {
        if (!(error instanceof InterruptedError)) throw logFailure(error, job, logger);
        const cancelled = signal.reason === 'cancel' ? adapter.endCancelled(job) : null;
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
  // Another worker may take these jobs now, and two must not work on one model.
  worker.on('lockRenewalFailed', (ids) => {
    running.abort(ids, 'shutdown');
  });

  const stop = async (): Promise<void> => {
    stopping = true;
    await worker.pause(true);
    running.abort(running.ids, 'shutdown');
    const ended = await settles(running.waitForAll(), settings.shutdownTimeoutMs);
    if (!ended) logger.warn({ jobs: running.ids }, `The ${name} worker stops before its jobs have ended`);
    cancellations.stop();
    const reachable = await driver.waitUntilReady().then(
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
  const storeNews = (write: Promise<void>): Promise<void> =>
    limitTime(write, PROGRESS_LIMIT_MS, () => new Error('no answer')).catch((error: unknown) => {
      report('The progress of a job could not be stored', error);
    });
  await storeNews(adapter.begin(job));
  const context: JobContext<Name> = {
    jobId: readId(job),
    attempt: job.attemptsStarted,
    signal,
    reportProgress: (progress) => storeNews(adapter.storeProgress(job, progress)),
  };
  return adapter.finish(job, await processor(context, payload));
}

/** Puts the job back without using up an attempt. If its lock is lost, it is no longer ours to give back. */
async function giveBack(job: BullJob, token: string | undefined, report: Report): Promise<never> {
  await job.moveToWait(token).catch((error: unknown) => {
    report(
      'A job could not be given back to the queue; another worker takes it when its lock expires',
      error,
    );
  });
  throw new WaitingError();
}

/** Unexpected errors cross the queue as a bare `internal`, so their details are logged here, and so is why a job is retried. */
function logFailure(error: unknown, job: BullJob, logger: QueueLogger): Error {
  const details = { err: error, job: job.id, attempt: job.attemptsStarted };
  if (!(error instanceof AppError) || error.kind === 'internal') {
    logger.error(details, `A ${job.name} job failed`);
  } else if (isRetryable(error))
    logger.warn(details, `A ${job.name} job is interrupted by an error and will be retried`);
  return toBullError(error);
}

function readId(job: BullJob): string {
  return job.id ?? '';
}
