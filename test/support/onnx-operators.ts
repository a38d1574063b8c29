import type { Node } from '../../src/model/runtime/onnx/ir.ts';
import {
  broadcast,
  broadcastRead,
  coordinates,
  expand,
  generate,
  positionOf,
  sizeOf,
  type Value,
} from './dense-array.ts';
import { at } from './numbers.ts';
import { erf } from './special-functions.ts';

export type Operator = (inputs: readonly Value[], node: Node) => Value;

const elementwise =
  (fn: (...values: number[]) => number): Operator =>
  (inputs) => {
    const shape = broadcast(inputs);
    const size = sizeOf(shape);
    if (inputs.every(({ data }) => data.length === size || data.length === 1)) {
      const read = (i: number) => fn(...inputs.map(({ data }) => at(data, data.length === 1 ? 0 : i)));
      return { shape, data: Float64Array.from({ length: size }, (_, i) => read(i)) };
    }
    return generate(shape, (index) => fn(...inputs.map((input) => broadcastRead(input, index))));
  };

const first = (inputs: readonly Value[], position = 0): Value => {
  const value = inputs[position];
  if (!value) throw new RangeError(`input ${position} is missing`);
  return value;
};
const list = (attribute: number | readonly number[] | undefined): readonly number[] =>
  typeof attribute === 'object' ? attribute : [];

const reduction =
  (start: number, combine: (a: number, b: number) => number, mean = false): Operator =>
  (inputs, node) => {
    const x = first(inputs);
    const given = inputs[1] ? Array.from(inputs[1].data) : list(node.attributes['axes']);
    const axes = given.map((axis) => (axis < 0 ? axis + x.shape.length : axis));
    const kept = x.shape.map((extent, i) => (axes.includes(i) ? 1 : extent));
    const data = new Float64Array(sizeOf(kept)).fill(start);
    x.data.forEach((value, i) => {
      const index = coordinates(i, x.shape).map((coordinate, axis) => (axes.includes(axis) ? 0 : coordinate));
      const position = positionOf(index, kept);
      data[position] = combine(at(data, position), value);
    });
    const shape = node.attributes['keepdims'] === 1 ? kept : x.shape.filter((_, i) => !axes.includes(i));
    return { shape, data: mean ? data.map((sum) => (sum * data.length) / x.data.length) : data };
  };

/** Y = alpha op(A) op(B) + beta C. */
const gemm: Operator = (inputs, { attributes }) => {
  const [a, b, c] = [first(inputs), first(inputs, 1), inputs[2]];
  const [alpha, beta] = [Number(attributes['alpha'] ?? 1), Number(attributes['beta'] ?? 1)];
  const read = (x: Value, transposed: unknown, i: number, j: number) =>
    at(x.data, transposed === 1 ? positionOf([j, i], x.shape) : positionOf([i, j], x.shape));
  const [transA, transB] = [attributes['transA'], attributes['transB']];
  const inner = at(a.shape, transA === 1 ? 0 : 1);
  const shape = [at(a.shape, transA === 1 ? 1 : 0), at(b.shape, transB === 1 ? 0 : 1)];
  if (at(b.shape, transB === 1 ? 1 : 0) !== inner) throw new RangeError('Gemm: inner sizes differ');
  return generate(shape, ([i = 0, j = 0]) => {
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += read(a, transA, i, k) * read(b, transB, k, j);
    return alpha * sum + (c ? beta * broadcastRead(c, [i, j]) : 0);
  });
};

const concat: Operator = (inputs, { attributes }) => {
  const axis = Number(attributes['axis']);
  const extents = inputs.map(({ shape }) => at(shape, axis));
  const shape = first(inputs).shape.map((extent, i) =>
    i === axis ? extents.reduce((a, b) => a + b, 0) : extent,
  );
  return generate(shape, (index) => {
    let along = index[axis] ?? 0;
    const part = inputs.findIndex((_, i) => {
      if (along < at(extents, i)) return true;
      along -= at(extents, i);
      return false;
    });
    const own = first(inputs, part);
    return at(
      own.data,
      positionOf(
        index.map((coordinate, i) => (i === axis ? along : coordinate)),
        own.shape,
      ),
    );
  });
};

const pad: Operator = (inputs) => {
  const [x, amounts, value] = [first(inputs), first(inputs, 1).data, at(first(inputs, 2).data, 0)];
  const rank = x.shape.length;
  const shape = x.shape.map((extent, i) => extent + at(amounts, i) + at(amounts, i + rank));
  return generate(shape, (index) => {
    const own = index.map((coordinate, i) => coordinate - at(amounts, i));
    const inside = own.every((coordinate, i) => coordinate >= 0 && coordinate < at(x.shape, i));
    return inside ? at(x.data, positionOf(own, x.shape)) : value;
  });
};

const slice: Operator = (inputs) => {
  const [x, begin, end] = [first(inputs), first(inputs, 1).data, first(inputs, 2).data];
  return generate(
    x.shape.map((_, i) => at(end, i) - at(begin, i)),
    (index) =>
      at(
        x.data,
        positionOf(
          index.map((c, i) => c + at(begin, i)),
          x.shape,
        ),
      ),
  );
};

const tile: Operator = (inputs) => {
  const [x, repeats] = [first(inputs), first(inputs, 1).data];
  return generate(
    x.shape.map((extent, i) => extent * at(repeats, i)),
    (index) =>
      at(
        x.data,
        positionOf(
          index.map((c, i) => c % at(x.shape, i)),
          x.shape,
        ),
      ),
  );
};

const transpose: Operator = (inputs, { attributes }) => {
  const x = first(inputs);
  const perm = list(attributes['perm']);
  return generate(
    perm.map((axis) => at(x.shape, axis)),
    (index) =>
      at(
        x.data,
        positionOf(
          x.shape.map((_, axis) => at(index, perm.indexOf(axis))),
          x.shape,
        ),
      ),
  );
};

const gather: Operator = (inputs, { attributes }) => {
  const [x, positions] = [first(inputs), first(inputs, 1).data];
  const axis = Number(attributes['axis']);
  return generate(
    x.shape.map((extent, i) => (i === axis ? positions.length : extent)),
    (index) =>
      at(
        x.data,
        positionOf(
          index.map((c, i) => (i === axis ? at(positions, c) : c)),
          x.shape,
        ),
      ),
  );
};

const cast: Operator = (inputs, { dtype }) => {
  const convert: Record<Node['dtype'], (x: number) => number> = {
    float32: (x) => x,
    bool: (x) => Number(x !== 0),
    int32: Math.trunc,
    int64: Math.trunc,
    uint8: Math.trunc,
  };
  return elementwise(convert[dtype])(inputs, {} as Node);
};

/** Expand broadcasts both ways: an extent of 1 in the target keeps the input's. */
const expandTo: Operator = (inputs) => {
  const x = first(inputs);
  const target: Value = { shape: Array.from(first(inputs, 1).data), data: new Float64Array() };
  return expand(x, broadcast([x, target]));
};

const reshape: Operator = (inputs) => ({
  shape: Array.from(first(inputs, 1).data),
  data: first(inputs).data,
});

/** The ONNX operators that the kernel table can emit, as their specification says, in float64. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  Abs: elementwise(Math.abs),
  Add: elementwise((a = 0, b = 0) => a + b),
  And: elementwise((a = 0, b = 0) => Number(a !== 0 && b !== 0)),
  Cast: cast,
  Concat: concat,
  Cos: elementwise(Math.cos),
  Div: elementwise((a = 0, b = 0) => a / b),
  Elu: elementwise((x = 0) => (x < 0 ? Math.expm1(x) : x)),
  Equal: elementwise((a = 0, b = 0) => Number(a === b)),
  Erf: elementwise(erf),
  Exp: elementwise(Math.exp),
  Expand: expandTo,
  Floor: elementwise(Math.floor),
  Gather: gather,
  Gemm: gemm,
  Greater: elementwise((a = 0, b = 0) => Number(a > b)),
  GreaterOrEqual: elementwise((a = 0, b = 0) => Number(a >= b)),
  Less: elementwise((a = 0, b = 0) => Number(a < b)),
  LessOrEqual: elementwise((a = 0, b = 0) => Number(a <= b)),
  Log: elementwise(Math.log),
  Max: elementwise(Math.max),
  Min: elementwise(Math.min),
  Mul: elementwise((a = 0, b = 0) => a * b),
  Not: elementwise((a = 0) => Number(a === 0)),
  Pad: pad,
  Pow: elementwise((a = 0, b = 0) => a ** b),
  Reciprocal: elementwise((x = 0) => 1 / x),
  ReduceMax: reduction(-Infinity, Math.max),
  ReduceMean: reduction(0, (a, b) => a + b, true),
  ReduceSum: reduction(0, (a, b) => a + b),
  Relu: elementwise((x = 0) => Math.max(x, 0)),
  Reshape: reshape,
  Sigmoid: elementwise((x = 0) => 1 / (1 + Math.exp(-x))),
  Sin: elementwise(Math.sin),
  Slice: slice,
  Sqrt: elementwise(Math.sqrt),
  Sub: elementwise((a = 0, b = 0) => a - b),
  Tanh: elementwise(Math.tanh),
  Tile: tile,
  Transpose: transpose,
  Where: elementwise((condition = 0, a = 0, b = 0) => (condition !== 0 ? a : b)),
};
