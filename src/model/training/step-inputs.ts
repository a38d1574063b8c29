import { binarizationNoise } from './binarize.ts';
import type { MinibatchOrder } from '../random/minibatches.ts';
import { fillUniform, deriveKey } from '../random/streams.ts';
import type { Arrays, FloatArray } from '../runtime/runtime.ts';
import { countElements } from '../runtime/runtime.ts';
import type { TrainingSpec } from '../specification.ts';
import type { Algorithm } from './algorithms/algorithm.ts';
import { fillNoise, type NoiseSpec } from './algorithms/noise.ts';
import { fillHidden, type MaskLayout } from './masking.ts';
import type { ReadAhead } from './read-ahead.ts';
import type { Calendar } from './schedule.ts';
import { BINARIZATION, HIDDEN, NOISE, ROWS, scalarSlices } from './step.ts';

interface Inputs {
  readonly algorithm: Algorithm;
  readonly training: TrainingSpec;
  readonly calendar: Calendar;
  readonly readAhead: ReadAhead;
  readonly order: MinibatchOrder;
  readonly dataSize: number;
  readonly minibatchSize: number;
  readonly maskLayout: MaskLayout;
}

/** Inputs of steps first .. first + steps - 1: rows, noise and scalars. Each depends only on the step's number. */
export async function stepInputs(inputs: Inputs, first: number, steps: number): Promise<Arrays> {
  const { algorithm, training, calendar, readAhead, order, dataSize, minibatchSize } = inputs;
  const indices = order.listIndices(first, steps);
  const rows = await readAhead.read(first, steps);
  const noise = Object.entries(algorithm.noise).map(([name, spec]) => {
    return [NOISE + name, noiseOf(spec, training.seed, first, steps)] as const;
  });
  return {
    rows: { shape: [steps, minibatchSize, dataSize], data: rows },
    ...Object.fromEntries(noise),
    ...scalarSlices(algorithm, training, calendar, first, steps),
    ...binarizationOf(inputs, indices, first, steps),
    ...hiddenOf(inputs, first, steps),
    ...(algorithm.chain ? positionsOf(order, first, steps) : {}),
  };
}

function noiseOf(spec: NoiseSpec, seed: number, first: number, steps: number): FloatArray {
  const size = countElements(spec.shape);
  const data = new Float32Array(steps * size);
  for (let i = 0; i < steps; i++) fillNoise(spec, seed, first + i, data.subarray(i * size, (i + 1) * size));
  return { shape: [steps, ...spec.shape], data };
}

function binarizationOf(inputs: Inputs, indices: Uint32Array, first: number, steps: number): Arrays {
  const { training, dataSize, minibatchSize } = inputs;
  const keyed = binarizationNoise(training.binarization);
  if (keyed === null) return {};
  const data = new Float32Array(steps * minibatchSize * dataSize);
  const fill = (part: number, size: number, index: number) => {
    fillUniform(
      deriveKey(training.seed, 'binarization', index),
      data.subarray(part * size, (part + 1) * size),
    );
  };
  if (keyed === 'row')
    indices.forEach((row, i) => {
      fill(i, dataSize, row);
    });
  else for (let i = 0; i < steps; i++) fill(i, minibatchSize * dataSize, first + i);
  return { [BINARIZATION]: { shape: [steps, minibatchSize, dataSize], data } };
}

function hiddenOf(
  { training, dataSize, minibatchSize: rows, maskLayout }: Inputs,
  first: number,
  steps: number,
): Arrays {
  const { masking, seed } = training;
  if (masking?.name !== 'random') return {};
  const size = rows * dataSize;
  const data = new Uint8Array(steps * size);
  for (let i = 0; i < steps; i++)
    fillHidden(masking, maskLayout, { seed, step: first + i, rows }, data.subarray(i * size, (i + 1) * size));
  return { [HIDDEN]: { shape: [steps, rows, dataSize], data } };
}

/** Position of each row's latents. If a row occurs twice in a minibatch, its second latents are written after all rows. */
function positionsOf(order: MinibatchOrder, first: number, steps: number): Arrays {
  const { minibatchSize } = order;
  const read = Float32Array.from(order.listPositions(first, steps));
  const write = read.slice();
  for (let step = 0; step < steps; step++) {
    const seen = new Set<number>();
    for (let i = step * minibatchSize; i < (step + 1) * minibatchSize; i++) {
      const position = read[i] ?? 0;
      if (seen.has(position)) write[i] = order.rows.length + (i % minibatchSize);
      seen.add(position);
    }
  }
  const shape = [steps, minibatchSize];
  return { [ROWS.read]: { shape, data: read }, [ROWS.write]: { shape, data: write } };
}
