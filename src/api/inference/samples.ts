import { toDataRows, toRows } from './answers.ts';
import { answerDataCsv, answerDataNpy, checkArrayAnswer, type RowAnswer } from './array-answer.ts';
import { nameColumns } from './model-table.ts';
import { drawImageGrid } from '../pictures/drawing/grid.ts';
import { checkValues } from './rows.ts';
import type { SamplesAnswer, SamplesQuery } from './schemas.ts';
import { chooseAnswerFormat, FILE_FORMATS } from '../http/answer-format.ts';
import { chooseCheckpoint } from '../models/checkpoint.ts';
import { describeSource } from '../models/source.ts';
import type { ApiOptions } from '../types.ts';
import type { Timed } from '../http/timing.ts';
import {
  answerJson,
  answerPng,
  findImageFormat,
  toImages,
  wantOf,
  type Pictured,
} from '../pictures/pictured.ts';

/** Draws z from the prior and decodes them: as JSON, CSV or NPY, or as a grid of images. Errors: not_acceptable, too_large. */
export async function drawSamples(
  api: ApiOptions,
  query: SamplesQuery,
  accept: string | undefined,
): Promise<Timed<Pictured<SamplesAnswer> | RowAnswer<SamplesAnswer>>> {
  const { count, seed, draw } = query;
  const chosen = chooseAnswerFormat(query.format, accept, FILE_FORMATS);
  const wanted = wantOf(chosen, query);
  const record = await api.store.models.get(query.model_id);
  checkArrayAnswer(record, chosen);
  const { latent_size: latentSize } = record.model;
  const format = await findImageFormat(api, record, wanted);
  checkValues('The answer', count * (record.data_size + latentSize), api.config.maxInferenceValues);
  const input = { samples: count, seed, drawData: draw === 'sample' };
  const { step, output, ...timing } = await api.producer.infer({
    modelId: record.id,
    checkpoint: chooseCheckpoint(record, query),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'sample',
    input,
  });
  const shown = { data: output.data ?? output.mean };
  if (format !== null) {
    return { body: answerPng(drawImageGrid(toImages(shown, 'data', format)), wanted), timing };
  }
  const [latents, data] = [toRows(output, 'latents'), toDataRows(shown, 'data', record)];
  const origin = { record, step };
  if (chosen === 'npy') return { body: answerDataNpy(origin, shown.data, data), timing };
  if (chosen === 'csv') return { body: answerDataCsv(origin, data), timing };
  const content = { ...describeSource(record, step), seed, ...nameColumns(record), latents, data };
  return { body: answerJson(content), timing };
}
