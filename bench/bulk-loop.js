/** `node bulk-loop.js DATA MODEL TASK`: seconds for all rows of the model's data set, in one process with one thread. */
import { openStore } from '../dist/store/store.js';
import { Inference } from '../dist/model/evaluation/compiled-model.js';
import { createOnnxRuntime } from '../dist/model/runtime/onnx/onnx-runtime.js';
import { isShared } from '../dist/model/specification.js';
import { columnsOf } from '../dist/worker/scoring/columns.js';

process.env.ORT_DISABLE_TELEMETRY = '1';
const [dataDir, modelId, task] = process.argv.slice(2);
const ROWS_AT_ONCE = 512;

const store = openStore({ dataDir, maxUploadBytes: 2 ** 33, maxDatasetBytes: 2 ** 33 });
const record = await store.models.get(modelId);
const { parameters } = await store.models.loadCheckpoint(modelId, 'best', { optimizer: false });
const reader = await store.datasets.openRows(record.dataset_id);
const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
const inference = Inference.of(runtime, record.model, record.row_shape);
const columns = columnsOf(record);
const detail = isShared(record.model.likelihood) ? 'means' : 'outputs';
const nothing = () => undefined;
const CALLS = {
  score: (rows) => inference.scoreRows(parameters, rows, { columns, details: [] }, nothing),
  encode: (rows) => inference.encode(parameters, rows),
  impute: (rows) =>
    inference.weighRows(parameters, keepIncomplete(rows), { details: [detail], rounds: 1 }, nothing),
};

/** Rows in which nothing is missing need nothing. */
function keepIncomplete({ shape: [count, size], data }) {
  const kept = [];
  for (let row = 0; row < count; row++) {
    const own = data.subarray(row * size, (row + 1) * size);
    if (own.some(Number.isNaN)) kept.push(...own);
  }
  return { shape: [kept.length / size, size], data: Float32Array.from(kept) };
}

async function call(first, count) {
  const data = new Float32Array(count * record.data_size);
  await reader.readRows(
    Array.from({ length: count }, (_, i) => first + i),
    data,
  );
  await CALLS[task]({ shape: [count, record.data_size], data });
}

const { rows } = reader.record;
await call(0, Math.min(rows, ROWS_AT_ONCE));
const started = performance.now();
for (let at = 0; at < rows; at += ROWS_AT_ONCE) await call(at, Math.min(ROWS_AT_ONCE, rows - at));
process.stdout.write(String((performance.now() - started) / 1000));
process.exit(0);
