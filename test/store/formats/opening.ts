import { AppError } from '../../../src/errors.ts';
import { openFile } from '../../../src/store/formats/open-file.ts';
import { storeInMemory } from '../../../src/store/formats/source.ts';
import type { Cell, FileSettings, OpenedFile, TableFile } from '../../../src/store/formats/file.ts';
import { cut, piecesOf } from '../support.ts';

export const LIMITS = { maxUploadBytes: 2 ** 24, maxDatasetBytes: 2 ** 24 };

export type OpenOptions = Partial<FileSettings> & { readonly pieceBytes?: number };

/** Opens bytes that arrive as a stream, in pieces of a size that fits nothing. */
export const openBytes = (
  bytes: Uint8Array | string,
  { pieceBytes, ...settings }: OpenOptions = {},
): Promise<OpenedFile> =>
  openFile(piecesOf(...cut(Buffer.from(bytes), pieceBytes)), { limits: LIMITS, ...settings });

/** Opens bytes that are stored. */
export const openStored = (
  bytes: Uint8Array | string,
  settings: Partial<FileSettings> = {},
): Promise<OpenedFile> => openFile(storeInMemory(Buffer.from(bytes)), { limits: LIMITS, ...settings });

export interface ReadTable extends Pick<TableFile, 'format' | 'names' | 'header' | 'width'> {
  readonly rows: readonly (readonly Cell[])[];
  readonly numbers: readonly number[];
}

/** All rows of a table. Errors: data_invalid with every problem. */
export async function readTable(opened: OpenedFile | Promise<OpenedFile>): Promise<ReadTable> {
  const file = await opened;
  if (file.kind !== 'table') throw new Error(`${file.format} is no table.`);
  const { format, names, header, width } = file;
  const [rows, numbers]: [(readonly Cell[])[], number[]] = [[], []];
  try {
    for await (const batch of file.batches) {
      rows.push(...batch.rows);
      numbers.push(...batch.numbers);
    }
  } finally {
    await file.close();
  }
  file.problems.throwIfAny();
  return { format, names, header, width, rows, numbers };
}

export const readText = (bytes: Uint8Array | string, options?: OpenOptions): Promise<ReadTable> =>
  readTable(openBytes(bytes, options));

export interface ReadArray {
  readonly format: string;
  readonly dtype: 'uint8' | 'float32';
  readonly rowShape: readonly number[];
  readonly values: number[];
  readonly labels: number[] | null;
}

/** All values of an array, and its labels. Errors: data_invalid with every problem. */
export async function readArray(opened: OpenedFile | Promise<OpenedFile>): Promise<ReadArray> {
  const file = await opened;
  if (file.kind !== 'array') {
    await file.close();
    throw AppError.of('data_invalid', { where: 'byte 0', found: file.format, allowed: 'an array' });
  }
  const { format, dtype, rowShape } = file;
  const values: number[] = [];
  try {
    for await (const piece of file.pieces) values.push(...piece);
    file.problems.throwIfAny();
    const labels = file.labels === null ? null : [...(await file.labels())];
    return { format, dtype, rowShape, values, labels };
  } finally {
    await file.close();
  }
}

/** All values of an upload within small limits. */
export async function readUpload(
  bytes: Uint8Array | string,
  { limits, ...options }: Omit<OpenOptions, 'limits'> & { readonly limits?: Partial<typeof LIMITS> } = {},
): Promise<Omit<ReadArray, 'labels'>> {
  const small = { maxUploadBytes: 2 ** 20, maxDatasetBytes: 2 ** 20, ...limits };
  const { labels: _, ...read } = await readArray(openBytes(bytes, { ...options, limits: small }));
  return read;
}
