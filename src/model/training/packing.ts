import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { getNamed } from '../named-arrays.ts';
import type { Shapes } from '../specification.ts';
import { countElements, type FloatArray, type FloatArrays, type Tensors } from '../runtime/runtime.ts';

/**
 * Small parameters travel through the optimizer as one flat tensor: an update rule costs several operators a tensor,
 * and on biases their dispatch takes longer than their arithmetic.
 */
const SMALL = 32768;
const PACKED = 'packed';

interface Member {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
}
interface Group {
  readonly name: string;
  readonly shape: readonly number[];
  readonly members: readonly Member[];
}
export type Layout = readonly Group[];

/** Large parameters alone, under their own names; all small ones together. */
export function layoutOf(shapes: Shapes): Layout {
  const entries = Object.entries(shapes);
  const large = entries.filter(([, shape]) => countElements(shape) >= SMALL);
  const small = entries.filter(([, shape]) => countElements(shape) < SMALL);
  let size = 0;
  const members = small.map(([name, shape]): Member => {
    const member = { name, shape, offset: size };
    size += countElements(shape);
    return member;
  });
  const alone = large.map(([name, shape]): Group => ({ name, shape, members: [{ name, shape, offset: 0 }] }));
  return members.length === 0 ? alone : [...alone, { name: PACKED, shape: [size], members }];
}

/** The group tensors' members under their own names and shapes. */
export function unpack(layout: Layout, groups: Tensors): Tensors {
  const entries = layout.flatMap((group) => {
    const whole = getNamed(groups, group.name);
    return group.members.map(({ name, shape, offset }): [string, Tensor] => [
      name,
      isAlone(group) ? whole : tf.reshape(tf.slice(whole, [offset], [countElements(shape)]), [...shape]),
    ]);
  });
  return Object.fromEntries(entries);
}

export function pack(layout: Layout, tensors: Tensors): Tensors {
  const entries = layout.map((group): [string, Tensor] => {
    const parts = group.members.map(({ name }) => getNamed(tensors, name));
    const [first] = parts;
    return [
      group.name,
      isAlone(group) && first ? first : tf.concat(parts.map((part) => tf.reshape(part, [-1]))),
    ];
  });
  return Object.fromEntries(entries);
}

/** {@link unpack} for arrays. */
export function unpackArrays(layout: Layout, groups: FloatArrays): FloatArrays {
  const entries = layout.flatMap((group) => {
    const { data } = getNamed(groups, group.name);
    return group.members.map(({ name, shape, offset }): [string, FloatArray] => [
      name,
      { shape, data: data.slice(offset, offset + countElements(shape)) },
    ]);
  });
  return Object.fromEntries(entries);
}

/** {@link pack} for arrays. */
export function packArrays(layout: Layout, arrays: FloatArrays): FloatArrays {
  const entries = layout.map((group): [string, FloatArray] => {
    const data = new Float32Array(countElements(group.shape));
    group.members.forEach(({ name, offset }) => {
      data.set(getNamed(arrays, name).data, offset);
    });
    return [group.name, { shape: group.shape, data }];
  });
  return Object.fromEntries(entries);
}

function isAlone(group: Group): boolean {
  return group.name !== PACKED;
}
