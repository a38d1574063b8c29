import type { TrainJob } from '../../api/jobs/schemas.ts';
import type { NetworkSpec } from '../../model/specification.ts';
import type { Calls, JobOrder } from './calls.ts';
import type { Epoch, ProgressDisplay } from '../progress.ts';

/** The MNIST model of the paper: 784-500-20 with tanh, Bernoulli pixels. */
export function createPaperOrder(epochs: number): JobOrder {
  const network = (): NetworkSpec => ({ name: 'mlp', hidden_sizes: [500], activation: 'tanh' });
  return {
    dataset_id: 'mnist',
    name: 'demo',
    model: {
      latent_size: 20,
      likelihood: { family: 'bernoulli' },
      encoder: network(),
      decoder: network(),
    },
    training: {
      epochs,
      minibatch_size: 100,
      samples_per_datapoint: 1,
      optimizer: { name: 'adam', learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      seed: 1,
      validation_fraction: 0,
      watch_test_rows: true,
    },
  };
}

export interface Training {
  readonly modelId: string;
  readonly seconds: number;
  readonly testBound: number | null;
  /** Runtime and device, e.g. "onnx/cpu". */
  readonly runtime: string;
  /** By ascending epoch. */
  readonly epochs: readonly Epoch[];
}

/** Orders the training, shows its progress, and resolves when it has succeeded. Errors: JobFailed. */
export async function train(calls: Calls, order: JobOrder, display: ProgressDisplay): Promise<Training> {
  const { id } = await calls.createJob(order);
  let last: Epoch | null = null;
  const show = async (job: TrainJob): Promise<void> => {
    if ((job.progress?.epoch ?? 0) > (last?.epoch ?? 0)) last = await showEpochs(last, job);
    display.update(job.progress, last?.test_elbo);
  };
  try {
    const job = await calls.waitForJob(id, show);
    return summarize(job, await calls.readMetrics(job.model_id));
  } finally {
    display.clear();
  }

  /** Shows the epochs after this one, and returns the last. */
  async function showEpochs(from: Epoch | null, { model_id, progress }: TrainJob): Promise<Epoch | null> {
    const news = await calls.readMetrics(model_id, from?.step);
    for (const epoch of news) display.epoch(epoch, progress?.epochs ?? epoch.epoch);
    return news.at(-1) ?? from;
  }
}

function summarize(job: TrainJob, epochs: readonly Epoch[]): Training {
  const time = (text: string | null): number => (text === null ? NaN : Date.parse(text));
  return {
    modelId: job.model_id,
    seconds: (time(job.finished_at) - time(job.started_at)) / 1000,
    testBound: epochs.at(-1)?.test_elbo ?? null,
    runtime: job.progress?.runtime ?? 'unknown',
    epochs,
  };
}
