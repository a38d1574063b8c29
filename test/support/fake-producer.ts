import { AppError } from '../../src/errors.ts';
import {
  bitsOf,
  packArray,
  type InferPayload,
  type InferResult,
  type JobTypes,
  type TrackedName,
} from '../../src/queue/jobs.ts';
import type { InferOptions, JobsPage, JobView, JobViewOf, Producer } from '../../src/queue/queues.ts';

type Infer = (payload: InferPayload, options: InferOptions) => Promise<InferResult>;

/** A queue in memory: nothing takes jobs up; tests set states and answers by hand. */
export class FakeProducer implements Producer {
  readonly jobs: JobView[] = [];
  readonly inferences: { payload: InferPayload; options: InferOptions }[] = [];
  /** Thrown by every method while it is set. */
  failure: Error | null = null;
  answer: Infer = async (payload) => plausible(payload);

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

  async list({ limit, after, state, name }: JobsPage): Promise<{ jobs: JobView[]; hasMore: boolean }> {
    this.check();
    const matching = this.jobs.filter(
      (job) => (state === undefined || job.state === state) && (name === undefined || job.name === name),
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

  async infer(payload: InferPayload, options: InferOptions): Promise<InferResult> {
    this.check();
    this.inferences.push({ payload, options });
    return this.answer(payload, options);
  }

  async depth(): Promise<number> {
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

/** Arrays of the shapes that the operation answers, all values 0.5. */
export function plausible(payload: InferPayload): InferResult {
  const rows = payload.rows?.shape[0] ?? payload.datasetRows?.length ?? payload.count;
  const filled = (...shape: number[]) => {
    const size = shape.reduce((product, axis) => product * axis, 1);
    return packArray(shape, new Float32Array(size).fill(0.5));
  };
  const latent = filled(rows, FAKE_LATENT_SIZE);
  const mean = filled(rows, FAKE_DATA_SIZE);
  const draws = payload.count > 0 ? { samples: filled(payload.count, rows, FAKE_LATENT_SIZE) } : {};
  const moved = payload.dimension === undefined ? [0, 1] : [payload.dimension];
  const decodedPoints = (count: number) => ({
    latents: filled(count, FAKE_LATENT_SIZE),
    mean: filled(count, FAKE_DATA_SIZE),
  });
  const arrays: Record<InferPayload['operation'], InferResult['arrays']> = {
    encode: { mean: latent, standard_deviation: latent, ...draws },
    decode: { mean },
    reconstruct: { mean, ...(payload.datasetRows ? { data: mean } : {}) },
    sample: { latents: latent, mean },
    elbo: {
      elbo: filled(rows),
      log_likelihood: filled(rows),
      kl_divergence: filled(rows),
      standard_error: filled(rows),
    },
    log_marginal_likelihood: {
      log_marginal_likelihood: filled(rows),
      standard_error: filled(rows),
      effective_sample_size: filled(rows),
      acceptance: filled(1),
    },
    manifold: decodedPoints(payload.count ** 2),
    traversal: {
      base: filled(1, FAKE_LATENT_SIZE),
      dimensions: packArray([moved.length], Float32Array.from(moved)),
      ...decodedPoints(moved.length * payload.count),
    },
    interpolate: decodedPoints(payload.count),
    scatter: {
      mean: packArray([3, 2], Float32Array.of(-1, -1, 0, 2, 1, 1)),
      rows: packArray([3], bitsOf(Uint32Array.of(5, 6, 2 ** 31)).data),
      labels: packArray([3], Float32Array.of(0, 7, 9)),
    },
  };
  return { step: 7, arrays: arrays[payload.operation], computeMs: 0.25 };
}
