import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainJob } from '../../src/api/jobs/schemas.ts';
import { afterAll, beforeAll } from 'vitest';
import { copyQueue } from '../support/copy-queue.ts';
import { Client } from '../support/client.ts';
import { Services, type ServiceProcess, type Settings } from '../support/service.ts';
import { asIdx, tinyImages } from '../support/tiny-images.ts';

const NETWORK = { hidden_sizes: [64] };
const MODEL = { latent_size: 4, encoder: NETWORK, decoder: NETWORK };

/** A folder of data, a part of the queue, and the services started on both. */
export class Stand {
  readonly #services = new Services();
  readonly #folder: string;
  readonly #settings: Settings;

  private constructor(folder: string, queue: Settings) {
    this.#folder = folder;
    this.#settings = {
      AEVB_DATA_DIR: folder,
      AEVB_QUEUE_PREFIX: folder.slice(-6).replace(/\W/g, '_'),
      AEVB_RUNTIME: 'onnx',
      AEVB_DEVICE: 'cpu',
      AEVB_THREADS: '1',
      ...queue,
    };
  }

  static async open(queue: Settings): Promise<Stand> {
    const folder = await mkdtemp(join(tmpdir(), 'aevb-e2e-'));
    if (queue['AEVB_QUEUE_URL'] === undefined) await copyQueue(folder);
    return new Stand(folder, queue);
  }

  async start(command: 'serve' | 'api' | 'worker' = 'serve', settings: Settings = {}): Promise<Started> {
    const service = await this.#services.start(command, { ...this.#settings, ...settings });
    return { service, client: new Client(service.url) };
  }

  /** parameters.safetensors of the model's newest checkpoint. */
  async parameters(client: Client, modelId: string): Promise<Buffer> {
    const step = (await client.model(modelId)).checkpoints.at(-1)?.step ?? 0;
    const checkpoint = join('checkpoints', String(step).padStart(12, '0'), 'parameters.safetensors');
    return readFile(join(this.#folder, 'models', modelId, checkpoint));
  }

  async close(): Promise<void> {
    this.#services.endAll();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

export interface Started {
  readonly service: ServiceProcess;
  readonly client: Client;
}

/** The service that the tests of a file share; a test that ends it starts it again. */
export interface ServiceUnderTest {
  readonly stand: Stand;
  readonly service: ServiceProcess;
  readonly client: Client;
  /** Of 300 small images. */
  readonly dataset: string;
  readonly startAgain: () => Promise<void>;
}

export function serviceUnderTest(queue: () => Settings): () => ServiceUnderTest {
  let stand: Stand | undefined;
  let current: ServiceUnderTest | undefined;
  beforeAll(async () => {
    const opened = await Stand.open(queue());
    stand = opened;
    const started = await opened.start();
    const dataset = (await started.client.upload(asIdx(tinyImages(300)))).id;
    const startAgain = async () => {
      current = { stand: opened, ...(await opened.start()), dataset, startAgain };
    };
    current = { stand: opened, ...started, dataset, startAgain };
  });
  afterAll(() => stand?.close());
  return () => {
    if (current === undefined) throw new Error('the service is not there yet');
    return current;
  };
}

export interface Training {
  readonly epochs: number;
  readonly [option: string]: unknown;
}

/** Long enough to be disturbed a few times, with a checkpoint every few steps. */
export const LONG: Training = { epochs: 200, minibatch_size: 15, seed: 7, checkpoint_every_epochs: 10 };
/** Until it is told to stop. */
export const ENDLESS: Training = { ...LONG, epochs: 1_000_000 };
export const SHORT: Training = { epochs: 3, seed: 7 };

export function trainOn(client: Client, datasetId: string, training: Training): Promise<TrainJob> {
  return client.train({ dataset_id: datasetId, model: MODEL, training });
}

/** The process that trains the job now, seen at work after some step. */
export async function trainerAfter(client: Client, id: string, step: number): Promise<number> {
  const job = await client.until(id, `past step ${step}`, ({ state, progress }) => {
    return state === 'running' && progress !== null && progress.step > step;
  });
  return job.progress?.pid ?? NaN;
}
