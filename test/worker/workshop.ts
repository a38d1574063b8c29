import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createId } from '../../src/ids.ts';
import { createOnnxRuntime } from '../../src/model/runtime/onnx/onnx-runtime.ts';
import type { Runtime } from '../../src/model/runtime/runtime.ts';
import {
  PAYLOAD_VERSIONS,
  TrainPayload,
  type TrainProgress,
  type TrainResult,
} from '../../src/queue/jobs.ts';
import type { JobContext } from '../../src/queue/queues.ts';
import type { ModelRecord } from '../../src/store/records/model-record.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { compileCheck } from '../../src/validation.ts';
import { createTrainProcessor } from '../../src/worker/processors/train.ts';
import { streamOf } from '../store/support.ts';
import { asIdx, tinyImages } from '../support/tiny-images.ts';

const check = compileCheck(TrainPayload, 'The payload');
const NETWORK = { hidden_sizes: [16] };
const MODEL = { latent_size: 2, encoder: NETWORK, decoder: NETWORK };
/** With 300 rows: 270 to train on, so that minibatches straddle epochs, which end at steps 14, 27, 41 and 54. */
const TRAINING = { epochs: 4, minibatch_size: 20, seed: 3, keep_checkpoints: 10 };
export const EPOCH_ENDS = [14, 27, 41, 54];
export const LAST_STEP = 54;

/** A real store with one small data set, the real runtime, and the processor over both. */
export interface Workshop {
  readonly store: Store;
  readonly warnings: string[];
  /** A model in the store, and the payload of the job that trains it. */
  readonly order: (training?: object, model?: object, datasetId?: string) => Promise<TrainPayload>;
  readonly train: (payload: TrainPayload, how?: Partial<Hands>) => Promise<TrainResult>;
  readonly upload: (images: Uint8Array, testRows?: number) => Promise<string>;
  /** Where a file of a checkpoint lies. */
  readonly path: (modelId: string, step: number, file: string) => string;
  /** The hashes of both arrays files of a checkpoint: to compare their bytes one by one takes seconds. */
  readonly bytes: (modelId: string, step: number) => Promise<string[]>;
}

interface Hands {
  readonly context: JobContext<'train'>;
  readonly runtime: Runtime;
  readonly store: Store;
}

export const cpu = (): Runtime => createOnnxRuntime({ device: 'cpu', threads: 1 });

export async function openWorkshop(dataDir: string): Promise<Workshop> {
  const store = openStore({ dataDir, maxUploadBytes: 2 ** 24, maxDatasetBytes: 2 ** 24 });
  const warnings: string[] = [];
  const runtime = cpu();
  const upload = async (images: Uint8Array, testRows = 0): Promise<string> => {
    const record = await store.datasets.create(streamOf(asIdx(images)), { name: 'tiny', testRows });
    return record.id;
  };
  const usual = await upload(tinyImages(300));
  const path = (modelId: string, step: number, file: string): string =>
    join(dataDir, 'models', modelId, 'checkpoints', String(step).padStart(12, '0'), file);
  return {
    store,
    warnings,
    upload,
    path,
    order: async (training = {}, model = {}, datasetId = usual) => {
      const payload = check({
        version: PAYLOAD_VERSIONS.train,
        modelId: createId('model'),
        datasetId,
        model: { ...structuredClone(MODEL), ...model },
        training: { ...TRAINING, ...training },
        split: 'separate',
      });
      await store.models.create(recordOf(payload));
      return payload;
    },
    train: (payload, how = {}) => {
      const warn = (message: string) => warnings.push(message);
      const processor = createTrainProcessor({ runtime, store, ...how, warn });
      return processor(how.context ?? watchedJob().context, payload);
    },
    bytes: (modelId, step) =>
      Promise.all(
        ['parameters', 'optimizer'].map(async (name) => {
          const bytes = await readFile(path(modelId, step, `${name}.safetensors`));
          return createHash('sha256').update(bytes).digest('hex');
        }),
      ),
  };
}

let undisturbed: Promise<string[]> | undefined;

/** The hashes at the end of a training with the usual settings that nothing disturbs, trained once in each process. */
export function undisturbedBytes(): Promise<string[]> {
  return (undisturbed ??= trainUndisturbed());
}

async function trainUndisturbed(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'aevb-test-'));
  try {
    const shop = await openWorkshop(folder);
    const payload = await shop.order();
    await shop.train(payload);
    return await shop.bytes(payload.modelId, LAST_STEP);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function recordOf({ modelId, datasetId, model, training, split }: TrainPayload): ModelRecord {
  return {
    id: modelId,
    name: 'tiny',
    created_at: new Date().toISOString(),
    job_id: createId('job'),
    dataset_id: datasetId,
    data_size: 64,
    row_shape: [8, 8],
    table: null,
    split,
    default_checkpoint: 'latest',
    comparison: null,
    model,
    training,
  };
}

export interface WatchedJob {
  readonly context: JobContext<'train'>;
  readonly progress: TrainProgress[];
  abort(reason: 'cancel' | 'shutdown'): void;
}

/** A job that remembers its progress and can be aborted. */
export function watchedJob(): WatchedJob {
  const controller = new AbortController();
  const progress: TrainProgress[] = [];
  return {
    progress,
    context: {
      jobId: createId('job'),
      attempt: 1,
      signal: controller.signal,
      reportProgress: async (news) => {
        progress.push(news);
      },
    },
    abort: (reason) => {
      controller.abort(reason);
    },
  };
}

/** A runtime that tells, after each chunk of training, how many steps it has run. */
export function tellingSteps(runtime: Runtime, tell: (steps: number) => void): Runtime {
  return {
    name: runtime.name,
    compile: (fn, inputs, constants) => runtime.compile(fn, inputs, constants),
    dispose: () => runtime.dispose(),
    compileScan: async (definition) => {
      const scan = await runtime.compileScan(definition);
      let steps = 0;
      return {
        start: (state) => scan.start(state),
        read: (state) => scan.read(state),
        dispose: () => scan.dispose(),
        run: async (state, slices, observe) => {
          const result = await scan.run(state, slices, observe);
          steps += observe.length;
          tell(steps);
          return result;
        },
      };
    },
  };
}

/** Trains until that many steps are done, then aborts: the job, and what became of it. */
export async function trainUntil(
  workshop: Workshop,
  payload: TrainPayload,
  steps: number,
  reason: 'cancel' | 'shutdown',
  runtime: Runtime = cpu(),
): Promise<PromiseSettledResult<TrainResult>> {
  const job = watchedJob();
  const telling = tellingSteps(runtime, (done) => {
    if (done >= steps) job.abort(reason);
  });
  const training = workshop.train(payload, { context: job.context, runtime: telling });
  const [outcome] = await Promise.allSettled([training]);
  return outcome;
}
