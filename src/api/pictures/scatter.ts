import { toNumbers, toRows } from '../inference/answers.ts';
import { OTHER_WORD } from '../../model/table.ts';
import type { ModelRecord } from '../../store/models.ts';
import { drawScatterPlot, type Legend } from './drawing/scatter-plot.ts';
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
  const legend = describeLabels(record);
  const classes = output.labels ? toNumbers({ labels: output.labels }, 'labels') : null;
  // Beyond the names is a row without a label.
  const labels = classes && classes.map((one) => (legend && one >= legend.names.length ? null : one));
  if (png) {
    const raster = drawScatterPlot({
      points,
      labels: labels && labels.map((label) => label ?? -1),
      ...(legend && { legend }),
      xLabel: `z[${x}]`,
      yLabel: `z[${y}]`,
    });
    return { body: answerPng(raster, wanted), timing };
  }
  const content = {
    ...describeSource(record, step),
    dimensions: [x, y],
    rows: toNumbers(output, 'rows'),
    points: points.map((point) => [...point]),
    labels,
    ...(labels && legend && { label_names: [...legend.names] }),
  };
  return { body: answerJson(content), timing };
}

/** The words of a table's label column, and of all words that are not kept; null without such a column. */
function describeLabels({ table }: ModelRecord): Legend | null {
  const column = table?.columns.find(({ role }) => role === 'label');
  return column?.role === 'label' ? { title: column.name, names: [...column.labels, OTHER_WORD] } : null;
}

function parseDimensions(text: string, size: number): [x: number, y: number] {
  const [x = 0, y = 0] = text.split(',').map(Number);
  for (const dimension of [x, y]) checkDimension('dimensions', dimension, size);
  return [x, y];
}
