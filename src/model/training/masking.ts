import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { deriveKey, fillUniform } from '../random/streams.ts';
import { countValues, isShared, oneHotGroups, type LikelihoodSpec, type Shape } from '../specification.ts';
import type { RandomMasking } from '../specification/masking.ts';

/** What is hidden together in a row. */
export interface MaskLayout {
  /** The group of each element: elements of one group are hidden together. {@link NEVER}: always known. */
  readonly groups: readonly number[];
  /** Numbers of pixels, whose groups are counted row by row; null if the row is no image. */
  readonly image: { readonly height: number; readonly width: number } | null;
}

/** The group of elements that cannot be missing. */
const NEVER = -1;

/**
 * Every element on its own, or together the features of one column of a table (`featureColumns`: the column of each), the elements of
 * a one-hot group, or the channels of a pixel if a row has two axes or more. Columns that cannot be missing are never hidden.
 */
export function layOutMask(
  likelihood: LikelihoodSpec,
  rowShape: Shape,
  featureColumns?: readonly number[],
): MaskLayout {
  if (!isShared(likelihood)) {
    const groups = likelihood.columns.map(({ missing }, i) => (missing ? (featureColumns?.[i] ?? i) : NEVER));
    return { groups, image: null };
  }
  const oneHot = oneHotGroups(likelihood);
  if (oneHot !== null)
    return { groups: oneHot.flatMap((size, group) => new Array<number>(size).fill(group)), image: null };
  const [height, width, ...channels] = rowShape;
  const image = height === undefined || width === undefined ? null : { height, width };
  const each = image === null ? 1 : countValues(channels);
  const groups = Array.from({ length: countValues(rowShape) }, (_, i) => Math.floor(i / each));
  return { groups, image };
}

/**
 * Values x [M, data_size] with NaN in the place of what is hidden. The bound of what is left is a bound of log p(what is left), so
 * the encoder learns p(z|any part of a row), and what is hidden teaches the decoder nothing.
 */
export function hide(x: Tensor, hidden: Tensor | undefined): Tensor {
  return hidden ? tf.where(tf.greater(hidden, 0), tf.fill(x.shape, NaN), x) : x;
}

/** Uniform numbers of a row: whether and how much is hidden, whether by a rectangle, and its ends. */
const CHOICES = 7;

/**
 * Marks hidden elements of the rows of one step with a 1; `out` is [rows, elements], row-major, and 0. In share_of_rows of the
 * rows, each group of elements is hidden with a probability that is uniform on (0, 1), or, in half of these rows of images, a
 * rectangle is hidden or everything outside it.
 */
export function fillHidden(
  { share_of_rows: share }: RandomMasking,
  { groups, image }: MaskLayout,
  { seed, step, rows }: { readonly seed: number; readonly step: number; readonly rows: number },
  out: Uint8Array,
): void {
  const key = deriveKey(seed, 'masking', step);
  const choices = new Float32Array(rows * CHOICES);
  fillUniform(key, choices);
  const count = groups.reduce((largest, group) => Math.max(largest, group), NEVER) + 1;
  const [isHidden, uniform] = [new Uint8Array(count), new Float32Array(count)];
  for (let row = 0; row < rows; row++) {
    const [hides = 1, shape = 1, ...ends] = choices.subarray(row * CHOICES, (row + 1) * CHOICES);
    if (hides >= share) continue;
    // Below the share, the number is uniform again.
    if (image !== null && shape < 0.5) hideRectangle(image, ends, isHidden);
    else {
      fillUniform(key, uniform, choices.length + row * count);
      for (let group = 0; group < count; group++)
        isHidden[group] = (uniform[group] ?? 1) < hides / share ? 1 : 0;
    }
    for (let i = 0; i < groups.length; i++) out[row * groups.length + i] = isHidden[groups[i] ?? NEVER] ?? 0;
  }
}

function hideRectangle(
  { height, width }: { readonly height: number; readonly width: number },
  [side = 0, ...ends]: readonly number[],
  isHidden: Uint8Array,
): void {
  const [top, bottom] = [ends[0] ?? 0, ends[1] ?? 0].map((end) => end * height).sort((a, b) => a - b);
  const [left, right] = [ends[2] ?? 0, ends[3] ?? 0].map((end) => end * width).sort((a, b) => a - b);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isInside = isBetween(y, top, bottom) && isBetween(x, left, right);
      isHidden[y * width + x] = isInside === side < 0.5 ? 1 : 0;
    }
  }
}

/** Whether the centre of pixel i lies between two places. */
const isBetween = (i: number, low = 0, high = 0): boolean => i + 0.5 >= low && i + 0.5 <= high;
