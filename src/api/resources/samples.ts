import { array, columnNames, dataRows, matrix } from '../answers.ts';
import { HttpError } from '../http-error.ts';
import { imageGrid } from '../image-grid.ts';
import { negotiate } from '../negotiation.ts';
import { checkValues } from '../rows.ts';
import type { SamplesAnswer, SamplesQuery } from '../schemas/inference.ts';
import type { ModelRecord } from '../../store/models.ts';
import type { ApiOptions } from '../types.ts';
import { compute, type Timed } from './compute.ts';
import { specOf } from './models.ts';

export const JSON_TYPE = 'application/json';
export const PNG_TYPE = 'image/png';

export interface Sampled {
  readonly type: typeof JSON_TYPE | typeof PNG_TYPE;
  readonly content: SamplesAnswer | Buffer;
}

/** Draws z from the prior and decodes them: as JSON, or as a grid of images. Errors: not_acceptable, too_large. */
export async function sample(
  api: ApiOptions,
  query: SamplesQuery,
  accept: string | undefined,
): Promise<Timed<Sampled>> {
  const { count, seed, draw } = query;
  const type = typeOf(query.format, accept);
  const record = await api.store.models.get(query.model_id);
  const { likelihood, latent_size: latentSize } = specOf(record);
  const answered = count * (record.data_size + latentSize);
  checkValues('The answer', answered, api.config.maxInferenceValues);
  const axes = type === PNG_TYPE ? imageAxes(record) : null;
  const work = { operation: 'sample', rows: null, count, seed, drawData: draw === 'sample' } as const;
  const { result, timing } = await compute(api, query, work);
  const name = draw === 'sample' ? 'data' : 'mean';
  if (axes !== null) {
    const grid = imageGrid(array(result, name, 2).data, axes.height, axes.width);
    return { body: { type: PNG_TYPE, content: Buffer.from(grid) }, timing };
  }
  const [latents, data] = [matrix(result, 'latents'), dataRows(result, name, likelihood)];
  const content = { model_id: record.id, step: result.step, seed, ...columnNames(likelihood), latents, data };
  return { body: { type: JSON_TYPE, content }, timing };
}

function typeOf(format: SamplesQuery['format'], accept: string | undefined): Sampled['type'] {
  if (format === undefined) return negotiate(accept, [JSON_TYPE, PNG_TYPE]);
  return format === 'png' ? PNG_TYPE : JSON_TYPE;
}

function imageAxes(record: ModelRecord): { height: number; width: number } {
  const [height, width, more] = record.row_shape;
  if (height !== undefined && width !== undefined && more === undefined) return { height, width };
  throw new HttpError('not_acceptable', {
    detail: `Rows of shape [${record.row_shape.join(', ')}] are no images: PNG needs 2 axes. Ask for json.`,
  });
}
