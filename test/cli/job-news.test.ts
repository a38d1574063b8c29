import { expect, it } from 'vitest';
import { announceRuns } from '../../src/cli/job-news.ts';
import { AppError } from '../../src/errors.ts';
import type { TrainProgress } from '../../src/queue/jobs.ts';
import { InterruptedError, type Processor } from '../../src/queue/queues.ts';
import { trainPayload } from '../queue/samples.ts';

const PROGRESS: TrainProgress = {
  step: 0,
  totalSteps: 100,
  epoch: 0,
  epochs: 5,
  rowsPerSecond: 1,
  trainElbo: null,
  validationElbo: null,
  secondsLeft: null,
  runtime: 'onnx/cpu',
  pid: 1,
};

/** What is told of a run of the processor. */
async function newsOf(processor: Processor<'train'>): Promise<{ told: string[]; reported: number[] }> {
  const told: string[] = [];
  const reported: number[] = [];
  const tell = (_values: object, message: string) => told.push(message.replace(/\(\d:\d\d\)/, '(time)'));
  const context = {
    jobId: 'job_1',
    attempt: 1,
    signal: new AbortController().signal,
    reportProgress: async ({ step }: TrainProgress) => void reported.push(step),
  };
  const run = announceRuns('train', processor, { info: tell, warn: tell })(context, trainPayload());
  await run.catch((error: unknown) => told.push(`threw ${(error as Error).name}`));
  return { told, reported };
}

it('a training tells when it starts, when an epoch is over, and how it ends', async () => {
  const { told, reported } = await newsOf(async (context) => {
    await context.reportProgress(PROGRESS);
    await context.reportProgress({
      ...PROGRESS,
      step: 20,
      epoch: 1,
      trainElbo: -120,
      validationElbo: -110.04,
    });
    await context.reportProgress({
      ...PROGRESS,
      step: 25,
      epoch: 1,
      trainElbo: -119,
      validationElbo: -110.04,
    });
    return { outcome: 'succeeded', step: 100, validationElbo: -100 };
  });
  const { datasetId } = trainPayload();
  expect(told).toEqual([
    `job_1 trains model_1 on ${datasetId}, 10 epochs`,
    'job_1 epoch 1 of 5, training bound -120.0 nats per row, validation bound -110.0 nats per row',
    'job_1 succeeded at step 100, validation bound -100.0 nats per row (time)',
  ]);
  expect(reported).toEqual([0, 20, 25]);
});

it('a failure that no retry mends is told with its reason, and thrown on', async () => {
  const values = { where: 'row 3', found: '-1', allowed: 'whole numbers' };
  const { told } = await newsOf(() => Promise.reject(AppError.of('data_invalid', values)));
  expect(told.slice(1)).toEqual([
    'job_1 failed: At row 3: found -1; allowed: whole numbers.',
    'threw AppError',
  ]);
});

it('a failure that the queue logs is not told twice', async () => {
  const { told } = await newsOf(() => Promise.reject(new Error('a bug')));
  expect(told.slice(1)).toEqual(['threw Error']);
});

it('an interrupted job says that it will continue', async () => {
  const { told } = await newsOf(() => Promise.reject(new InterruptedError()));
  expect(told.slice(1)).toEqual([
    'job_1 goes back to the queue and continues when a worker takes it',
    'threw InterruptedError',
  ]);
});
