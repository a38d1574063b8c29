import type { RowFormatName } from '../../../src/store/formats/rows.ts';
import { openUpload } from '../../../src/store/formats/upload.ts';
import { cut, piecesOf } from '../support.ts';

export const LIMITS = { maxUploadBytes: 2 ** 20, maxDatasetBytes: 2 ** 20 };

export interface ReadUpload {
  readonly format: RowFormatName;
  readonly dtype: 'uint8' | 'float32';
  readonly rowShape: readonly number[];
  readonly values: number[];
  /** Of a table. */
  readonly header?: boolean;
  readonly names?: readonly string[] | null;
  readonly labels?: readonly (readonly string[] | null)[];
}

/** A whole upload, given in small pieces. */
export async function readUpload(
  bytes: Uint8Array | string,
  options: {
    pieceBytes?: number;
    format?: RowFormatName;
    limits?: Partial<typeof LIMITS>;
    header?: boolean;
  } = {},
): Promise<ReadUpload> {
  const pieces = cut(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, options.pieceBytes);
  const limits = { ...LIMITS, ...options.limits };
  const rows = await openUpload(piecesOf(...pieces), options.format, limits, options.header);
  const values: number[] = [];
  for await (const piece of rows.pieces) values.push(...piece);
  const { format, dtype, rowShape, table } = rows;
  const facts = table ? { header: table.header, names: table.names, labels: table.labels() } : {};
  return { format, dtype, rowShape, values, ...facts };
}
