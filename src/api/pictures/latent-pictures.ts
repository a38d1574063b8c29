import { AppError } from '../../errors.ts';
import { isIndependent, LIMITS, type LikelihoodSpec } from '../../model/specification.ts';
import type { InferResult } from '../../queue/jobs.ts';
import type { ModelRecord } from '../../store/models.ts';
import { columnNames, dataRows, matrix, vector } from '../inference/answers.ts';
import { imageGrid } from './drawing/grid.ts';
import { checkValues } from '../inference/rows.ts';
import type {
  InterpolateAnswer,
  InterpolateRequest,
  ManifoldAnswer,
  ManifoldQuery,
  TraversalAnswer,
  TraversalQuery,
} from './schemas.ts';
import type { ApiOptions } from '../types.ts';
import { compute, type Timed } from '../inference/compute.ts';
import { asJson, asPng, formatFor, imagesOf, type Pictured } from './pictured.ts';

type Answered<Answer> = Promise<Timed<Pictured<Answer>>>;

/** A grid of the latent plane, decoded. Errors: not_two_latents, no_quantile, not_acceptable, too_large. */
export async function manifold(
  api: ApiOptions,
  id: string,
  query: ManifoldQuery,
  accept: string | undefined,
): Answered<ManifoldAnswer> {
  const { size, checkpoint } = query;
  const wanted = { ...query, accept };
  const record = await api.store.models.get(id);
  const { latent_size: latentSize } = record.model;
  if (latentSize !== 2) throw AppError.of('not_two_latents', { id, latentSize });
  checkQuantiles(record);
  checkPoints(api, record, size * size);
  const format = await formatFor(api, record, wanted);
  const work = { operation: 'manifold', rows: null, count: size } as const;
  const { result, timing } = await compute(api, { model_id: id, checkpoint }, work);
  if (format !== null) {
    return { body: asPng(imageGrid(imagesOf(result, 'mean', format), size), wanted), timing };
  }
  const { likelihood } = record.model;
  const [latents, data] = [matrix(result, 'latents'), dataRows(result, 'mean', likelihood)];
  return {
    body: asJson({ model_id: id, step: result.step, size, ...columnNames(likelihood), latents, data }),
    timing,
  };
}

/** What one latent does, or each, decoded. Errors: no_quantile, validation_failed, not_acceptable, too_large. */
export async function traversal(
  api: ApiOptions,
  id: string,
  query: TraversalQuery,
  accept: string | undefined,
): Answered<TraversalAnswer> {
  const { steps, dimension, checkpoint } = query;
  const wanted = { ...query, accept };
  const record = await api.store.models.get(id);
  const { latent_size: size } = record.model;
  if (dimension !== undefined) checkDimension('dimension', dimension, size);
  checkQuantiles(record);
  const moved = dimension === undefined ? Math.min(size, LIMITS.traversedLatents) : 1;
  checkPoints(api, record, moved * steps);
  const format = await formatFor(api, record, wanted);
  const { result, timing } = await compute(api, { model_id: id, checkpoint }, traversalWork(query));
  if (format !== null) {
    return { body: asPng(imageGrid(imagesOf(result, 'mean', format), steps), wanted), timing };
  }
  const { likelihood } = record.model;
  const content = {
    model_id: id,
    step: result.step,
    ...columnNames(likelihood),
    ...traversalsOf(result, steps, likelihood),
  };
  return { body: asJson(content), timing };
}

function traversalWork({ steps, dimension, row }: TraversalQuery) {
  return {
    operation: 'traversal',
    rows: null,
    count: steps,
    ...(dimension === undefined ? {} : { dimension }),
    ...(row === undefined ? {} : { datasetRows: [row] }),
  } as const;
}

function traversalsOf(
  result: InferResult,
  steps: number,
  likelihood: LikelihoodSpec,
): Pick<TraversalAnswer, 'base' | 'traversals'> {
  const [latents, data] = [matrix(result, 'latents'), dataRows(result, 'mean', likelihood)];
  const traversals = vector(result, 'dimensions').map((dimension, i) => {
    const [from, to] = [i * steps, (i + 1) * steps];
    return { dimension, latents: latents.slice(from, to), data: data.slice(from, to) };
  });
  return { base: matrix(result, 'base')[0] ?? [], traversals };
}

/** The way from one row to another through the latent space, decoded. Errors: data_invalid, not_acceptable, too_large. */
export async function interpolate(
  api: ApiOptions,
  request: InterpolateRequest,
  accept: string | undefined,
): Answered<InterpolateAnswer> {
  const { from, to, steps } = request;
  const wanted = { ...request, accept };
  const record = await api.store.models.get(request.model_id);
  checkPoints(api, record, steps);
  const format = await formatFor(api, record, wanted);
  const work = { operation: 'interpolate', rows: null, count: steps } as const;
  const { result, timing } = await compute(api, request, { ...work, datasetRows: [from, to] });
  if (format !== null) {
    return { body: asPng(imageGrid(imagesOf(result, 'mean', format), steps), wanted), timing };
  }
  const { likelihood } = record.model;
  const [latents, data] = [matrix(result, 'latents'), dataRows(result, 'mean', likelihood)];
  return {
    body: asJson({
      model_id: record.id,
      step: result.step,
      from,
      to,
      ...columnNames(likelihood),
      latents,
      data,
    }),
    timing,
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
