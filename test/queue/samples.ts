import { compileCheck } from '../../src/validation.ts';
import { createId } from '../../src/ids.ts';
import {
  EvaluatePayload,
  PAYLOAD_VERSIONS,
  TrainPayload,
  type ApplyPayload,
  type PartPayload,
  type TrainProgress,
  type TrainResult,
} from '../../src/queue/jobs.ts';
import type { Matrix } from '../../src/queue/arrays.ts';
import type { InferOrder, InferPayload, InferResult } from '../../src/queue/operations.ts';
import type { JobContext, Processor } from '../../src/queue/queues.ts';

const check = compileCheck(TrainPayload, 'The sample');

export function trainPayload(modelId = 'model_1'): TrainPayload {
  const ids = { modelId, datasetId: 'ds_1' };
  return check({ version: PAYLOAD_VERSIONS.train, ...ids, model: {}, training: {}, split: 'separate' });
}

const checkEvaluation = compileCheck(EvaluatePayload, 'The sample');

export function evaluatePayload(): EvaluatePayload {
  const payload = { modelId: 'model_1', checkpoint: 'latest', datasetId: 'ds_1', evaluation: {} };
  return checkEvaluation({ version: PAYLOAD_VERSIONS.evaluate, ...payload });
}

export function inferOrder(seed = 0, timeoutMs = 10_000, values = 4): InferOrder<'encode'> {
  const { version: _, timeLimitMs: __, ...order } = inferPayload(seed, values);
  return { ...order, timeoutMs };
}

export function inferPayload(seed = 0, values = 4): InferPayload<'encode'> {
  const rows: Matrix = { shape: [1, values], data: new Float32Array(values).fill(seed) };
  return {
    version: PAYLOAD_VERSIONS.infer,
    modelId: 'model_1',
    operation: 'encode',
    checkpoint: 'latest',
    input: { rows, draws: 0, seed },
    timeLimitMs: 30_000,
  };
}

export const succeeded: TrainResult = { outcome: 'succeeded', step: 10, validationElbo: -99.5 };

export function progress(step: number): TrainProgress {
  return {
    step,
    totalSteps: 10,
    epoch: 1,
    epochs: 1,
    rowsPerSecond: 1000,
    trainElbo: -100,
    validationElbo: null,
    secondsLeft: 1,
    runtime: 'test',
    pid: 1,
  };
}

/** Answers what it was sent. */
export const echo: Processor<'infer'> = async (_context, { input }): Promise<InferResult<'encode'>> => {
  if (!('rows' in input && 'draws' in input)) throw new TypeError('only encode is echoed');
  return { step: input.seed, output: { mean: input.rows, standard_deviation: input.rows }, computeMs: 0 };
};

/** Resolves with the reason when the job's signal is aborted. */
export function aborted({ signal }: Pick<JobContext<'train'>, 'signal'>): Promise<unknown> {
  return new Promise((resolve) => {
    const tell = (): void => {
      resolve(signal.reason);
    };
    if (signal.aborted) tell();
    else signal.addEventListener('abort', tell, { once: true });
  });
}

export function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    opened,
    open: () => {
      open();
    },
  };
}

export function applyPayload(fields: Partial<ApplyPayload> = {}): ApplyPayload {
  return {
    version: PAYLOAD_VERSIONS.apply,
    modelId: createId('model'),
    checkpoint: 'best',
    datasetId: createId('ds'),
    task: { type: 'encode', withData: false },
    format: 'csv',
    datasetName: null,
    ...fields,
  };
}

export function partPayload(): PartPayload {
  const { modelId, datasetId, task, datasetName } = applyPayload();
  const jobId = createId('job');
  return { version: PAYLOAD_VERSIONS.part, jobId, part: 0, modelId, datasetId, task, datasetName };
}
