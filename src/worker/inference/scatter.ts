import type { TableSchema } from '../../model/table.ts';
import { toIndices } from '../../queue/arrays.ts';
import { readValues } from '../row-values.ts';
import { selectSpreadRows } from './dataset-rows.ts';
import { always, type Runner } from './operation.ts';

/** Reads and encodes this many rows at a time, to bound the memory. */
const ROWS_AT_ONCE = 512;

/** Means of q(z|x) for rows of the data set, with their labels if it has any. */
export const scatter: Runner<'scatter'> = {
  needsEncoder: always,
  run: async ({ inference, parameters, record, datasets }, { part, limit }) => {
    const { dataset_id: id } = record;
    const indices = await datasets.use(id, (reader) => selectSpreadRows(reader.record, record, part, limit));
    const size = inference.vae.latentSize;
    const mean = new Float32Array(indices.length * size);
    for (let start = 0; start < indices.length; start += ROWS_AT_ONCE) {
      const chosen = indices.subarray(start, start + ROWS_AT_ONCE);
      const rows = await datasets.use(id, (reader) => readValues(reader, chosen));
      mean.set((await inference.encode(parameters, rows)).mean.data, start * size);
    }
    const labels = await datasets.readLabels(id);
    const classes = labels && numberUnknown(labels, countLabels(record.table));
    return {
      mean: { shape: [indices.length, size], data: mean },
      rows: toIndices(indices),
      ...(classes && { labels: toIndices(indices.map((row) => classes(row))) }),
    };
  },
};

const countLabels = (table: TableSchema | null): number | null =>
  table?.columns.find((column) => column.role === 'label')?.labels.length ?? null;

/** The class of a row: a word that is not kept has the first number after those that are, and a missing one the next. */
function numberUnknown(labels: ArrayLike<number>, known: number | null): (row: number) => number {
  const first = known ?? Array.from(labels).reduce((most, label) => Math.max(most, label + 1), 0);
  return (row) => {
    const label = labels[row] ?? 0;
    return label < 0 ? first - 1 - label : label;
  };
}
