import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '../../api/schemas/jobs.ts';
import type { NetworkSpec } from '../../model/spec.ts';
import type { JobState } from '../../queue/jobs.ts';
import type { Client, JobOrder } from './client.ts';
import type { Epoch, ProgressDisplay } from '../progress.ts';

const POLL_MS = 250;

/** The MNIST model of the paper: 784-500-20 with tanh, Bernoulli pixels. */
export function paperOrder(epochs: number): JobOrder {
  const network = (): NetworkSpec => ({ hidden_sizes: [500], activation: 'tanh' });
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
    },
  };
}

export interface Training {
  readonly modelId: string;
  readonly seconds: number;
  readonly testBound: number | null;
  /** What ran the mathematics, and where. */
  readonly runtime: string;
  /** By rising epoch. */
  readonly epochs: readonly Epoch[];
}

export class TrainingFailed extends Error {
  override readonly name = 'TrainingFailed';
}

/** Orders the training, shows how it goes, and resolves when it has succeeded. Errors: TrainingFailed. */
export async function train(
  client: Client,
  order: JobOrder,
  display: ProgressDisplay,
  signal: AbortSignal,
): Promise<Training> {
  let job = await client.createJob(order);
  let shown = 0;
  try {
    for (;;) {
      display.update(job.progress);
      if (!display.live && (job.progress?.epoch ?? 0) > shown) shown = await showEpochs(shown, job);
      if (OUTCOMES[job.state](job)) break;
      await sleep(POLL_MS, undefined, { signal });
      job = await client.job(job.id);
    }
  } finally {
    display.clear();
  }
  return summary(job, (await client.metrics(job.model_id)).data);

  async function showEpochs(from: number, { model_id, progress }: Job): Promise<number> {
    const { data } = await client.metrics(model_id);
    const news = data.filter(({ epoch }) => epoch > from);
    for (const epoch of news) display.epoch(epoch, progress?.epochs ?? epoch.epoch);
    return data.at(-1)?.epoch ?? from;
  }
}

/** Whether a job in this state is done; throws where it will never be. */
const OUTCOMES: { readonly [State in JobState]: (job: Job) => boolean } = {
  queued: () => false,
  running: () => false,
  paused: () => false,
  succeeded: () => true,
  failed: ({ error }) => {
    throw new TrainingFailed(`the training failed: ${error?.message ?? 'the service does not say why'}`);
  },
  cancelled: () => {
    throw new TrainingFailed('the training was cancelled');
  },
};

function summary(job: Job, epochs: readonly Epoch[]): Training {
  const time = (text: string | null): number => (text === null ? NaN : Date.parse(text));
  return {
    modelId: job.model_id,
    seconds: (time(job.finished_at) - time(job.started_at)) / 1000,
    testBound: job.result?.validation_elbo ?? null,
    runtime: job.progress?.runtime ?? 'unknown',
    epochs,
  };
}
