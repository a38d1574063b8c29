import type { FloatArrays } from '../../model/runtime/runtime.ts';
import { bitsOf } from '../../queue/jobs.ts';
import { readValues } from '../row-values.ts';
import { selectSpreadRows } from './dataset-rows.ts';
import type { InferenceRequest } from './request.ts';

/** Read and encoded at a time, so that memory does not grow with their number. */
const ROWS_AT_ONCE = 512;

/** Means of q(z|x) of rows of the data set, with their labels where it has some. */
export async function scatter(request: InferenceRequest): Promise<FloatArrays> {
  const { inference, parameters, record, datasets, payload, count } = request;
  const { dataset_id: id } = record;
  const indices = await datasets.use(id, (reader) =>
    selectSpreadRows(reader.record, record, payload.part ?? 'held_out', count),
  );
  const size = inference.vae.latentSize;
  const mean = new Float32Array(indices.length * size);
  for (let start = 0; start < indices.length; start += ROWS_AT_ONCE) {
    const chosen = indices.subarray(start, start + ROWS_AT_ONCE);
    const rows = await datasets.use(id, (reader) => readValues(reader, chosen));
    mean.set((await inference.encode(parameters, rows)).mean.data, start * size);
  }
  const labels = await datasets.labels(id);
  return {
    mean: { shape: [indices.length, size], data: mean },
    rows: bitsOf(indices),
    ...(labels
      ? { labels: { shape: [indices.length], data: Float32Array.from(indices, (row) => labels[row] ?? NaN) } }
      : {}),
  };
}
