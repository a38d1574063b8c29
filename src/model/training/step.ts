import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { sgvb } from '../estimators/sgvb.ts';
import { createOptimizer } from '../optimizers/optimizers.ts';
import { named } from '../optimizers/optimizer.ts';
import type { ArraySpec, ArrayType, ScanDefinition, Tensors } from '../runtime/runtime.ts';
import type { TrainingSpec } from '../spec.ts';
import type { Vae } from '../vae.ts';
import { lossOf } from './objective.ts';
import { layoutOf, pack, unpack, type Layout } from './packing.ts';

/** Marks in the names of a scan's state: what is a parameter and what is the optimizer's. */
export const PARAMETER = 'parameter/';
export const slotPrefix = (slot: string) => `slot/${slot}/`;
const SCALAR = 'scalar/';

export interface StepData {
  /** How rows are stored; a value is stored * scale. */
  readonly dtype: ArrayType;
  readonly scale: number;
  readonly minibatchSize: number;
  /** N: how many rows training draws from. */
  readonly datasetSize: number;
}

/**
 * One step of algorithm 1 as a scan: (parameters and optimizer state; rows [M, data_size], noise [L, M, latent_size],
 * the optimizer's scalars) -> next state. Observed outputs: the minibatch's mean elbo, log_likelihood, kl_divergence.
 */
export function trainingStep(vae: Vae, training: TrainingSpec, data: StepData): ScanDefinition {
  const optimizer = createOptimizer(training.optimizer);
  const layout = layoutOf(vae.shapes);
  const slots = Object.keys(optimizer.slots);
  const { minibatchSize, dtype } = data;
  const terms = (parameters: Tensors, slice: Tensors) =>
    sgvb(training.estimator, vae, parameters, valuesOf(named(slice, 'rows'), data), named(slice, 'noise'));
  return {
    state: stateSpecs(layout, slots),
    slices: {
      rows: { shape: [minibatchSize, vae.dataSize], dtype },
      noise: { shape: [training.samples_per_datapoint, minibatchSize, vae.latentSize], dtype: 'float32' },
      ...Object.fromEntries(Object.keys(optimizer.scalars(0)).map((name) => [SCALAR + name, scalarSpec])),
    },
    step(state, slice) {
      const groups = unprefix(state, PARAMETER);
      const parameters = unpack(layout, groups);
      const scalars = unprefix(slice, SCALAR);
      const gradients = differentiate(parameters, (at) => {
        const loss = lossOf(training.objective, terms(at, slice).elbo, at, data.datasetSize);
        return optimizer.lossScale ? tf.mul(loss, optimizer.lossScale) : loss;
      });
      const next = Object.entries(pack(layout, gradients)).flatMap(([name, gradient]): [string, Tensor][] => {
        const own = Object.fromEntries(slots.map((slot) => [slot, named(state, slotPrefix(slot) + name)]));
        const updated = optimizer.update(named(groups, name), gradient, own, scalars);
        const kept = slots.map((slot): [string, Tensor] => [
          slotPrefix(slot) + name,
          named(updated.slots, slot),
        ]);
        return [[PARAMETER + name, updated.parameter], ...kept];
      });
      return {
        state: Object.fromEntries(next),
        observe: () => {
          const { elbo, logLikelihood, klDivergence } = terms(parameters, slice);
          return {
            elbo: tf.mean(elbo),
            log_likelihood: tf.mean(logLikelihood),
            kl_divergence: tf.mean(klDivergence),
          };
        },
      };
    },
  };
}

const scalarSpec: ArraySpec = { shape: [], dtype: 'float32' };

/** Stored rows as values. */
export function valuesOf(rows: Tensor, { scale }: { readonly scale: number }): Tensor {
  return scale === 1 ? rows : tf.mul(rows, scale);
}

/** The optimizer's scalars for steps first .. first + count - 1, as slices. */
export function scalarSlices(training: TrainingSpec, first: number, count: number) {
  const optimizer = createOptimizer(training.optimizer);
  const rows = Array.from({ length: count }, (_, i) => optimizer.scalars(first + i));
  const entries = Object.keys(rows[0] ?? {}).map((name) => {
    return [
      SCALAR + name,
      { shape: [count], data: Float32Array.from(rows, (row) => row[name] ?? 0) },
    ] as const;
  });
  return Object.fromEntries(entries);
}

function stateSpecs(layout: Layout, slots: readonly string[]): Record<string, ArraySpec> {
  const prefixes = [PARAMETER, ...slots.map(slotPrefix)];
  const entries = layout.flatMap(({ name, shape }) =>
    prefixes.map((prefix): [string, ArraySpec] => [prefix + name, { shape, dtype: 'float32' }]),
  );
  return Object.fromEntries(entries);
}

/** Gradients of a scalar function of named tensors. */
export function differentiate(parameters: Tensors, fn: (parameters: Tensors) => tf.Scalar): Tensors {
  const names = Object.keys(parameters);
  const call = (...values: Tensor[]) =>
    fn(Object.fromEntries(values.map((value, i) => [names[i] ?? '', value])));
  const gradients = tf.grads(call)(Object.values(parameters));
  return Object.fromEntries(gradients.map((gradient, i) => [names[i] ?? '', gradient]));
}

function unprefix(tensors: Tensors, mark: string): Tensors {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(mark));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(mark.length), tensor]));
}

/** Bytes of rows and noise that one step is fed. */
export function trainingStepBytes(vae: Vae, training: TrainingSpec, minibatchSize: number): number {
  return 4 * minibatchSize * (vae.dataSize + training.samples_per_datapoint * vae.latentSize);
}
