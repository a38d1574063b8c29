import { Inference } from '../../model/evaluation/compiled-model.ts';
import { hasEncoder } from '../../model/evaluation/subject.ts';
import type { FloatArray, FloatArrays, Runtime } from '../../model/runtime/runtime.ts';
import { AppError } from '../../errors.ts';
import {
  packArray,
  unpackArray,
  type InferPayload,
  type InferResult,
  type Operation,
} from '../../queue/jobs.ts';
import type { Processor } from '../../queue/queues.ts';
import type { Store } from '../../store/store.ts';
import { readRows } from '../inference/dataset-rows.ts';
import { interpolate, manifold, traversal } from '../inference/pictures.ts';
import type { InferenceRequest } from '../inference/request.ts';
import { scatter } from '../inference/scatter.ts';
import { LoadedModels, type LoadedModel } from '../loaded-models.ts';
import { OpenDatasets } from '../open-datasets.ts';

export interface InferDependencies {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly warn: (message: string) => void;
}

/** Each operation's named results; see InferResult. */
const OPERATIONS: { [Name in Operation]: (request: InferenceRequest) => Promise<FloatArrays> } = {
  encode: async ({ inference, parameters, rows, count, noise }) => {
    const posterior = await inference.encode(parameters, rows);
    return count === 0
      ? posterior
      : { ...posterior, samples: await inference.draw(parameters, rows, count, noise) };
  },
  decode: async ({ inference, parameters, rows }) => ({ mean: await inference.decode(parameters, rows) }),
  reconstruct: async ({ inference, parameters, rows, payload }) => ({
    mean: await inference.reconstruct(parameters, rows),
    ...(payload.datasetRows === undefined ? {} : { data: rows }),
  }),
  sample: async ({ inference, parameters, count, noise, payload }) => {
    const drawn = await inference.sample(parameters, count, noise);
    return payload.drawData === true
      ? { ...drawn, data: await inference.drawData(parameters, drawn.latents, noise) }
      : drawn;
  },
  elbo: async ({ inference, parameters, rows, count, noise, payload }) => {
    const draws = Math.max(1, count);
    const terms = await inference.elbo(parameters, rows, draws, noise);
    if (payload.byColumn !== true) return terms;
    const columns = await inference.logLikelihoodByColumn(parameters, rows, draws, noise);
    return { ...terms, log_likelihood_by_column: columns };
  },
  log_marginal_likelihood: async ({ inference, parameters, rows, payload, noise }) => {
    const { marginal } = payload;
    if (!marginal) throw new RangeError('how to estimate the likelihood is missing');
    const estimate = await inference.marginalLikelihood(parameters, rows, marginal, noise);
    const { logMarginalLikelihood, standardError, effectiveSampleSize, acceptance } = estimate;
    return {
      log_marginal_likelihood: vector(logMarginalLikelihood),
      standard_error: vector(standardError),
      ...(effectiveSampleSize ? { effective_sample_size: vector(effectiveSampleSize) } : {}),
      ...(acceptance === undefined ? {} : { acceptance: vector([acceptance]) }),
    };
  },
  manifold,
  traversal,
  interpolate,
  scatter,
};

function vector(values: ArrayLike<number>): FloatArray {
  return { shape: [values.length], data: Float32Array.from(values) };
}

/** Beside rows of the data set, which are always encoded. */
const NEEDS_ENCODER: { readonly [Name in Operation]: (request: InferPayload) => boolean } = {
  encode: () => true,
  decode: () => false,
  reconstruct: () => true,
  sample: () => false,
  elbo: () => true,
  log_marginal_likelihood: ({ marginal }) => marginal?.method === 'importance_sampling',
  manifold: () => false,
  traversal: () => false,
  interpolate: () => true,
  scatter: () => true,
};

/** Answers inference jobs from checkpoints, keeping the models used last in memory. */
export function createInferProcessor({ runtime, store, warn }: InferDependencies): Processor<'infer'> {
  const models = new LoadedModels(store.models, warn, (record) => {
    return Inference.of(runtime, record.model, record.row_shape);
  });
  const datasets = new OpenDatasets(store.datasets);
  return async (_context, payload): Promise<InferResult> => {
    const started = performance.now();
    return models.use(payload.modelId, payload.checkpoint, async (model) => {
      const encodes = NEEDS_ENCODER[payload.operation](payload) || payload.datasetRows !== undefined;
      if (encodes && !hasEncoder(model.parameters)) throw AppError.of('no_encoder', { id: payload.modelId });
      const { count, seed } = payload;
      const noise = { seed, stream: 'inference' } as const;
      const rows = await rowsOf(model, payload, datasets);
      const inference = model.inference.watched(timeLimit(started, payload.timeLimitMs));
      const request = { ...model, inference, payload, rows, count, noise, datasets };
      const arrays = await OPERATIONS[payload.operation](request);
      const packed = Object.entries(arrays).map(
        ([name, { shape, data }]) => [name, packArray(shape, data)] as const,
      );
      return { step: model.step, arrays: Object.fromEntries(packed), computeMs: performance.now() - started };
    });
  };
}

/** Errors, thrown by what it gives: inference_timeout. */
function timeLimit(started: number, limitMs: number): () => void {
  return () => {
    if (performance.now() - started > limitMs)
      throw AppError.of('inference_timeout', { seconds: limitMs / 1000 });
  };
}

function rowsOf(
  { inference, record }: LoadedModel<Inference>,
  payload: InferPayload,
  datasets: OpenDatasets,
): FloatArray | Promise<FloatArray> {
  if (payload.datasetRows !== undefined) return readRows(datasets, record.dataset_id, payload.datasetRows);
  const width = payload.operation === 'decode' ? inference.vae.latentSize : inference.vae.dataSize;
  const rows = payload.rows ? unpackArray(payload.rows) : { shape: [0, width], data: new Float32Array() };
  if (rows.shape.length !== 2 || rows.shape[1] !== width) {
    throw AppError.of('data_invalid', {
      where: '/rows',
      found: `shape [${rows.shape.join(', ')}]`,
      allowed: `[rows, ${width}]`,
    });
  }
  return rows;
}
