import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** The last axis cut into groups: x [..., sum of sizes]. Neighbouring groups of one size are handled at once. */
export type GroupSizes = readonly number[];

export function total(sizes: GroupSizes): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** `f` takes [..., count, size], groups on the last but one axis, to [..., count]: one number a group, [..., groups]. */
export function reduceGroups(x: Tensor, sizes: GroupSizes, f: (blocks: Tensor) => Tensor): Tensor {
  return join(blocksOf(x, sizes).map(f));
}

/** `f` takes [..., count, size] to the same shape: [..., sum of sizes]. */
export function mapGroups(x: Tensor, sizes: GroupSizes, f: (blocks: Tensor) => Tensor): Tensor {
  const flat = (blocks: Tensor) => tf.reshape(f(blocks), [...blocks.shape.slice(0, -2), -1]);
  return join(blocksOf(x, sizes).map(flat));
}

function blocksOf(x: Tensor, sizes: GroupSizes): Tensor[] {
  const runs = runsOf(sizes);
  const widths = runs.map(({ count, size }) => count * size);
  const parts = runs.length === 1 ? [x] : tf.split(x, widths, -1);
  return parts.map((part, i) => {
    const { count, size } = runs[i] ?? { count: 0, size: 0 };
    return tf.reshape(part, [...x.shape.slice(0, -1), count, size]);
  });
}

function runsOf(sizes: GroupSizes): { count: number; size: number }[] {
  const runs: { count: number; size: number }[] = [];
  for (const size of sizes) {
    const last = runs.at(-1);
    if (last?.size === size) last.count += 1;
    else runs.push({ count: 1, size });
  }
  return runs;
}

function join(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  return parts.length === 1 && first ? first : tf.concat([...parts], -1);
}

/** log sum exp over the last axis, [..., size] -> [...], with the softmax as its derivative. */
export function logSumExp(blocks: Tensor): Tensor {
  const differentiable = tf.customGrad((at, save) => {
    const y = at as Tensor;
    const largest = tf.max(y, -1, true);
    const sum = tf.sum(tf.exp(tf.sub(y, largest)), -1, true);
    const value = tf.add(largest, tf.log(sum));
    (save as (tensors: Tensor[]) => void)([y, value]);
    return {
      value: tf.squeeze(value, [-1]),
      gradFunc: (dy: Tensor, [logits = y, normalizer = value]: Tensor[]) =>
        tf.mul(tf.exp(tf.sub(logits, normalizer)), tf.expandDims(dy, -1)),
    };
  });
  return differentiable(blocks);
}

export function logSoftmax(blocks: Tensor): Tensor {
  return tf.sub(blocks, tf.expandDims(logSumExp(blocks), -1));
}

/** Index of the largest, the last one if there are several: [..., size] -> [...]. */
export function argMax(blocks: Tensor): Tensor {
  const isLargest = tf.cast(tf.equal(blocks, tf.max(blocks, -1, true)), 'float32');
  return tf.max(tf.mul(isLargest, positions(blocks)), -1);
}

/** Zeros and a one at the largest: [..., size]. */
export function oneHotMax(blocks: Tensor): Tensor {
  return tf.cast(tf.equal(tf.expandDims(argMax(blocks), -1), positions(blocks)), 'float32');
}

function positions(blocks: Tensor): number[] {
  return Array.from({ length: blocks.shape.at(-1) ?? 0 }, (_, i) => i);
}

/** Draws by the largest of logits + Gumbel noise: log p(largest is k) = log softmax_k. u uniform on (0, 1). */
export function perturb(logits: Tensor, u: Tensor): Tensor {
  return tf.sub(logits, tf.log(tf.neg(tf.log(u))));
}
