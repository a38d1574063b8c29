import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { addPrefix, getNamed, mapNamed, stripPrefix } from '../named-arrays.ts';
import { createOptimizer } from '../optimizers/optimizers.ts';
import type { UpdateRule } from '../optimizers/optimizer.ts';
import type { ArraySpec, ArrayType, ScanDefinition, Tensors } from '../runtime/runtime.ts';
import type { TrainingSpec } from '../specification.ts';
import type { Algorithm, StepInput } from './algorithms/algorithm.ts';
import { binarizationNoise, binarized } from './binarize.ts';
import { hide } from './masking.ts';
import { layoutOf, pack, unpack, type Layout } from './packing.ts';
import { klWeightAt, learningRateFactor, type Calendar } from './schedule.ts';

/** Marks in the names of a scan's state: what is a parameter, what is the optimizer's, what is the algorithm's chain. */
export const PARAMETER = 'parameter/';
export const CHAIN = 'chain/';
export const slotPrefix = (slot: string) => `slot/${slot}/`;
/** Marks in the names of slices. */
const SCALAR = 'scalar/';
export const NOISE = 'noise/';
const KL_WEIGHT = 'kl_weight';
export const BINARIZATION = 'binarization';
export const HIDDEN = 'hidden';
export const ROWS = { read: 'row/read', write: 'row/write' } as const;

export interface StepData {
  /** How rows are stored; a value is stored * scale. */
  readonly dtype: ArrayType;
  readonly scale: number;
  readonly dataSize: number;
  readonly minibatchSize: number;
}

/**
 * One step of training as a scan: (parameters, optimizer state, chain; rows [M, data_size], noise, scalars) -> next state.
 * Observed outputs: {@link Algorithm.observe} at the parameters before the step.
 */
export function trainingStep(
  algorithm: Algorithm,
  training: TrainingSpec,
  data: StepData,
  calendar: Calendar,
): ScanDefinition {
  const optimizer = optimizerOf(algorithm, training, calendar);
  const layout = layoutOf(algorithm.shapes);
  const slots = Object.keys(optimizer.slots);
  return {
    state: stateSpecs(algorithm, layout, slots),
    slices: sliceSpecs(algorithm, training, data, calendar),
    step(state, slice) {
      let groups = stripPrefix(state, PARAMETER);
      let own = Object.fromEntries(slots.map((slot) => [slot, stripPrefix(state, slotPrefix(slot))]));
      const start = unpack(layout, groups);
      const { input, whole, chain } = inputOf(algorithm, training, data, start, state, slice);
      for (let update = 0; update < algorithm.updatesPerStep; update++) {
        const scalars = scalarsOf(slice, update, algorithm.updatesPerStep);
        const gradients = differentiate(unpack(layout, groups), (at) => {
          const loss = algorithm.loss(at, input);
          return optimizer.lossScale ? tf.mul(loss, optimizer.lossScale) : loss;
        });
        const limited = limit(pack(layout, gradients), training.gradient_norm_limit);
        ({ groups, own } = updated(optimizer, groups, limited, own, scalars));
      }
      const kept = slots.map((slot) => addPrefix(own[slot] ?? {}, slotPrefix(slot)));
      const next: Tensors[] = [addPrefix(groups, PARAMETER), ...kept, addPrefix(chain, CHAIN)];
      return {
        state: Object.assign({}, ...next) as Tensors,
        observe: () => ({ ...algorithm.observe(start, { ...input, x: whole }) }),
      };
    },
  };
}

function inputOf(
  algorithm: Algorithm,
  training: TrainingSpec,
  data: StepData,
  parameters: Tensors,
  state: Tensors,
  slice: Tensors,
): { input: StepInput; whole: Tensor; chain: Tensors } {
  const noise = stripPrefix(slice, NOISE);
  const klWeight = slice[SCALAR + KL_WEIGHT];
  const whole = binarized(
    training.binarization,
    valuesOf(getNamed(slice, 'rows'), data),
    slice[BINARIZATION],
  );
  const x = hide(whole, slice[HIDDEN]);
  const input: StepInput = { x, noise, drawn: {}, ...(klWeight ? { klWeight } : {}) };
  const carried = algorithm.chain && {
    state: stripPrefix(state, CHAIN),
    read: tf.cast(getNamed(slice, ROWS.read), 'int32'),
    write: tf.cast(getNamed(slice, ROWS.write), 'int32'),
  };
  const { drawn, chain } = algorithm.draw?.(parameters, input, carried) ?? { drawn: {}, chain: {} };
  return { input: { ...input, drawn }, whole, chain };
}

type Slots = Readonly<Record<string, Tensors>>;

function updated(
  optimizer: UpdateRule,
  groups: Tensors,
  gradients: Tensors,
  slots: Slots,
  scalars: Tensors,
): { groups: Tensors; own: Record<string, Tensors> } {
  const results = Object.entries(gradients).map(([name, gradient]) => {
    const own = mapNamed(slots, (tensors) => getNamed(tensors, name));
    return [name, optimizer.update(getNamed(groups, name), gradient, own, scalars)] as const;
  });
  const slotsOf = (slot: string) =>
    Object.fromEntries(results.map(([name, result]) => [name, getNamed(result.slots, slot)]));
  return {
    groups: Object.fromEntries(results.map(([name, { parameter }]) => [name, parameter])),
    own: mapNamed(slots, (_, slot) => slotsOf(slot)),
  };
}

/** Gradients scaled down so that their joint Euclidean norm is at most `most`. */
function limit(gradients: Tensors, most: number | undefined): Tensors {
  if (most === undefined) return gradients;
  const squares = Object.values(gradients).map((gradient) => tf.sum<Scalar>(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares));
  const factor = tf.div(most, tf.maximum(norm, most));
  return mapNamed(gradients, (gradient) => tf.mul(gradient, factor));
}

const scalarSpec = (updates: number): ArraySpec => ({
  shape: updates === 1 ? [] : [updates],
  dtype: 'float32',
});

/** Stored rows as values. */
export function valuesOf(rows: Tensor, { scale }: { readonly scale: number }): Tensor {
  return scale === 1 ? rows : tf.mul(rows, scale);
}

function optimizerOf(algorithm: Algorithm, training: TrainingSpec, calendar: Calendar): UpdateRule {
  const factor = learningRateFactor(training.learning_rate_schedule, calendar);
  const perUpdate = factor && ((update: number) => factor(Math.floor(update / algorithm.updatesPerStep)));
  return createOptimizer(training.optimizer, {
    ...(perUpdate ? { factor: perUpdate } : {}),
    exactGradients: training.gradient_norm_limit !== undefined,
  });
}

/** Numbers of steps first .. first + count - 1 that change with time: the optimizer's and the KL weight. */
export function scalarSlices(
  algorithm: Algorithm,
  training: TrainingSpec,
  calendar: Calendar,
  first: number,
  count: number,
) {
  const optimizer = optimizerOf(algorithm, training, calendar);
  const { updatesPerStep: updates } = algorithm;
  const rows = Array.from({ length: count * updates }, (_, i) => optimizer.scalars(first * updates + i));
  const entries = Object.keys(optimizer.scalars(0)).map((name) => {
    const data = Float32Array.from(rows, (row) => row[name] ?? 0);
    return [SCALAR + name, { shape: [count, ...scalarSpec(updates).shape], data }] as const;
  });
  const weight = klWeightAt(training.kl_weight, calendar);
  const weights = weight && Float32Array.from({ length: count }, (_, i) => weight(first + i));
  return {
    ...Object.fromEntries(entries),
    ...(weights ? { [SCALAR + KL_WEIGHT]: { shape: [count], data: weights } } : {}),
  };
}

function scalarsOf(slice: Tensors, update: number, updates: number): Tensors {
  const own = Object.entries(stripPrefix(slice, SCALAR)).filter(([name]) => name !== KL_WEIGHT);
  const at = (values: Tensor) =>
    updates === 1 ? values : tf.reshape(tf.slice(values as tf.Tensor1D, [update], [1]), []);
  return Object.fromEntries(own.map(([name, values]) => [name, at(values)]));
}

function sliceSpecs(
  algorithm: Algorithm,
  training: TrainingSpec,
  { dtype, dataSize, minibatchSize }: StepData,
  calendar: Calendar,
): Record<string, ArraySpec> {
  const scalars = scalarSlices(algorithm, training, calendar, 0, 1);
  const rows = algorithm.chain ? Object.values(ROWS) : [];
  const binary = binarizationNoise(training.binarization) !== null;
  const float = (shape: readonly number[]): ArraySpec => ({ shape, dtype: 'float32' });
  return {
    rows: { shape: [minibatchSize, dataSize], dtype },
    ...(binary ? { [BINARIZATION]: float([minibatchSize, dataSize]) } : {}),
    ...(training.masking?.name === 'random' && {
      [HIDDEN]: { shape: [minibatchSize, dataSize], dtype: 'uint8' as const },
    }),
    ...addPrefix(
      mapNamed(algorithm.noise, ({ shape }) => float(shape)),
      NOISE,
    ),
    ...mapNamed(scalars, ({ shape }) => float(shape.slice(1))),
    ...Object.fromEntries(rows.map((name) => [name, float([minibatchSize])])),
  };
}

function stateSpecs(
  algorithm: Algorithm,
  layout: Layout,
  slots: readonly string[],
): Record<string, ArraySpec> {
  const prefixes = [PARAMETER, ...slots.map(slotPrefix)];
  const groups = layout.flatMap(({ name, shape }) =>
    prefixes.map((prefix): [string, ArraySpec] => [prefix + name, { shape, dtype: 'float32' }]),
  );
  const chain = mapNamed(algorithm.chain?.shapes ?? {}, (shape): ArraySpec => ({ shape, dtype: 'float32' }));
  return { ...Object.fromEntries(groups), ...addPrefix(chain, CHAIN) };
}

/** Gradients of a scalar function of named tensors. */
export function differentiate(parameters: Tensors, fn: (parameters: Tensors) => tf.Scalar): Tensors {
  const names = Object.keys(parameters);
  const call = (...values: Tensor[]) =>
    fn(Object.fromEntries(values.map((value, i) => [names[i] ?? '', value])));
  const gradients = tf.grads(call)(Object.values(parameters));
  return Object.fromEntries(gradients.map((gradient, i) => [names[i] ?? '', gradient]));
}

/** Bytes of rows and noise per step. */
export function trainingStepBytes(algorithm: Algorithm, minibatchSize: number, dataSize: number): number {
  const noise = Object.values(algorithm.noise).map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  return 4 * noise.reduce((sum, size) => sum + size, minibatchSize * dataSize);
}
