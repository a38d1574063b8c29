/**
 * `npm run check:triton -- PROGRAM` compares what Triton's Python client gets over the Open Inference Protocol with the
 * service's own routes, bit for bit: images and a table of numbers, every version, tensors in JSON and as bytes. PROGRAM is a
 * Python that has tritonclient[http] (default: python3). Without it the check says so and passes.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '../bench/client.js';
import { startService, stopService } from '../bench/service.js';
import { encodeNpy } from '../dist/store/formats/npy.js';

const [program = 'python3'] = process.argv.slice(2);
const [ROWS, SIDE, LATENTS] = [400, 4, 3];
const TRAINING = { epochs: 3, seed: 1 };

const found = spawnSync(program, ['-c', 'import tritonclient.http'], { stdio: 'ignore' });
if (found.status !== 0) console.log(`skipped: ${program} has no tritonclient.http`);
else process.exitCode = await check();

async function check() {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-triton-'));
  const service = await startService('serve', { AEVB_DATA_DIR: join(folder, 'data') });
  try {
    const client = createClient(service.url);
    const cases = [...(await makeImageCases(client)), ...(await makeTableCases(client))];
    const file = join(folder, 'cases.json');
    writeFileSync(file, JSON.stringify(cases));
    const script = fileURLToPath(new URL('check-triton.py', import.meta.url));
    return spawnSync(program, [script, new URL(service.url).host, file], { stdio: 'inherit' }).status ?? 1;
  } finally {
    await stopService(service);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Black and white images, so that bytes and floats are the same values. */
async function makeImageCases(client) {
  const pixels = Float32Array.from({ length: ROWS * SIDE ** 2 }, (_, i) => ((i * 7919) % 13 < 5 ? 1 : 0));
  const { id } = await client.upload(
    '/datasets?name=images',
    encodeNpy([ROWS, SIDE, SIDE], pixels),
    'application/x-npy',
  );
  const { model_id } = await client.train({
    dataset_id: id,
    model: { latent_size: LATENTS },
    training: TRAINING,
  });
  const data = Array.from({ length: 5 }, (_, row) => [
    ...pixels.slice(row * SIDE ** 2, (row + 1) * SIDE ** 2),
  ]);
  return makeCases(client, model_id, { data, datatypes: ['FP32', 'FP64', 'UINT8'], has_missing: false });
}

async function makeTableCases(client) {
  const lines = Array.from({ length: ROWS }, (_, i) => {
    const size = ((i * 7919) % 997) / 10;
    return `${size},${i % 11 === 0 ? '' : (3 * size + (i % 7)).toFixed(2)},${i % 9}`;
  });
  const file = ['size,price,rooms', ...lines].join('\n');
  const { id } = await client.upload('/datasets?name=table', file, 'text/csv');
  const { model_id } = await client.train({
    dataset_id: id,
    model: { latent_size: LATENTS },
    training: TRAINING,
  });
  const whole = [
    [12.5, 41.25, 3],
    [0.1, 2.3, 8],
  ];
  const missing = [[55.5, null, 1]];
  return [
    ...(await makeCases(client, model_id, { data: whole, datatypes: ['FP32', 'FP64'], has_missing: false })),
    ...(await makeCases(client, model_id, { data: missing, datatypes: ['FP32', 'FP64'], has_missing: true })),
  ];
}

/** The answers of the service's own routes: of the default checkpoint, and of each version. */
async function makeCases(client, model_id, { data, ...rest }) {
  const { checkpoints } = await client.get(`/models/${model_id}`);
  const latents = [
    [0.1, -1.5, 2],
    [0, 0.25, -0.3],
  ];
  const cases = [];
  for (const step of [undefined, ...checkpoints.map((checkpoint) => checkpoint.step)]) {
    const source = { model_id, ...(step !== undefined && { checkpoint: step }) };
    const encoded = await client.post('/encode', { ...source, data });
    const decoded = await client.post('/decode', { ...source, latents });
    const reconstructed = await client.post('/reconstruct', { ...source, data });
    const scored = await client.post('/score', { ...source, data });
    cases.push({
      model: model_id,
      version: step === undefined ? '' : String(step),
      step: String(encoded.step),
      ...rest,
      inputs: { data, latents },
      outputs: {
        mean: encoded.mean,
        standard_deviation: encoded.standard_deviation,
        reconstruction: reconstructed.mean,
        score: scored.score,
        decoded_mean: decoded.mean,
      },
    });
  }
  return cases;
}
