import {
  PAYLOAD_VERSIONS,
  packArray,
  type InferPayload,
  type InferResult,
  type PackedArray,
} from '../../queue/jobs.ts';
import { sharedDomain } from '../../model/specification.ts';
import type { ModelRecord } from '../../store/models.ts';
import type { Timing } from '../http/timing.ts';
import { FINITE, parseRows } from './rows.ts';
import { parseTable } from './table-rows.ts';
import type { ApiOptions } from '../types.ts';

export interface Timed<Body> {
  readonly body: Body;
  readonly timing: Timing;
}

export interface Target {
  readonly model_id: string;
  readonly checkpoint: InferPayload['checkpoint'];
}
type Work = Pick<InferPayload, 'operation' | 'rows'> &
  Partial<
    Pick<
      InferPayload,
      'count' | 'seed' | 'marginal' | 'datasetRows' | 'part' | 'dimension' | 'drawData' | 'byColumn'
    >
  >;

/** One inference on a worker. Errors: those of Producer.infer. */
export async function compute(
  api: ApiOptions,
  target: Target,
  work: Work,
): Promise<{ result: InferResult; timing: Timing }> {
  const started = performance.now();
  const timeoutMs = api.config.inferenceTimeoutMs;
  const result = await api.producer.infer(
    {
      version: PAYLOAD_VERSIONS.infer,
      modelId: target.model_id,
      checkpoint: target.checkpoint,
      count: 0,
      seed: 0,
      timeLimitMs: timeoutMs,
      ...work,
    },
    { timeoutMs },
  );
  const queueMs = Math.max(0, performance.now() - started - result.computeMs);
  return { result, timing: { computeMs: result.computeMs, queueMs } };
}

/** Rows of data as a model takes them; missing values of a table are NaN. Errors: those of parseRows, parseTable. */
export function packData(api: ApiOptions, record: ModelRecord, rows: readonly unknown[]): PackedArray {
  const { likelihood } = record.model;
  const rules = { pointer: '/data', maxValues: api.config.maxInferenceValues };
  const values =
    likelihood.family === 'mixed'
      ? parseTable(rows, { ...rules, columns: likelihood.columns })
      : parseRows(rows, { ...rules, shape: record.row_shape, range: sharedDomain(likelihood) });
  return packArray([rows.length, record.data_size], values);
}

/** Points of the latent space. Errors: those of parseRows. */
export function packLatents(api: ApiOptions, record: ModelRecord, rows: readonly unknown[]): PackedArray {
  const size = record.model.latent_size;
  const values = parseRows(rows, {
    pointer: '/latents',
    shape: [size],
    range: FINITE,
    maxValues: api.config.maxInferenceValues,
  });
  return packArray([rows.length, size], values);
}
