/**
 * `node encode-ceiling.js DATA MODEL PORT`: the least that a server in JavaScript does to encode rows, in one process and without
 * checks, batches, or a change of checkpoints. JSON at /encode, little-endian float32 rows at /encode-raw.
 */
import Fastify from 'fastify';
import { openStore } from '../dist/store/store.js';
import { Inference } from '../dist/model/evaluation/compiled-model.js';
import { createOnnxRuntime } from '../dist/model/runtime/onnx/onnx-runtime.js';
import { availableParallelism } from 'node:os';

const [dataDir, modelId, port] = process.argv.slice(2);
const store = openStore({ dataDir, maxUploadBytes: 2 ** 33, maxDatasetBytes: 2 ** 33 });
const record = await store.models.get(modelId);
const { parameters } = await store.models.loadCheckpoint(modelId, 'latest', { optimizer: false });
const runtime = createOnnxRuntime({ device: 'cpu', threads: availableParallelism() });
const inference = Inference.ofParameters(runtime, record.model, record.row_shape, parameters);
const size = record.data_size;

const app = Fastify({ bodyLimit: 2 ** 25 });
app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
);
app.post('/encode', ({ body }) => {
  const rows = new Float32Array(body.data.length * size);
  body.data.forEach((row, i) => rows.set(row, i * size));
  return encode(rows);
});
app.post('/encode-raw', ({ body }) =>
  // A copy, because the numbers may lie at any byte of the body.
  encode(new Float32Array(new Uint8Array(body).buffer)),
);
await app.listen({ host: '127.0.0.1', port: Number(port) });

async function encode(data) {
  const result = await inference.encode(parameters, { shape: [data.length / size, size], data });
  return { mean: split(result.mean), standard_deviation: split(result.standard_deviation) };
}

function split({ shape: [count, width], data }) {
  return Array.from({ length: count }, (_, row) => Array.from(data.subarray(row * width, (row + 1) * width)));
}
