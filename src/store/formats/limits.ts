import { AppError } from '../../errors.ts';

export interface UploadLimits {
  /** Maximum size of the upload as it arrives. */
  readonly maxUploadBytes: number;
  /** Maximum size of all rows as stored. gzip may unpack to four times that. */
  readonly maxDatasetBytes: number;
}

/** Maximum number of values in one row, the same as for models. */
export const MAX_DATA_SIZE = 65536;
export const MAX_ROWS = 2 ** 31;
const MAX_AXES = 8;

/** Passes bytes on until there are more than the limit. Errors: too_large. */
export async function* limitBytes(
  source: AsyncIterable<Uint8Array>,
  what: string,
  limit: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of source) {
    bytes += piece.length;
    if (bytes > limit) throw AppError.of('too_large', { what, limit, unit: 'bytes' });
    yield piece;
  }
}

/**
 * Checks an array's shape, [rows, ...row shape], as a header claims it, before anything of that size is read or made.
 * Returns the elements of one row. `where` names the place of the header.
 */
export function checkShape(shape: readonly number[], where: string): number {
  if (shape.length < 2 || shape.length > MAX_AXES) {
    const allowed = `2 to ${MAX_AXES}: rows first, then the shape of a row`;
    throw AppError.of('data_invalid', { where, found: `${shape.length} axes`, allowed });
  }
  if (shape.includes(0)) {
    const found = `shape [${shape.join(', ')}]`;
    throw AppError.of('data_invalid', { where, found, allowed: 'at least 1 row and 1 value in each' });
  }
  const [rows = 0, ...rowShape] = shape;
  if (rows > MAX_ROWS)
    throw AppError.of('too_large', { what: 'The data set', limit: MAX_ROWS, unit: 'rows' });
  const dataSize = rowShape.reduce((size, axis) => size * axis, 1);
  if (dataSize > MAX_DATA_SIZE) {
    throw AppError.of('too_large', { what: 'A row', limit: MAX_DATA_SIZE, unit: 'values' });
  }
  return dataSize;
}
