import type { Matrix } from '../../queue/arrays.ts';
import { PAYLOAD_VERSIONS } from '../../queue/jobs.ts';
import type { CheckpointChoice, Inputs, Operation, Outputs } from '../../queue/operations.ts';
import { REAL, sharedDomain } from '../../model/specification.ts';
import type { ModelRecord } from '../../store/models.ts';
import type { Timing } from '../http/timing.ts';
import { parseRows } from './rows.ts';
import { parseTable } from './table-rows.ts';
import type { ApiOptions } from '../types.ts';

export interface Timed<Body> {
  readonly body: Body;
  readonly timing: Timing;
}

export interface Target {
  readonly model_id: string;
  readonly checkpoint: CheckpointChoice;
}

export interface Computed<Name extends Operation> {
  /** Step of the checkpoint that was used. */
  readonly step: number;
  readonly output: Outputs[Name];
  readonly timing: Timing;
}

/** Runs one operation on a worker. Errors: those of Producer.infer. */
export async function compute<Name extends Operation>(
  api: ApiOptions,
  target: Target,
  operation: Name,
  input: Inputs[Name],
): Promise<Computed<Name>> {
  const startedAt = performance.now();
  const timeoutMs = api.config.inferenceTimeoutMs;
  const { step, output, computeMs } = await api.producer.infer(
    {
      version: PAYLOAD_VERSIONS.infer,
      modelId: target.model_id,
      checkpoint: target.checkpoint,
      timeLimitMs: timeoutMs,
      operation,
      input,
    },
    { timeoutMs },
  );
  const queueMs = Math.max(0, performance.now() - startedAt - computeMs);
  return { step, output, timing: { computeMs, queueMs } };
}

/** Parses rows of data for a model; missing values of a table are NaN. Errors: those of parseRows, parseTable. */
export function parseData(api: ApiOptions, record: ModelRecord, rows: readonly unknown[]): Matrix {
  const { likelihood } = record.model;
  const rules = { pointer: '/data', maxValues: api.config.maxInferenceValues };
  const values =
    likelihood.family === 'mixed'
      ? parseTable(rows, { ...rules, columns: likelihood.columns })
      : parseRows(rows, { ...rules, shape: record.row_shape, range: sharedDomain(likelihood) });
  return { shape: [rows.length, record.data_size], data: values };
}

/** Parses points of latent space. Errors: those of parseRows. */
export function parseLatents(api: ApiOptions, record: ModelRecord, rows: readonly unknown[]): Matrix {
  const size = record.model.latent_size;
  const values = parseRows(rows, {
    pointer: '/latents',
    shape: [size],
    range: REAL,
    maxValues: api.config.maxInferenceValues,
  });
  return { shape: [rows.length, size], data: values };
}
