import { createLabelEncoder, type Cell, type TableSchema } from '../../model/table.ts';
import { idOffsetsKey, idsKey, labelsKey } from '../dataset-files.ts';
import type { StoreDriver } from '../driver.ts';
import { MISSING_LABEL } from '../kept-cells.ts';
import { openBlobWriter, type BlobWriter } from './blob-writer.ts';

/** Stores what is kept of a table beside its features: the cells of ids, or the classes of a label column. */
export interface CellKeeper {
  add(rows: readonly (readonly Cell[])[]): Promise<void>;
  finish(): Promise<void>;
  abort(): Promise<void>;
}

/** One line of JSON for each row, and the offset of each line. */
export function keepIds(driver: StoreDriver, id: string, columns: readonly number[]): CellKeeper {
  const [lines, offsets] = [openBlobWriter(driver, idsKey(id)), openBlobWriter(driver, idOffsetsKey(id))];
  let end = 0;
  return {
    add: async (rows) => {
      const ends = new Float64Array(rows.length);
      const texts = rows.map((cells, row) => {
        const text = `${JSON.stringify(columns.map((column) => cells[column] ?? null))}\n`;
        ends[row] = end += Buffer.byteLength(text);
        return text;
      });
      await lines.add(Buffer.from(texts.join('')));
      await offsets.add(new Uint8Array(ends.buffer));
    },
    finish: () => inTurn([lines, offsets], (writer) => writer.finish()),
    abort: () => inTurn([lines, offsets], (writer) => writer.abort()),
  };
}

/** The class of each row as int32. */
export function keepLabels(driver: StoreDriver, id: string, schema: TableSchema, index: number): CellKeeper {
  const writer = openBlobWriter(driver, labelsKey(id));
  const column = schema.columns[index];
  if (column?.role !== 'label') throw new RangeError(`column ${index} is no label`);
  const encode = createLabelEncoder(column, schema.missing_marks);
  return {
    add: async (rows) => {
      const codes = Int32Array.from(rows, (cells) => {
        const code = encode(cells[index] ?? null);
        return Number.isNaN(code) ? MISSING_LABEL : code;
      });
      await writer.add(new Uint8Array(codes.buffer));
    },
    finish: () => writer.finish(),
    abort: () => writer.abort(),
  };
}

/** Passes the rows of an array on and then writes their classes, which the file has beside them. */
export async function* keepArrayLabels<Piece>(
  driver: StoreDriver,
  id: string,
  pieces: AsyncIterable<Piece>,
  readLabels: () => Promise<Int32Array>,
): AsyncGenerator<Piece> {
  yield* pieces;
  const { buffer, byteOffset, byteLength } = await readLabels();
  await driver.write(labelsKey(id), new Uint8Array(buffer, byteOffset, byteLength));
}

async function inTurn(writers: readonly BlobWriter[], work: (writer: BlobWriter) => Promise<void>) {
  for (const writer of writers) await work(writer);
}
