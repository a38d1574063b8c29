import type { RowEncoder } from '../../model/table.ts';
import type { CellBatch, TableFile } from '../formats/file.ts';

export interface BatchEncoding {
  readonly encode: RowEncoder;
  /** Number of features. */
  readonly width: number;
  /** Names of all columns of the file. */
  readonly names: readonly string[];
  /** Gets every batch before its features are stored. */
  readonly keep?: (batch: CellBatch) => Promise<void>;
  /** Called after the last batch, if nothing was wrong. */
  readonly finish?: () => Promise<void>;
}

/** The features of all rows. Errors: data_invalid with every problem of the file. */
export async function* encodeBatches(
  file: TableFile,
  { encode, width, names, keep, finish }: BatchEncoding,
): AsyncGenerator<Float32Array> {
  const { problems } = file;
  const indices = new Map(names.map((name, column) => [name, column]));
  for await (const batch of file.batches) {
    const features = new Float32Array(batch.rows.length * width);
    batch.rows.forEach((cells, i) => {
      for (const { column: name, found, allowed } of encode(cells, features, i * width)) {
        const row = batch.numbers[i] ?? 0;
        problems.add({ kind: 'cell', row, column: indices.get(name) ?? 0, name, found, allowed });
      }
    });
    if (problems.count > 0) continue;
    await keep?.(batch);
    yield features;
  }
  problems.throwIfAny();
  await finish?.();
}
