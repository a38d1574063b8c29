import { AppError } from '../../errors.ts';
import { unpackBits, type InferResult } from '../../queue/jobs.ts';
import { matrix, vector } from '../inference/answers.ts';
import { scatterPlot } from './drawing/scatter-plot.ts';
import { checkValues } from '../inference/rows.ts';
import type { ScatterAnswer, ScatterQuery } from './schemas.ts';
import type { ApiOptions } from '../types.ts';
import { compute, type Timed } from '../inference/compute.ts';
import { checkDimension } from './latent-pictures.ts';
import { asJson, asPng, wantsPng, type Pictured } from './pictured.ts';

/** Where rows of the data set lie in two latent dimensions. Errors: validation_failed, data_invalid, too_large. */
export async function scatter(
  api: ApiOptions,
  id: string,
  query: ScatterQuery,
  accept: string | undefined,
): Promise<Timed<Pictured<ScatterAnswer>>> {
  const { limit, rows: part, checkpoint } = query;
  const wanted = { ...query, accept };
  const png = wantsPng(wanted);
  const record = await api.store.models.get(id);
  const { latent_size: size } = record.model;
  const [x, y] = dimensionsOf(query.dimensions, size);
  checkValues('The answer', limit * size, api.config.maxInferenceValues);
  const work = { operation: 'scatter', rows: null, count: limit, part } as const;
  const { result, timing } = await compute(api, { model_id: id, checkpoint }, work);
  const points = matrix(result, 'mean').map((mean) => [mean[x] ?? NaN, mean[y] ?? NaN] as const);
  const labels = 'labels' in result.arrays ? vector(result, 'labels') : null;
  if (png) {
    const raster = scatterPlot({ points, labels, xLabel: `z[${x}]`, yLabel: `z[${y}]` });
    return { body: asPng(raster, wanted), timing };
  }
  const content = {
    model_id: id,
    step: result.step,
    dimensions: [x, y],
    rows: indices(result),
    points: points.map((point) => [...point]),
    labels,
  };
  return { body: asJson(content), timing };
}

function dimensionsOf(text: string, size: number): [x: number, y: number] {
  const [x = 0, y = 0] = text.split(',').map(Number);
  for (const dimension of [x, y]) checkDimension('dimensions', dimension, size);
  return [x, y];
}

function indices({ arrays }: InferResult): number[] {
  const { rows } = arrays;
  if (rows === undefined) throw AppError.of('internal', undefined);
  return [...unpackBits(rows)];
}
