import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createChildEnvironment } from '../dist/config.js';
import { createOnnxRuntime } from '../dist/model/runtime/onnx/onnx-runtime.js';
import { createTfjsRuntime } from '../dist/model/runtime/tfjs/tfjs-runtime.js';
import { Trainer } from '../dist/model/training/trainer.js';
import { compileFloor } from './floor.js';
import {
  DATA_SIZE,
  MINIBATCH,
  MODEL,
  OPTIMIZERS,
  createRandomRows,
  defineTraining,
} from './mnist-setting.js';
import { findMedian, printTable } from './report.js';

const STEPS = 100;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 8);
const THREADS = Number(process.env.BENCH_THREADS ?? availableParallelism());

const NATIVE_EAGER = 'eager @tensorflow/tfjs-node, adam';

/**
 * Measures milliseconds per step for the paper's MNIST setting (784-500-20-500-784, tanh, M = 100, L = 1). The contenders
 * alternate round by round, so that other load on the machine affects all of them. Ratios are between medians.
 * `--tfjs-node FOLDER` adds the eager runtime on native kernels; FOLDER is made by scripts/tfjs-node/build.sh.
 */
export async function run() {
  const { values } = parseArgs({ options: { 'tfjs-node': { type: 'string' } }, allowPositionals: true });
  process.stdout.write(
    `${cpus()[0]?.model ?? 'cpu'}, ${THREADS} threads, ${ROUNDS} rounds of ${STEPS} steps\n\n`,
  );
  const runtime = createOnnxRuntime({ device: 'cpu', threads: THREADS });
  const contenders = [
    { name: 'floor: the 11 matrix products alone', step: await compileFloor(runtime, MINIBATCH) },
    ...(await Promise.all(
      Object.keys(OPTIMIZERS).map(async (name) => ({
        name: `aevb ${name}`,
        step: await createTrainerStep(runtime, name),
      })),
    )),
    ...(values['tfjs-node'] ? [await createNativeEager(values['tfjs-node'])] : []),
  ];
  const times = contenders.map(() => []);
  for (let round = -1; round < ROUNDS; round++) {
    for (const [i, { step }] of contenders.entries()) {
      const ms = await timePerStep(() => step(STEPS), STEPS);
      if (round >= 0) times[i].push(ms);
    }
  }
  await runtime.dispose();
  const rows = contenders.map(({ name }, i) => ({ name, ms: times[i] }));
  rows.push(await measureEager(), ...measurePytorch());
  printResults(rows);
}

async function createTrainerStep(runtime, optimizer) {
  const trainer = await Trainer.create({
    runtime,
    model: MODEL,
    training: defineTraining(optimizer),
    rowShape: [DATA_SIZE],
    source: createRandomRows(),
    rows: Uint32Array.from({ length: 10_000 }, (_, i) => i),
    minibatchSize: MINIBATCH,
  });
  // As in the service, a chunk takes about a quarter of a second: half a round.
  return async (steps) => {
    await trainer.run(steps / 2);
    await trainer.run(steps / 2);
  };
}

/** With the environment of a worker's process, which the native library reads when it is imported. */
async function createNativeEager(folder) {
  Object.assign(process.env, createChildEnvironment({ threads: THREADS }));
  const require = createRequire(resolve(folder, 'package.json'));
  const runtime = await createTfjsRuntime({ device: 'cpu', importPackage: async (name) => require(name) });
  return { name: NATIVE_EAGER, step: await createTrainerStep(runtime, 'adam') };
}

async function measureEager() {
  const runtime = await createTfjsRuntime({ device: 'js' });
  const step = await createTrainerStep(runtime, 'adam');
  const ms = await timePerStep(() => step(2), 2);
  return { name: 'eager TensorFlow.js (pure JavaScript), adam', ms: [ms] };
}

function measurePytorch() {
  const script = fileURLToPath(new URL('./peers/pytorch.py', import.meta.url));
  if (spawnSync('python3', ['-c', 'import torch']).status !== 0) {
    process.stdout.write('python3 has no torch: skipping PyTorch\n\n');
    return [];
  }
  return Object.keys(OPTIMIZERS).map((optimizer) => {
    const runs = [1, 2].map((threads) => {
      const args = [
        script,
        '--threads',
        String(threads),
        '--optimizer',
        optimizer,
        '--rounds',
        String(ROUNDS),
      ];
      const { stdout, stderr, status } = spawnSync('python3', args, { encoding: 'utf8' });
      if (status !== 0) throw new Error(`PyTorch failed: ${stderr}`);
      return JSON.parse(stdout);
    });
    const best = runs.reduce((a, b) => (findMedian(a.ms) <= findMedian(b.ms) ? a : b));
    return { name: `PyTorch ${optimizer} (best of 1 and 2 threads: ${best.threads})`, ms: best.ms };
  });
}

async function timePerStep(call, steps) {
  const start = performance.now();
  await call();
  return (performance.now() - start) / steps;
}

function printResults(rows) {
  const floor = findMedian(rows[0].ms);
  printTable(
    ['', 'ms/step median', 'best', 'steps/s', 'x floor'],
    rows.map(({ name, ms }) => [
      name,
      findMedian(ms).toFixed(2),
      Math.min(...ms).toFixed(2),
      (1000 / findMedian(ms)).toFixed(0),
      (findMedian(ms) / floor).toFixed(2),
    ]),
  );
  for (const optimizer of Object.keys(OPTIMIZERS)) {
    const [ours, peer] = [`aevb ${optimizer}`, `PyTorch ${optimizer}`].map((name) =>
      rows.find((row) => row.name.startsWith(name)),
    );
    if (ours && peer)
      process.stdout.write(
        `${optimizer}: ${(findMedian(peer.ms) / findMedian(ours.ms)).toFixed(2)} times PyTorch's throughput\n`,
      );
  }
  const native = rows.find(({ name }) => name === NATIVE_EAGER);
  if (native) {
    const compiled = rows.find(({ name }) => name === 'aevb adam');
    const times = findMedian(native.ms) / findMedian(compiled.ms);
    process.stdout.write(`${NATIVE_EAGER}: ${times.toFixed(2)} times the compiled runtime's time\n`);
  }
}
