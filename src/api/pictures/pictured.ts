import { AppError } from '../../errors.ts';
import { sharedDomain } from '../../model/specification.ts';
import type { Matrix } from '../../queue/arrays.ts';
import type { ModelRecord } from '../../store/models.ts';
import { takeFinite } from '../inference/answers.ts';
import type { AnswerFormat } from '../http/answer-format.ts';
import { HttpError } from '../http/http-error.ts';
import { negotiate } from '../http/negotiation.ts';
import { findImageShape, type ImageFormat, type Images } from './drawing/grid.ts';
import { enlarge, toPng, type Raster } from './drawing/raster.ts';
import { JSON_TYPE, PNG_TYPE } from '../http/media.ts';
import type { ApiOptions } from '../types.ts';

/** Answers as JSON or, on demand, as PNG. */

export interface JsonAnswer<Answer> {
  readonly type: typeof JSON_TYPE;
  readonly content: Answer;
}
export type Pictured<Answer> =
  JsonAnswer<Answer> | { readonly type: typeof PNG_TYPE; readonly content: Buffer };

/** What the client asks for: the field decides, otherwise the Accept header. */
export interface Wanted {
  readonly format?: 'json' | 'png';
  readonly zoom: number;
  readonly accept: string | undefined;
}

/** Errors: not_acceptable. */
export function wantsPng({ format, accept }: Wanted): boolean {
  if (format !== undefined) return format === 'png';
  return negotiate(accept, [JSON_TYPE, PNG_TYPE]) === PNG_TYPE;
}

/** What is wanted of an answer that is also available in other formats than JSON and PNG. */
export const wantOf = (chosen: AnswerFormat, { zoom }: Pick<Wanted, 'zoom'>): Wanted => ({
  format: chosen === 'png' ? 'png' : 'json',
  zoom,
  accept: undefined,
});

/** The image format of a model's rows if the client wants a PNG, otherwise null. Errors: not_acceptable. */
export async function findImageFormat(
  api: ApiOptions,
  record: ModelRecord,
  wanted: Wanted,
): Promise<ImageFormat | null> {
  if (!wantsPng(wanted)) return null;
  const imageShape = findImageShape(record.row_shape);
  if (imageShape !== null) return { ...imageShape, ...(await findBrightness(api, record)) };
  const shape = record.row_shape.join(', ');
  throw new HttpError('not_acceptable', {
    detail: `Rows of shape [${shape}] are not images: PNG needs [height, width], [height, width, 1] or [height, width, 3]. Ask for json.`,
  });
}

/**
 * Only this function decides which values are black and white: 0 and 1 if no value can be or is beyond them, otherwise the
 * smallest and the largest value of the data set, as long as it is there.
 */
async function findBrightness(
  api: ApiOptions,
  record: ModelRecord,
): Promise<Pick<ImageFormat, 'black' | 'white'>> {
  const { likelihood } = record.model;
  const domain = likelihood.family === 'mixed' ? null : sharedDomain(likelihood);
  if (domain && domain.low >= 0 && domain.high <= 1) return { black: 0, white: 1 };
  const { minimum, maximum } = await findRange(api, record.dataset_id);
  return toBrightness(minimum, maximum);
}

export const toBrightness = (minimum: number, maximum: number): Pick<ImageFormat, 'black' | 'white'> =>
  minimum >= 0 && maximum <= 1 ? { black: 0, white: 1 } : { black: minimum, white: maximum };

/** Pictures of a model outlive its data set: without one, the values are taken to be from 0 to 1. */
async function findRange(api: ApiOptions, id: string): Promise<{ minimum: number; maximum: number }> {
  try {
    return await api.store.datasets.get(id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'dataset_not_found') return { minimum: 0, maximum: 1 };
    throw error;
  }
}

export function toImages<Name extends string>(
  output: Readonly<Record<NoInfer<Name>, Matrix>>,
  name: Name,
  format: ImageFormat,
): Images {
  return { values: takeFinite<Name, Matrix>(output, name).data, format };
}

export function answerPng<Answer>(raster: Raster, { zoom }: Wanted): Pictured<Answer> {
  return { type: PNG_TYPE, content: toPng(enlarge(raster, zoom)) };
}

export function answerJson<Answer>(content: Answer): JsonAnswer<Answer> {
  return { type: JSON_TYPE, content };
}
