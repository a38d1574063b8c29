import { at } from './numbers.ts';

/** A dense row-major array of double-precision numbers (booleans are 0 and 1). */
export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** Coordinates of a position in row-major order, and back. */
export function coordinates(position: number, shape: readonly number[]): number[] {
  let rest = position;
  return shape.map((_, i) => {
    const stride = sizeOf(shape.slice(i + 1));
    const coordinate = Math.floor(rest / stride);
    rest %= stride;
    return coordinate;
  });
}

export function positionOf(index: readonly number[], shape: readonly number[]): number {
  return index.reduce((position, coordinate, i) => position * (shape[i] ?? 1) + coordinate, 0);
}

/** A new array whose element at each index is found by `read`. */
export function generate(shape: readonly number[], read: (index: number[]) => number): Value {
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => read(coordinates(i, shape)));
  return { shape, data };
}

/** The element at an index of a broadcast shape. */
export function broadcastRead({ shape, data }: Value, index: readonly number[]): number {
  const own = index.slice(index.length - shape.length);
  return at(
    data,
    positionOf(
      own.map((coordinate, i) => (shape[i] === 1 ? 0 : coordinate)),
      shape,
    ),
  );
}

export function broadcast(values: readonly Value[]): number[] {
  const rank = Math.max(...values.map(({ shape }) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const axes = values.map(({ shape }) => shape[i - rank + shape.length] ?? 1);
    const wide = axes.find((axis) => axis !== 1) ?? 1;
    if (axes.some((axis) => axis !== 1 && axis !== wide))
      throw new RangeError(`no broadcast of ${String(axes)}`);
    return wide;
  });
}

export function expand(x: Value, shape: readonly number[]): Value {
  return String(x.shape) === String(shape) ? x : generate(shape, (index) => broadcastRead(x, index));
}
