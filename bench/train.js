import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { availableParallelism, cpus } from 'node:os';
import { createOnnxRuntime } from '../dist/model/runtime/onnx/onnx-runtime.js';
import { createTfjsRuntime } from '../dist/model/runtime/tfjs/tfjs-runtime.js';
import { Trainer } from '../dist/model/training/trainer.js';
import { compileFloor } from './floor.js';
import { DATA_SIZE, MINIBATCH, MODEL, OPTIMIZERS, randomRows, training } from './mnist-setting.js';
import { median, table } from './report.js';

const STEPS = 100;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 8);
const THREADS = Number(process.env.BENCH_THREADS ?? availableParallelism());

/**
 * Milliseconds per step at the paper's MNIST setting (784-500-20-500-784, tanh, M = 100, L = 1). The contenders take
 * turns round by round, so that what else the machine does falls on all of them; ratios are of medians.
 */
export async function run() {
  process.stdout.write(
    `${cpus()[0]?.model ?? 'cpu'}, ${THREADS} threads, ${ROUNDS} rounds of ${STEPS} steps\n\n`,
  );
  const runtime = createOnnxRuntime({ device: 'cpu', threads: THREADS });
  const contenders = [
    { name: 'floor: the 11 matrix products alone', step: await compileFloor(runtime, MINIBATCH) },
    ...(await Promise.all(
      Object.keys(OPTIMIZERS).map(async (name) => ({
        name: `aevb ${name}`,
        step: await trainerStep(runtime, name),
      })),
    )),
  ];
  const times = contenders.map(() => []);
  for (let round = -1; round < ROUNDS; round++) {
    for (const [i, { step }] of contenders.entries()) {
      const ms = await timed(() => step(STEPS), STEPS);
      if (round >= 0) times[i].push(ms);
    }
  }
  await runtime.dispose();
  const rows = contenders.map(({ name }, i) => ({ name, ms: times[i] }));
  rows.push(await eager(), ...pytorch());
  print(rows);
}

async function trainerStep(runtime, optimizer) {
  const trainer = await Trainer.create({
    runtime,
    model: MODEL,
    training: training(optimizer),
    dataSize: DATA_SIZE,
    source: randomRows(),
    rows: Uint32Array.from({ length: 10_000 }, (_, i) => i),
    minibatchSize: MINIBATCH,
  });
  // Half of a round is one chunk of about a quarter of a second, as in the service.
  return async (steps) => {
    await trainer.run(steps / 2);
    await trainer.run(steps / 2);
  };
}

async function eager() {
  const runtime = await createTfjsRuntime({ device: 'js' });
  const step = await trainerStep(runtime, 'adam');
  const ms = await timed(() => step(2), 2);
  return { name: 'eager TensorFlow.js (pure JavaScript), adam', ms: [ms] };
}

function pytorch() {
  const script = fileURLToPath(new URL('./peers/pytorch.py', import.meta.url));
  if (spawnSync('python3', ['-c', 'import torch']).status !== 0) {
    process.stdout.write('python3 has no torch: the PyTorch peer is left out\n\n');
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
      if (status !== 0) throw new Error(`the PyTorch peer failed: ${stderr}`);
      return JSON.parse(stdout);
    });
    const best = runs.reduce((a, b) => (median(a.ms) <= median(b.ms) ? a : b));
    return { name: `PyTorch ${optimizer} (best of 1 and 2 threads: ${best.threads})`, ms: best.ms };
  });
}

async function timed(call, steps) {
  const start = performance.now();
  await call();
  return (performance.now() - start) / steps;
}

function print(rows) {
  const floor = median(rows[0].ms);
  table(
    ['', 'ms/step median', 'best', 'steps/s', 'x floor'],
    rows.map(({ name, ms }) => [
      name,
      median(ms).toFixed(2),
      Math.min(...ms).toFixed(2),
      (1000 / median(ms)).toFixed(0),
      (median(ms) / floor).toFixed(2),
    ]),
  );
  for (const optimizer of Object.keys(OPTIMIZERS)) {
    const [ours, peer] = [`aevb ${optimizer}`, `PyTorch ${optimizer}`].map((name) =>
      rows.find((row) => row.name.startsWith(name)),
    );
    if (ours && peer)
      process.stdout.write(
        `${optimizer}: ${(median(peer.ms) / median(ours.ms)).toFixed(2)} times PyTorch's throughput\n`,
      );
  }
}
