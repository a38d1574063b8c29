import { Inference } from '../../model/evaluation/inference.ts';
import { hasEncoder } from '../../model/evaluation/subject.ts';
import type { FloatArray, FloatArrays, Runtime } from '../../model/runtime/runtime.ts';
import type { MarginalSpec, ModelSpec } from '../../model/spec.ts';
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
import { LoadedModels, type LoadedModel } from '../loaded-models.ts';

export interface InferDependencies {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly warn: (message: string) => void;
}

interface Request {
  readonly inference: Inference;
  readonly parameters: FloatArrays;
  readonly rows: FloatArray;
  readonly count: number;
  readonly marginal?: MarginalSpec;
  readonly noise: { readonly seed: number; readonly stream: 'inference' };
}

/** Each operation's named results; see InferResult. */
const OPERATIONS: { [Name in Operation]: (request: Request) => Promise<FloatArrays> } = {
  encode: async ({ inference, parameters, rows, count, noise }) => {
    const posterior = await inference.encode(parameters, rows);
    return count === 0
      ? posterior
      : { ...posterior, samples: await inference.draw(parameters, rows, count, noise) };
  },
  decode: async ({ inference, parameters, rows }) => ({ mean: await inference.decode(parameters, rows) }),
  reconstruct: async ({ inference, parameters, rows }) => ({
    mean: await inference.reconstruct(parameters, rows),
  }),
  sample: ({ inference, parameters, count, noise }) => inference.sample(parameters, count, noise),
  elbo: ({ inference, parameters, rows, count, noise }) =>
    inference.elbo(parameters, rows, Math.max(1, count), noise),
  log_marginal_likelihood: async ({ inference, parameters, rows, marginal, noise }) => {
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
};

function vector(values: ArrayLike<number>): FloatArray {
  return { shape: [values.length], data: Float32Array.from(values) };
}

const NEEDS_ENCODER: { readonly [Name in Operation]: (request: InferPayload) => boolean } = {
  encode: () => true,
  decode: () => false,
  reconstruct: () => true,
  sample: () => false,
  elbo: () => true,
  log_marginal_likelihood: ({ marginal }) => marginal?.method === 'importance_sampling',
};

/** Answers inference jobs from checkpoints, keeping the models used last in memory. */
export function createInferProcessor({ runtime, store, warn }: InferDependencies): Processor<'infer'> {
  const models = new LoadedModels(store.models, warn, (record) => {
    return new Inference(runtime, record.model as ModelSpec, record.data_size);
  });
  return async (_context, payload): Promise<InferResult> => {
    const started = performance.now();
    return models.use(payload.modelId, payload.checkpoint, async (model) => {
      if (NEEDS_ENCODER[payload.operation](payload) && !hasEncoder(model.parameters))
        throw AppError.of('no_encoder', { id: payload.modelId });
      const arrays = await OPERATIONS[payload.operation](requestOf(model, payload));
      const packed = Object.entries(arrays).map(
        ([name, { shape, data }]) => [name, packArray(shape, data)] as const,
      );
      return { step: model.step, arrays: Object.fromEntries(packed), computeMs: performance.now() - started };
    });
  };
}

function requestOf({ inference, parameters }: LoadedModel<Inference>, payload: InferPayload): Request {
  const width = payload.operation === 'decode' ? inference.vae.latentSize : inference.vae.dataSize;
  const rows = payload.rows ? unpackArray(payload.rows) : { shape: [0, width], data: new Float32Array() };
  if (rows.shape.length !== 2 || rows.shape[1] !== width) {
    throw AppError.of('data_invalid', {
      where: '/rows',
      found: `shape [${rows.shape.join(', ')}]`,
      allowed: `[rows, ${width}]`,
    });
  }
  return {
    inference,
    parameters,
    rows,
    count: payload.count,
    ...(payload.marginal ? { marginal: payload.marginal } : {}),
    noise: { seed: payload.seed, stream: 'inference' },
  };
}
