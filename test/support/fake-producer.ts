import { AppError } from '../../src/errors.ts';
import { toIndices, type Matrix, type Vector } from '../../src/queue/arrays.ts';
import type { JobTypes, TrackedName } from '../../src/queue/jobs.ts';
import type { InferAnswer, InferOrder, Inputs, Operation, Outputs } from '../../src/queue/operations.ts';
import {
  findType,
  type JobsPage,
  type JobView,
  type JobViewOf,
  type Producer,
} from '../../src/queue/queues.ts';

type Answers = { [Name in Operation]: (input: Inputs[Name]) => Outputs[Name] };

/** A queue in memory: nothing takes jobs up; tests set states and answers by hand. */
export class FakeProducer implements Producer {
  readonly jobs: JobView[] = [];
  readonly inferences: InferOrder[] = [];
  /** Thrown by every method while it is set. */
  failure: Error | null = null;
  /** Awaited before each answer. */
  beforeAnswer: () => Promise<void> = async () => undefined;
  readonly answers: Answers = { ...PLAUSIBLE };

  async enqueue<Name extends TrackedName>(
    name: Name,
    jobId: string,
    payload: JobTypes[Name]['payload'],
  ): Promise<JobViewOf<Name>> {
    this.check();
    const job: JobViewOf<Name> = {
      name,
      id: jobId,
      state: 'queued',
      payload,
      createdAt: Date.UTC(2026, 0, 1) + this.jobs.length,
      startedAt: null,
      finishedAt: null,
      attempts: 0,
      progress: null,
      result: null,
      error: null,
    };
    this.jobs.unshift(job as unknown as JobView);
    return job;
  }

  async get(jobId: string): Promise<JobView | null> {
    this.check();
    return this.jobs.find(({ id }) => id === jobId) ?? null;
  }

  async list({ limit, after, state, type }: JobsPage): Promise<{ jobs: JobView[]; hasMore: boolean }> {
    this.check();
    const matching = this.jobs.filter(
      (job) => (state === undefined || job.state === state) && (type === undefined || findType(job) === type),
    );
    const from = after === undefined ? 0 : matching.findIndex(({ id }) => id === after) + 1;
    const jobs = matching.slice(from, from + limit);
    return { jobs, hasMore: from + limit < matching.length };
  }

  async cancel(jobId: string): Promise<JobView> {
    const job = await this.get(jobId);
    if (job === null) throw AppError.of('job_not_found', { id: jobId });
    if (['succeeded', 'failed', 'cancelled'].includes(job.state)) {
      throw AppError.of('job_finished', { id: jobId, state: job.state });
    }
    return this.change(jobId, { state: 'cancelled', finishedAt: job.createdAt + 1000 });
  }

  async infer<Name extends Operation>(order: InferOrder<Name>): Promise<InferAnswer<Name>> {
    this.check();
    this.inferences.push(order);
    await this.beforeAnswer();
    const output = this.answers[order.operation](order.input);
    return { step: 7, output, computeMs: 0.25, queueMs: 0.5 };
  }

  async countWaiting(): Promise<number> {
    this.check();
    return this.jobs.filter(({ state }) => state === 'queued').length;
  }

  async ping(): Promise<void> {
    this.check();
  }

  async close(): Promise<void> {
    this.jobs.length = 0;
  }

  change(jobId: string, fields: Partial<JobView>): JobView {
    const index = this.jobs.findIndex(({ id }) => id === jobId);
    const job = this.jobs[index];
    if (job === undefined) throw new Error(`no job ${jobId}`);
    return (this.jobs[index] = { ...job, ...fields } as JobView);
  }

  private check(): void {
    if (this.failure !== null) throw this.failure;
  }
}

export const FAKE_LATENT_SIZE = 2;
export const FAKE_DATA_SIZE = 4;

/** Answers of the right shapes, all values 0.5. */
export const PLAUSIBLE: Answers = {
  encode: ({ rows: { shape }, draws }) => ({
    mean: matrix(shape[0], FAKE_LATENT_SIZE),
    standard_deviation: matrix(shape[0], FAKE_LATENT_SIZE),
    ...(draws > 0 && { samples: fill([draws, shape[0], FAKE_LATENT_SIZE]) }),
  }),
  decode: ({ rows: { shape } }) => ({ mean: matrix(shape[0], FAKE_DATA_SIZE) }),
  reconstruct: ({ rows: { shape } }) => ({ mean: matrix(shape[0], FAKE_DATA_SIZE) }),
  reconstruct_dataset_rows: ({ datasetRows: { length } }) => ({
    mean: matrix(length, FAKE_DATA_SIZE),
    data: matrix(length, FAKE_DATA_SIZE),
  }),
  sample: ({ samples }) => points(samples),
  elbo: ({ rows: { shape } }) => ({
    elbo: vector(shape[0]),
    log_likelihood: vector(shape[0]),
    kl_divergence: vector(shape[0]),
    standard_error: vector(shape[0]),
  }),
  log_marginal_likelihood: ({ rows: { shape }, marginal }) => ({
    log_marginal_likelihood: vector(shape[0]),
    standard_error: vector(shape[0]),
    ...(marginal.method === 'importance_sampling'
      ? { effective_sample_size: vector(shape[0]) }
      : { acceptance: vector(1) }),
  }),
  score: ({ rows: { shape }, byColumn, expected }) => ({
    score: vector(shape[0]),
    standard_error: vector(shape[0]),
    at_least: toIndices(new Array<number>(shape[0]).fill(4)),
    calibration_rows: toIndices([99]),
    ...(byColumn && {
      surprise: matrix(...shape),
      excess: matrix(...shape),
      column_at_least: fill(shape, 9),
      column_rows: toIndices(new Array<number>(shape[1]).fill(99)),
    }),
    ...(expected && { mean: matrix(...shape) }),
  }),
  impute: ({ rows: { shape }, draws }) => ({
    mean: matrix(...shape),
    effective_sample_size: fill([shape[0]], 40),
    ...(draws > 0 && { draws: fill([draws, ...shape]) }),
  }),
  fidelity: () => ({
    rows: toIndices([100]),
    missing: vector(FAKE_DATA_SIZE),
    data_moments: matrix(FAKE_DATA_SIZE, 4),
    sample_moments: matrix(FAKE_DATA_SIZE, 4),
    codes: fill([FAKE_DATA_SIZE, 10], NaN),
    data_shares: fill([FAKE_DATA_SIZE, 10], NaN),
    sample_shares: fill([FAKE_DATA_SIZE, 10], NaN),
    auc: vector(2),
  }),
  manifold: ({ size }) => points(size ** 2),
  traversal: ({ steps, dimension }) => {
    const dimensions = dimension === undefined ? [0, 1] : [dimension];
    return {
      base: vector(FAKE_LATENT_SIZE),
      dimensions: toIndices(dimensions),
      ...points(dimensions.length * steps),
    };
  },
  interpolate: ({ steps }) => points(steps),
  scatter: () => ({
    mean: { shape: [3, 2], data: Float32Array.of(-1, -1, 0, 2, 1, 1) },
    rows: toIndices([5, 6, 2 ** 31]),
    labels: toIndices([0, 7, 9]),
  }),
};

const fill = <const Shape extends readonly number[]>(shape: Shape, value = 0.5) => {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return { shape, data: new Float32Array(size).fill(value) };
};
const vector = (length: number): Vector => fill([length]);
const matrix = (rows: number, columns: number): Matrix => fill([rows, columns]);
const points = (count: number) => ({
  latents: matrix(count, FAKE_LATENT_SIZE),
  mean: matrix(count, FAKE_DATA_SIZE),
});
