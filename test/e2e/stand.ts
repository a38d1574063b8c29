import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Dataset } from '../../src/api/datasets/schemas.ts';
import type { TrainJob } from '../../src/api/jobs/schemas.ts';
import { copyQueue } from '../support/copy-queue.ts';
import { Client } from '../support/client.ts';
import { Services, type ServiceProcess, type Settings } from '../support/service.ts';
import { FILES, tinyImages } from '../support/tiny-images.ts';

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
  /** As the upload of small images was answered. */
  readonly upload: Dataset;
  /** Its id. */
  readonly dataset: string;
  /** A long training that nothing disturbed. The first test that asks for it orders it. */
  readonly trained: () => Promise<TrainJob>;
  readonly startAgain: () => Promise<void>;
}

export type Format = keyof typeof FILES;
/** Small images in an upload. */
export const ROWS = 300;

/** The service has an upload of this format. */
export function serviceUnderTest(queue: () => Settings, format: Format): () => ServiceUnderTest {
  let stand: Stand | undefined;
  let current: ServiceUnderTest | undefined;
  beforeAll(async () => {
    stand = await Stand.open(queue());
    current = await start(stand, format);
  });
  afterAll(() => stand?.close());
  return () => {
    if (current === undefined) throw new Error('the service is not there yet');
    return current;
  };

  async function start(on: Stand, file: Format): Promise<ServiceUnderTest> {
    const started = await on.start();
    const upload = await started.client.upload(FILES[file](tinyImages(ROWS)));
    let job: Promise<TrainJob> | undefined;
    const trained = () => (job ??= trainUndisturbed(started.client, upload.id));
    const shared = { stand: on, upload, dataset: upload.id, trained };
    const startAgain = async () => {
      current = { ...shared, ...(await on.start()), startAgain };
    };
    return { ...shared, ...started, startAgain };
  }
}

async function trainUndisturbed(client: Client, dataset: string): Promise<TrainJob> {
  const { id } = await trainOn(client, dataset, LONG);
  return client.untilState(id, 'succeeded');
}

export interface Training {
  readonly epochs: number;
  readonly [option: string]: unknown;
}

/** Long enough to be disturbed a few times, with a checkpoint every few steps. */
export const LONG: Training = { epochs: 200, minibatch_size: 15, seed: 7, checkpoint_every_epochs: 10 };
/** Steps of LONG: ROWS less a tenth for validation, in minibatches of 15. */
export const LONG_STEPS = 3600;
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
