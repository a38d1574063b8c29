import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementStatistics } from '../../dataset/statistics.ts';
import type { ColumnSpec } from '../../specification/likelihoods/mixed.ts';
import type { Noise, NoiseSize } from '../distribution.ts';
import { fillerOf, partsOf, type Part } from './columns.ts';
import { needed, type LikelihoodDistribution, type LikelihoodFamily } from './likelihood.ts';

/**
 * A table whose columns have different likelihoods, independent given z: log p(x|z) = sum_c m_c log p_c(x_c|z), m_c = 0
 * if x_c is missing (NaN), which is exact if values are missing at random (HI-VAE, Nazabal et al. 2018). The
 * encoder sees standardised numbers, log(1 + counts) and one-hot categories, zeros for missing values, and then for each
 * column that may have missing values a 1 where it has one. Inside, columns are ordered by their kind.
 */
export const mixed = ({ columns }: { readonly columns: readonly ColumnSpec[] }): LikelihoodFamily => {
  const parts = partsOf(columns);
  const rows = arrange(columns, parts);
  const outputSizes = parts.map(({ outputs }) => outputs);
  const noises = parts.map(({ family, columns: own }) => family.noise(own.length));
  return {
    encoderInput: (x) => encoderInput(parts, rows, x),
    marginal: (statistics, leastShare) => ({
      output: Float32Array.from(
        parts.flatMap(({ family, columns: own }) => [
          ...family.marginal(selectColumns(statistics, own), leastShare).output,
        ]),
      ),
      extra: {},
    }),
    noise: () => ({ normal: sum(noises.map((n) => n.normal)), uniform: sum(noises.map((n) => n.uniform)) }),
    fromOutput(output) {
      const outputs = cut(output, outputSizes);
      const likelihoods = parts.map(({ family }, i) => family.fromOutput(outputs[i] ?? output, {}));
      return joinParts(likelihoods, rows, noises);
    },
  };
};

/** How rows in the order of the table become rows in the order of the parts, and back. */
interface Arrangement {
  /** Columns of each part. */
  readonly sizes: readonly number[];
  /** Positions among the parts of the columns that may have missing values. */
  readonly mayMiss: readonly number[];
  readonly fillers: readonly number[];
  /** [..., columns] in the order of the parts. */
  readonly toParts: (x: Tensor) => Tensor;
  readonly toTable: (x: Tensor) => Tensor;
}

function arrange(columns: readonly ColumnSpec[], parts: readonly Part[]): Arrangement {
  const order = parts.flatMap((part) => part.columns);
  const inverse = order.map((_, column) => order.indexOf(column));
  return {
    sizes: parts.map((part) => part.columns.length),
    mayMiss: order.flatMap((column, i) => (columns[column]?.missing ? [i] : [])),
    fillers: order.flatMap((column) => columns.slice(column, column + 1).map(fillerOf)),
    toParts: (x) => gather(x, order),
    toTable: (x) => gather(x, inverse),
  };
}

interface Filled {
  readonly values: Tensor;
  /** 1 for a value, 0 for a missing one; absent if none may be missing. [..., columns] */
  readonly present: Tensor | null;
}

function fillMissing({ toParts, mayMiss, fillers }: Arrangement, x: Tensor): Filled {
  const values = toParts(x);
  if (mayMiss.length === 0) return { values, present: null };
  // Only NaN differs from itself.
  const present = tf.equal(values, values);
  return { values: tf.where(present, values, [...fillers]), present: tf.cast(present, 'float32') };
}

function encoderInput(parts: readonly Part[], rows: Arrangement, x: Tensor): Tensor {
  const { values, present } = fillMissing(rows, x);
  const own = cut(values, rows.sizes);
  const features = parts.map(({ family }, i) => family.encoderInput(own[i] ?? values));
  const absent = present ? [tf.sub(1, gather(present, rows.mayMiss))] : [];
  return join([...features, ...absent]);
}

function joinParts(
  likelihoods: readonly LikelihoodDistribution[],
  rows: Arrangement,
  noises: readonly NoiseSize[],
): LikelihoodDistribution {
  const terms = (x: Tensor) => {
    const { values, present } = fillMissing(rows, x);
    const own = cut(values, rows.sizes);
    const all = join(likelihoods.map((likelihood, i) => likelihood.logProbByColumn(own[i] ?? values)));
    return present ? tf.mul(all, present) : all;
  };
  const table = (of: (likelihood: LikelihoodDistribution, i: number) => Tensor) =>
    rows.toTable(join(likelihoods.map(of)));
  return {
    logProb: (x) => tf.sum(terms(x), -1),
    logProbByColumn: (x) => rows.toTable(terms(x)),
    mean: () => table((likelihood) => likelihood.mean()),
    mode: () => table((likelihood) => likelihood.mode()),
    sample(noise) {
      const own = cutNoise(noise, noises);
      return table((likelihood, i) => likelihood.sample(own[i] ?? {}));
    },
  };
}

function cutNoise(noise: Noise, sizes: readonly NoiseSize[]): Noise[] {
  const cutKind = (kind: 'normal' | 'uniform') => {
    const drawing = sizes.filter((size) => size[kind] > 0);
    const parts =
      drawing.length > 0
        ? cut(
            needed(noise, kind),
            drawing.map((size) => size[kind]),
          )
        : [];
    return sizes.map((size) => (size[kind] > 0 ? parts.shift() : undefined));
  };
  const [normal, uniform] = [cutKind('normal'), cutKind('uniform')];
  return sizes.map((_, i) => ({
    ...(normal[i] && { normal: normal[i] }),
    ...(uniform[i] && { uniform: uniform[i] }),
  }));
}

function selectColumns(statistics: ElementStatistics, columns: readonly number[]): ElementStatistics {
  const pick = (values: Float64Array) => Float64Array.from(columns, (column) => values[column] ?? NaN);
  const { logMean, logVariance, frequencies } = statistics;
  return {
    mean: pick(statistics.mean),
    variance: pick(statistics.variance),
    ...(logMean && { logMean: pick(logMean) }),
    ...(logVariance && { logVariance: pick(logVariance) }),
    ...(frequencies && { frequencies: columns.map((column) => frequencies[column]) }),
  };
}

function gather(x: Tensor, positions: readonly number[]): Tensor {
  const asTheyAre = positions.length === x.shape.at(-1) && positions.every((position, i) => position === i);
  return asTheyAre ? x : tf.gather(x, tf.tensor1d([...positions], 'int32'), x.rank - 1);
}

function cut(x: Tensor, sizes: readonly number[]): Tensor[] {
  return sizes.length === 1 ? [x] : tf.split(x, [...sizes], -1);
}

function join(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  return parts.length === 1 && first ? first : tf.concat([...parts], -1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
