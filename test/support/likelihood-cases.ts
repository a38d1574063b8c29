import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { likelihoodFamily } from '../../src/model/distributions/likelihoods.ts';
import type { FloatArray, FloatArrays } from '../../src/model/runtime/runtime.ts';
import type { LikelihoodSpec } from '../../src/model/specification.ts';
import { modelSpec } from './specifications.ts';

/** A likelihood at one point, with SciPy's values (golden/likelihoods.py). */
export interface LikelihoodCase {
  readonly name: string;
  readonly spec: LikelihoodSpec;
  readonly x: readonly number[];
  readonly output: readonly number[];
  readonly extra: Readonly<Record<string, readonly number[]>>;
  readonly logProbByColumn: readonly number[];
  readonly mean: readonly number[];
}

interface Golden extends Omit<LikelihoodCase, 'logProbByColumn'> {
  readonly log_prob_by_column: readonly number[];
  /** null where missing: JSON has no NaN. */
  readonly x: readonly (number | null)[] & readonly number[];
}

const GOLDEN = new URL('../model/distributions/golden/likelihoods.json', import.meta.url);

export const LIKELIHOOD_CASES: readonly LikelihoodCase[] = (
  JSON.parse(readFileSync(GOLDEN, 'utf8')) as Golden[]
).map(({ log_prob_by_column: logProbByColumn, spec, x, ...rest }) => ({
  ...rest,
  spec: modelSpec({ likelihood: spec }).likelihood,
  x: Array.from<number | null, number>(x, (value) => value ?? NaN),
  logProbByColumn,
}));

export const caseOf = (name: string): LikelihoodCase => {
  const found = LIKELIHOOD_CASES.find((candidate) => candidate.name === name);
  if (!found) throw new RangeError(`no case ${name}`);
  return found;
};

const row = (values: readonly number[]): FloatArray => ({
  shape: [1, values.length],
  data: Float32Array.from(values),
});

/** x and output as one row, and the extra parameters. */
export function arraysOf({ x, output, extra }: LikelihoodCase): FloatArrays {
  const extras = Object.entries(extra).map(([name, values]) => {
    return [`extra/${name}`, { shape: [values.length], data: Float32Array.from(values) }] as const;
  });
  return { x: row(x), output: row(output), ...Object.fromEntries(extras) };
}

/** The likelihood from tensors named as {@link arraysOf} names them. */
export function likelihoodFrom(spec: LikelihoodSpec, tensors: Readonly<Record<string, tf.Tensor>>) {
  const { output, ...rest } = tensors;
  if (!output) throw new RangeError('the decoder output is missing');
  const extra = Object.entries(rest).flatMap(([name, value]) =>
    name.startsWith('extra/') ? [[name.slice('extra/'.length), value] as const] : [],
  );
  return likelihoodFamily(spec).fromOutput(output, Object.fromEntries(extra));
}

/** The likelihood of a case with TensorFlow.js's own kernels. */
export function likelihoodOf(given: LikelihoodCase) {
  const entries = Object.entries(arraysOf(given)).map(([name, { data, shape }]) => {
    return [name, tf.tensor(data, [...shape])] as const;
  });
  return likelihoodFrom(given.spec, Object.fromEntries(entries));
}
