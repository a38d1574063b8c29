import { matrix } from '../answers.ts';
import { imageGrid } from '../pictures/grid.ts';
import { checkValues } from '../rows.ts';
import type { SamplesAnswer, SamplesQuery } from '../schemas/inference.ts';
import type { ApiOptions } from '../types.ts';
import { compute, type Timed } from './compute.ts';
import { specOf } from './models.ts';
import { asJson, asPng, formatFor, imagesOf, type Pictured } from './pictured.ts';

/** Draws z from the prior and decodes them: as JSON, or as a grid of images. Errors: not_acceptable, too_large. */
export async function sample(
  api: ApiOptions,
  query: SamplesQuery,
  accept: string | undefined,
): Promise<Timed<Pictured<SamplesAnswer>>> {
  const { count, seed } = query;
  const wanted = { ...query, accept };
  const record = await api.store.models.get(query.model_id);
  const format = await formatFor(api, record, wanted);
  const answered = count * (record.data_size + specOf(record).latent_size);
  checkValues('The answer', answered, api.config.maxInferenceValues);
  const { result, timing } = await compute(api, query, { operation: 'sample', rows: null, count, seed });
  if (format !== null) return { body: asPng(imageGrid(imagesOf(result, 'mean', format)), wanted), timing };
  const [latents, data] = [matrix(result, 'latents'), matrix(result, 'mean')];
  return { body: asJson({ model_id: record.id, step: result.step, seed, latents, data }), timing };
}
