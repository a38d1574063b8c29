import { createExpectation } from '../dist/api/score/cells.js';
import { parseTable } from '../dist/api/inference/table-rows.js';
import { findTable } from '../dist/model/dataset.js';
import { BatchedFunctions } from '../dist/model/evaluation/batches.js';
import { createOnnxRuntime } from '../dist/model/runtime/onnx/onnx-runtime.js';
import { Inference } from '../dist/model/evaluation/compiled-model.js';
import { groupFeatures } from '../dist/model/table.js';
import { openStore } from '../dist/store/store.js';
import { LoadedModels } from '../dist/worker/loaded-models.js';
import { impute } from '../dist/worker/inference/impute.js';

/** Chains of a row: as many as the service makes draws of z by default. */
const CHAINS = 64;

/**
 * Fills in missing values by Markov chains that encode and decode (Rezende et al. 2014, appendix F): z ~ q(z|x), x_missing ~ p(x|z),
 * again and again. The first z comes from q(z|what is known). The last z of every chain has the same weight; what is expected then
 * follows as in POST /impute. `folder` is the data folder of the service that trained the models.
 */
export function createChains(folder, rounds) {
  const store = openStore({ dataDir: folder, maxUploadBytes: 2 ** 30, maxDatasetBytes: 2 ** 33 });
  const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
  const models = new LoadedModels(
    store.models,
    () => undefined,
    ({ model, row_shape: shape }) => Inference.of(runtime, model, shape),
  );
  return {
    /** For each row { column name: what is expected } of the cells that are missing. */
    fill: (modelId, rows) =>
      models.use(modelId, 'best', (subject) => fillRows(subject, rows, runtime, rounds)),
    dispose: () => runtime.dispose(),
  };
}

async function fillRows({ record, inference, parameters }, rows, runtime, rounds) {
  const table = findTable(record);
  const { values } = parseTable(rows, '', table, record.model.likelihood);
  const matrix = { shape: [rows.length, values.length / rows.length], data: values };
  const functions = new BatchedFunctions(runtime);
  const weighRows = async (_parameters, known, _wanted, visit) => {
    const latents = await runChains(inference, parameters, known, rounds);
    const decode = (inputs) => ({ outputs: inference.vae.decoderOutput(inputs, inputs.latents) });
    const { outputs } = await functions.run('outputs', decode, parameters, { latents });
    const size = CHAINS * outputs.shape[1];
    for (let row = 0; row < rows.length; row++) {
      const own = outputs.data.subarray(row * size, (row + 1) * size);
      const equal = { terms: new Float32Array(), logRatio: new Float32Array(CHAINS) };
      visit({ row, ...equal, details: { outputs: own } });
    }
  };
  const subject = { record, parameters, inference: { vae: inference.vae, weighRows } };
  const output = await impute.run(subject, { rows: matrix, rounds: 1, draws: 0, seed: 0 });
  await functions.dispose();
  const expect = createExpectation(record, output);
  return rows.map((_, row) =>
    Object.fromEntries(
      [...groupFeatures(table)].flatMap(([index, [first]], column) =>
        Number.isNaN(values[row * matrix.shape[1] + first])
          ? [[table.columns[index].name, expect(row, column)]]
          : [],
      ),
    ),
  );
}

/** The last z of each chain, [rows * chains, latent_size]. */
async function runChains(inference, parameters, { shape: [count, size], data }, rounds) {
  const known = new Float32Array(count * CHAINS * size);
  for (let i = 0; i < count * CHAINS; i++) {
    const row = Math.floor(i / CHAINS);
    known.set(data.subarray(row * size, (row + 1) * size), i * size);
  }
  let x = { shape: [count * CHAINS, size], data: known };
  for (let round = 0; ; round++) {
    const noise = { seed: round, stream: 'inference' };
    const drawn = await inference.draw(parameters, x, 1, noise);
    const latents = { shape: drawn.shape.slice(1), data: drawn.data };
    if (round === rounds) return latents;
    const filled = await inference.drawData(parameters, latents, noise);
    x = { shape: x.shape, data: known.map((value, i) => (Number.isNaN(value) ? filled.data[i] : value)) };
  }
}
