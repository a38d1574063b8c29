import { expect, test } from 'vitest';
import type { TrainJob } from '../../src/api/jobs/schemas.ts';
import type { Calls } from '../../src/cli/demo/calls.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { createPaperOrder, train } from '../../src/cli/demo/training.ts';

const QUEUED: TrainJob = {
  id: 'job_1',
  type: 'train',
  state: 'queued',
  model_id: 'model_1',
  dataset_id: 'mnist',
  created_at: '2024-01-01T00:00:00.000Z',
  started_at: null,
  finished_at: null,
  attempts: 0,
  progress: null,
  result: null,
  error: null,
  warnings: [],
};

/** A service whose job goes through these states and then succeeds. */
function trainingThrough(states: readonly Partial<TrainJob>[], epochs = 0) {
  const jobs = states.map((state) => ({ ...QUEUED, ...state }));
  const unused = async (): Promise<never> => Promise.reject(new Error('not a call of a training'));
  const calls: Calls = {
    createJob: async () => QUEUED,
    waitForJob: async (_, look) => {
      for (const job of jobs) await look?.(job);
      return jobs.at(-1) ?? QUEUED;
    },
    readMetrics: async (_, after = 0) =>
      Array.from({ length: epochs }, (_, i) => line(i + 1)).filter(({ step }) => step > after),
    encode: unused,
    elbo: unused,
    drawReconstructions: unused,
    drawSamples: unused,
  };
  const written: string[] = [];
  const display = createProgress({ write: (text) => written.push(text) }, {});
  return { written, result: train(calls, createPaperOrder(epochs), display) };
}

function line(epoch: number) {
  return {
    step: epoch * 600,
    epoch,
    time: '2024-01-01T00:00:00.000Z',
    train_elbo: -120 + epoch,
    validation_elbo: null,
    validation_log_likelihood: null,
    validation_kl_divergence: null,
    test_elbo: -110 + epoch,
    test_log_likelihood: null,
    test_kl_divergence: null,
    rows_per_second: 1000,
  };
}

test('a training that succeeds tells every epoch, also those between two looks', async () => {
  const progress = {
    step: 1800,
    total_steps: 1800,
    epoch: 3,
    epochs: 3,
    rows_per_second: 1000,
    train_elbo: -117,
    validation_elbo: null,
    seconds_left: 0,
    runtime: 'onnx/cpu',
    pid: 1,
  };
  const done: Partial<TrainJob> = {
    state: 'succeeded',
    started_at: '2024-01-01T00:00:00.000Z',
    finished_at: '2024-01-01T00:00:12.500Z',
    progress,
    result: { outcome: 'succeeded', step: 1800, validation_elbo: null, comparison: null },
  };
  const { written, result } = trainingThrough([{ state: 'running' }, done], 3);
  expect(await result).toMatchObject({
    modelId: 'model_1',
    seconds: 12.5,
    testBound: -107,
    runtime: 'onnx/cpu',
  });
  expect(written.map((text) => text.slice(0, 9))).toEqual(['epoch 1/3', 'epoch 2/3', 'epoch 3/3']);
});
