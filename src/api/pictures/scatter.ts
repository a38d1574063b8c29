import { toNumbers, toRows } from '../inference/answers.ts';
import { drawScatterPlot } from './drawing/scatter-plot.ts';
import { checkValues } from '../inference/rows.ts';
import type { ScatterAnswer, ScatterQuery } from './schemas.ts';
import { chooseCheckpoint } from '../models/checkpoint.ts';
import { describeSource } from '../models/source.ts';
import type { ApiOptions } from '../types.ts';
import type { Timed } from '../http/timing.ts';
import { checkDimension } from './latent-pictures.ts';
import { answerJson, answerPng, wantsPng, type Pictured } from './pictured.ts';

/** Plots rows of the data set in two latent dimensions. Errors: validation_failed, data_invalid, too_large. */
export async function scatterRows(
  api: ApiOptions,
  id: string,
  query: ScatterQuery,
  accept: string | undefined,
): Promise<Timed<Pictured<ScatterAnswer>>> {
  const { limit, rows: part } = query;
  const wanted = { ...query, accept };
  const png = wantsPng(wanted);
  const record = await api.store.models.get(id);
  const { latent_size: size } = record.model;
  const [x, y] = parseDimensions(query.dimensions, size);
  checkValues('The answer', limit * size, api.config.maxInferenceValues);
  const { step, output, ...timing } = await api.producer.infer({
    modelId: id,
    checkpoint: chooseCheckpoint(record, query),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'scatter',
    input: { part, limit },
  });
  const points = toRows(output, 'mean').map((mean) => [mean[x] ?? NaN, mean[y] ?? NaN] as const);
  const labels = output.labels ? toNumbers({ labels: output.labels }, 'labels') : null;
  if (png) {
    const raster = drawScatterPlot({ points, labels, xLabel: `z[${x}]`, yLabel: `z[${y}]` });
    return { body: answerPng(raster, wanted), timing };
  }
  const content = {
    ...describeSource(record, step),
    dimensions: [x, y],
    rows: toNumbers(output, 'rows'),
    points: points.map((point) => [...point]),
    labels,
  };
  return { body: answerJson(content), timing };
}

function parseDimensions(text: string, size: number): [x: number, y: number] {
  const [x = 0, y = 0] = text.split(',').map(Number);
  for (const dimension of [x, y]) checkDimension('dimensions', dimension, size);
  return [x, y];
}
