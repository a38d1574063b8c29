import { toDataRows, toRows } from './answers.ts';
import { answerCsv, type CsvAnswer } from './csv-answer.ts';
import { nameColumns } from './model-table.ts';
import { drawImageGrid } from '../pictures/drawing/grid.ts';
import { checkValues } from './rows.ts';
import type { SamplesAnswer, SamplesQuery } from './schemas.ts';
import { CSV_TYPE, JSON_TYPE, PNG_TYPE } from '../http/media.ts';
import { negotiate } from '../http/negotiation.ts';
import { chooseCheckpoint } from '../models/checkpoint.ts';
import { describeSource } from '../models/source.ts';
import type { ApiOptions } from '../types.ts';
import type { Timed } from '../http/timing.ts';
import { answerJson, answerPng, findImageFormat, toImages, type Pictured } from '../pictures/pictured.ts';

const FORMATS = { [JSON_TYPE]: 'json', [PNG_TYPE]: 'png', [CSV_TYPE]: 'csv' } as const;

/** Draws z from the prior and decodes them: as JSON or CSV, or as a grid of images. Errors: not_acceptable, too_large. */
export async function drawSamples(
  api: ApiOptions,
  query: SamplesQuery,
  accept: string | undefined,
): Promise<Timed<Pictured<SamplesAnswer> | CsvAnswer>> {
  const { count, seed, draw } = query;
  const chosen = query.format ?? FORMATS[negotiate(accept, [JSON_TYPE, PNG_TYPE, CSV_TYPE])];
  const wanted = { ...query, format: chosen === 'png' ? ('png' as const) : ('json' as const), accept };
  const record = await api.store.models.get(query.model_id);
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
  if (chosen === 'csv') return { body: answerCsv(record, data), timing };
  const content = { ...describeSource(record, step), seed, ...nameColumns(record), latents, data };
  return { body: answerJson(content), timing };
}
