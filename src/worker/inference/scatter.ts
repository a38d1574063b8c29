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
    return {
      mean: { shape: [indices.length, size], data: mean },
      rows: toIndices(indices),
      ...(labels && { labels: toIndices(indices.map((row) => labels[row] ?? 0)) }),
    };
  },
};
