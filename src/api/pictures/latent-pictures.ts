import { AppError } from '../../errors.ts';
import { isIndependent, LIMITS } from '../../model/specification.ts';
import type { Inputs, Outputs } from '../../queue/operations.ts';
import type { ModelRecord } from '../../store/models.ts';
import { toDataRows, toNumbers, toRows } from '../inference/answers.ts';
import { nameColumns } from '../inference/model-table.ts';
import { drawImageGrid } from './drawing/grid.ts';
import { checkValues } from '../inference/rows.ts';
import type {
  InterpolateAnswer,
  InterpolateRequest,
  ManifoldAnswer,
  ManifoldQuery,
  TraversalAnswer,
  TraversalQuery,
} from './schemas.ts';
import { chooseCheckpoint } from '../models/checkpoint.ts';
import { describeSource } from '../models/source.ts';
import type { ApiOptions } from '../types.ts';
import type { Timed } from '../http/timing.ts';
import { answerJson, answerPng, findImageFormat, toImages, type Pictured } from './pictured.ts';

type Answered<Answer> = Promise<Timed<Pictured<Answer>>>;

/** Decodes a grid over the latent plane. Errors: not_two_latents, no_quantile, not_acceptable, too_large. */
export async function decodeManifold(
  api: ApiOptions,
  id: string,
  query: ManifoldQuery,
  accept: string | undefined,
): Answered<ManifoldAnswer> {
  const { size } = query;
  const wanted = { ...query, accept };
  const record = await api.store.models.get(id);
  const { latent_size: latentSize } = record.model;
  if (latentSize !== 2) throw AppError.of('not_two_latents', { id, latentSize });
  checkQuantiles(record);
  checkPoints(api, record, size * size);
  const format = await findImageFormat(api, record, wanted);
  const { step, output, ...timing } = await api.producer.infer({
    modelId: record.id,
    checkpoint: chooseCheckpoint(record, query),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'manifold',
    input: { size },
  });
  if (format !== null) {
    return { body: answerPng(drawImageGrid(toImages(output, 'mean', format), size), wanted), timing };
  }
  const content = { ...describeSource(record, step), size, ...toPoints(output, record) };
  return { body: answerJson(content), timing };
}

/** Decodes the effect of one latent or of each. Errors: no_quantile, validation_failed, not_acceptable, too_large. */
export async function decodeTraversal(
  api: ApiOptions,
  id: string,
  query: TraversalQuery,
  accept: string | undefined,
): Answered<TraversalAnswer> {
  const { steps, dimension } = query;
  const wanted = { ...query, accept };
  const record = await api.store.models.get(id);
  const { latent_size: size } = record.model;
  if (dimension !== undefined) checkDimension('dimension', dimension, size);
  checkQuantiles(record);
  const moved = dimension === undefined ? Math.min(size, LIMITS.traversedLatents) : 1;
  checkPoints(api, record, moved * steps);
  const format = await findImageFormat(api, record, wanted);
  const { step, output, ...timing } = await api.producer.infer({
    modelId: record.id,
    checkpoint: chooseCheckpoint(record, query),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'traversal',
    input: toTraversalInput(query),
  });
  if (format !== null) {
    return { body: answerPng(drawImageGrid(toImages(output, 'mean', format), steps), wanted), timing };
  }
  const content = { ...describeSource(record, step), ...toTraversals(output, steps, record) };
  return { body: answerJson(content), timing };
}

function toTraversalInput({ steps, dimension, row }: TraversalQuery): Inputs['traversal'] {
  return {
    steps,
    ...(dimension !== undefined && { dimension }),
    ...(row !== undefined && { datasetRow: row }),
  };
}

function toTraversals(
  output: Outputs['traversal'],
  steps: number,
  record: ModelRecord,
): Omit<TraversalAnswer, 'model_id' | 'step'> {
  const { latents, data, ...columns } = toPoints(output, record);
  const traversals = toNumbers(output, 'dimensions').map((dimension, i) => {
    const [from, to] = [i * steps, (i + 1) * steps];
    return { dimension, latents: latents.slice(from, to), data: data.slice(from, to) };
  });
  return { ...columns, base: toNumbers(output, 'base'), traversals };
}

/** Decodes the path from one row to another through latent space. Errors: data_invalid, not_acceptable, too_large. */
export async function decodeInterpolation(
  api: ApiOptions,
  request: InterpolateRequest,
  accept: string | undefined,
): Answered<InterpolateAnswer> {
  const { from, to, steps } = request;
  const wanted = { ...request, accept };
  const record = await api.store.models.get(request.model_id);
  checkPoints(api, record, steps);
  const format = await findImageFormat(api, record, wanted);
  const { step, output, ...timing } = await api.producer.infer({
    modelId: record.id,
    checkpoint: chooseCheckpoint(record, request),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'interpolate',
    input: { from, to, steps },
  });
  if (format !== null) {
    return { body: answerPng(drawImageGrid(toImages(output, 'mean', format), steps), wanted), timing };
  }
  const content = { ...describeSource(record, step), from, to, ...toPoints(output, record) };
  return { body: answerJson(content), timing };
}

/** Points of latent space and the data decoded from them. */
function toPoints(output: Outputs['manifold'], record: ModelRecord) {
  return {
    ...nameColumns(record),
    latents: toRows(output, 'latents'),
    data: toDataRows(output, 'mean', record),
  };
}

/** Errors: validation_failed with the parameter's name. */
export function checkDimension(pointer: string, dimension: number, size: number): void {
  if (dimension < size) return;
  const detail = `found ${dimension}; the latents of this model are numbered 0 to ${size - 1}`;
  throw AppError.of('validation_failed', { what: 'The query' }, { problems: [{ pointer, detail }] });
}

/** Errors: no_quantile. */
function checkQuantiles(record: ModelRecord): void {
  const { prior } = record.model;
  if (!isIndependent(prior)) throw AppError.of('no_quantile', { id: record.id, prior: prior.family });
}

/** Errors: too_large. */
function checkPoints(api: ApiOptions, record: ModelRecord, points: number): void {
  const answered = points * (record.data_size + record.model.latent_size);
  checkValues('The answer', answered, api.config.maxInferenceValues);
}
