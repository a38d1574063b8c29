import { AppError } from '../../errors.ts';
import { truncated, type ByteReader } from './byte-reader.ts';
import { ELEMENTS, toFloat32, type Encoding } from './elements.ts';
import { checkShape } from './limits.ts';
import type { RowLimits, RowStream } from './rows.ts';

/** One array as its header describes it; the values follow. `where` is the header's place, for messages. */
export interface DenseHeader extends Encoding {
  readonly shape: readonly number[];
  readonly where: string;
}

/** The rows of a file that is a header and then values: idx and npy. The size claimed is checked before and after. */
export function denseRows(reader: ByteReader, header: DenseHeader, limits: RowLimits): RowStream {
  const dataSize = checkShape(header.shape, header.where);
  const [rows = 0, ...rowShape] = header.shape;
  const dtype = header.type === 'uint8' ? 'uint8' : 'float32';
  if (rows * dataSize * ELEMENTS[dtype].bytes > limits.maxStoredBytes) {
    throw AppError.of('too_large', { what: 'The data set', limit: limits.maxStoredBytes, unit: 'bytes' });
  }
  return { rowShape, dataSize, dtype, pieces: readPieces(reader, header, rows * dataSize) };
}

async function* readPieces(reader: ByteReader, header: DenseHeader, values: number) {
  const size = ELEMENTS[header.type].bytes;
  const start = reader.offset;
  const end = start + values * size;
  let carried: Buffer = Buffer.alloc(0);
  for await (const piece of reader.rest()) {
    if (reader.offset > end) {
      const allowed = `the end of the data, after ${values} values`;
      throw AppError.of('data_invalid', { where: `byte ${end}`, found: 'more bytes', allowed });
    }
    const bytes = carried.length === 0 ? piece : Buffer.concat([carried, piece]);
    const whole = bytes.length - (bytes.length % size);
    const offset = reader.offset - bytes.length;
    carried = Buffer.from(bytes.subarray(whole));
    const taken = bytes.subarray(0, whole);
    yield header.type === 'uint8' ? taken : toFloat32(taken, header, offset);
  }
  if (reader.offset < end) throw truncated(reader.offset, `${values} values, up to byte ${end}`);
}
