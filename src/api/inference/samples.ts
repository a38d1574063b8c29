import { columnNames, dataRows, matrix } from './answers.ts';
import { imageGrid } from '../pictures/drawing/grid.ts';
import { checkValues } from './rows.ts';
import type { SamplesAnswer, SamplesQuery } from './schemas.ts';
import type { ApiOptions } from '../types.ts';
import { compute, type Timed } from './compute.ts';
import { asJson, asPng, formatFor, imagesOf, type Pictured } from '../pictures/pictured.ts';

/** Draws z from the prior and decodes them: as JSON, or as a grid of images. Errors: not_acceptable, too_large. */
export async function sample(
  api: ApiOptions,
  query: SamplesQuery,
  accept: string | undefined,
): Promise<Timed<Pictured<SamplesAnswer>>> {
  const { count, seed, draw } = query;
  const wanted = { ...query, accept };
  const record = await api.store.models.get(query.model_id);
  const { likelihood, latent_size: latentSize } = record.model;
  const format = await formatFor(api, record, wanted);
  checkValues('The answer', count * (record.data_size + latentSize), api.config.maxInferenceValues);
  const work = { operation: 'sample', rows: null, count, seed, drawData: draw === 'sample' } as const;
  const { result, timing } = await compute(api, query, work);
  const name = draw === 'sample' ? 'data' : 'mean';
  if (format !== null) return { body: asPng(imageGrid(imagesOf(result, name, format)), wanted), timing };
  const [latents, data] = [matrix(result, 'latents'), dataRows(result, name, likelihood)];
  const content = { model_id: record.id, step: result.step, seed, ...columnNames(likelihood), latents, data };
  return { body: asJson(content), timing };
}
