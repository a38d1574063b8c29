import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuse, findReachable } from '../../../../src/model/runtime/onnx/fuse.ts';
import { broadcastShapes, type Attributes, type Node } from '../../../../src/model/runtime/onnx/ir.ts';
import { trace } from '../../../../src/model/runtime/onnx/trace.ts';
import type { ArraySpecs, TensorFunction } from '../../../../src/model/runtime/runtime.ts';
import type { Value } from '../../../support/dense-array.ts';
import { interpret } from '../../../support/interpreter.ts';
import { at, normals } from '../../../support/numbers.ts';
import { array, tensor } from '../../../support/tiny-model.ts';

const SIDE = 3;
const INPUTS: ArraySpecs = {
  a: { shape: [SIDE, SIDE], dtype: 'float32' },
  b: { shape: [SIDE, SIDE], dtype: 'float32' },
  row: { shape: [SIDE], dtype: 'float32' },
  column: { shape: [SIDE, 1], dtype: 'float32' },
  scalar: { shape: [], dtype: 'float32' },
};

const POINT: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(INPUTS).map(([name, { shape }], i) => {
    const size = shape.reduce((product, axis) => product * axis, 1);
    return [name, { shape, data: Float64Array.from(normals(i, size)) }] as const;
  }),
);

/** One line for each operator that is left, inputs by their name or operator. */
function fusedProgram(fn: TensorFunction): string[] {
  const { graph, outputs } = trace(INPUTS, fn, (results) => results);
  const nodes = findReachable(Object.values(fuse(graph, outputs)));
  const short = (node: Node) =>
    node.name ?? (typeof node.values === 'number' ? String(node.values) : node.op);
  return nodes
    .filter(({ op }) => op !== 'Input' && op !== 'Constant')
    .map(({ op, inputs, attributes: { alpha, beta } }) => {
      const factors = op === 'Gemm' ? ` alpha=${String(alpha)} beta=${String(beta)}` : '';
      return `${op}(${inputs.map(short).join(', ')})${factors}`;
    });
}

const matMul = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.matMul(x, y);

describe('fuse', () => {
  const [t, m] = [tensor, matMul];
  const GOLDEN: readonly { what: string; fn: TensorFunction; program: string[] }[] = [
    {
      what: 'a bias into the product',
      fn: (x) => ({ y: tf.add(m(t(x, 'a'), t(x, 'b')), t(x, 'row')) }),
      program: ['Gemm(a, b, row) alpha=1 beta=1'],
    },
    {
      what: 'a bias on the left into the product',
      fn: (x) => ({ y: tf.add(t(x, 'column'), m(t(x, 'a'), t(x, 'b'))) }),
      program: ['Gemm(a, b, column) alpha=1 beta=1'],
    },
    {
      what: 'a factor into the product',
      fn: (x) => ({ y: tf.mul(m(t(x, 'a'), t(x, 'b')), 0.5) }),
      program: ['Gemm(a, b) alpha=0.5 beta=0'],
    },
    {
      what: 'a factor into the product and what is added to it',
      fn: (x) => ({ y: tf.mul(tf.add(m(t(x, 'a'), t(x, 'b')), t(x, 'row')), 0.5) }),
      program: ['Gemm(a, b, row) alpha=0.5 beta=0.5'],
    },
    {
      what: 'factors of the operands into the product',
      fn: (x) => ({ y: m(tf.mul(t(x, 'a'), 0.5), tf.mul(t(x, 'b'), 4)) }),
      program: ['Gemm(a, b) alpha=2 beta=0'],
    },
    {
      what: 'a subtracted product into one operator',
      fn: (x) => ({ y: tf.sub(t(x, 'a'), tf.mul(m(t(x, 'a'), t(x, 'b')), 0.25)) }),
      program: ['Gemm(a, b, a) alpha=-0.25 beta=1'],
    },
    {
      what: 'a factor out of a sum',
      fn: (x) => ({ y: tf.sum(tf.mul(t(x, 'a'), 2), 1) }),
      program: ['ReduceSum(a, Constant)', 'Mul(ReduceSum, 2)'],
    },
    {
      what: 'a sum over rows into a product with ones',
      fn: (x) => ({ y: tf.sum(tf.mul(t(x, 'a'), 2), 0) }),
      program: ['Gemm(Constant, a) alpha=2 beta=0', 'Reshape(Gemm, Constant)'],
    },
    {
      what: 'constant factors out of a sum of two',
      fn: (x) => ({ y: tf.add(tf.mul(t(x, 'a'), 0.5), tf.mul(t(x, 'b'), 0.25)) }),
      program: ['Mul(b, 0.5)', 'Add(a, Mul)', 'Mul(Add, 0.5)'],
    },
    {
      what: 'opposite factors out of a sum as a difference',
      fn: (x) => ({ y: m(tf.add(tf.mul(t(x, 'a'), 0.5), tf.mul(t(x, 'b'), -0.5)), t(x, 'b')) }),
      program: ['Sub(a, b)', 'Gemm(Sub, b) alpha=0.5 beta=0'],
    },
    {
      what: 'nothing where a product is used twice',
      fn: (x) => {
        const product = m(t(x, 'a'), t(x, 'b'));
        return { y: tf.add(product, t(x, 'row')), z: product };
      },
      program: ['Gemm(a, b) alpha=1 beta=0', 'Add(Gemm, row)'],
    },
    {
      what: 'nothing that would make the product larger',
      fn: (x) => ({ y: tf.add(tf.reshape(m(t(x, 'a'), t(x, 'b')), [1, SIDE, SIDE]), tf.zeros([2, 1, 1])) }),
      program: ['Gemm(a, b) alpha=1 beta=0', 'Reshape(Gemm, Constant)', 'Expand(Reshape, Constant)'],
    },
  ];

  it.each(GOLDEN)('moves $what', ({ fn, program }) => {
    expect(fusedProgram(fn)).toEqual(program);
  });
});

/** An instruction of a random program: an operation on earlier values, chosen by number. */
interface Instruction {
  readonly op: keyof Algebra<unknown>;
  readonly first: number;
  readonly second: number;
}

/** What a program is made of: over tensors it is traced, over raw nodes it is taken as it stands. */
interface Algebra<T> {
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  product(a: T, b: T): T;
  transposedProduct(a: T, b: T): T;
  sumRows(a: T): T;
  meanColumns(a: T): T;
  abs(a: T): T;
  negative(a: T): T;
  relu(a: T): T;
  constant(value: number): T;
}

const CONSTANTS = [0, 1, -1, 0.5, 2, -3];

function runProgram<T>(algebra: Algebra<T>, inputs: readonly T[], program: readonly Instruction[]): T[] {
  const values = [...inputs, ...CONSTANTS.map((value) => algebra.constant(value))];
  const pick = (number: number): T => values[number % values.length] ?? algebra.constant(0);
  for (const { op, first, second } of program) {
    const made = op === 'constant' ? algebra.constant(2) : algebra[op](pick(first), pick(second));
    values.push(made);
  }
  return values.slice(-3);
}

const square = (x: tf.Tensor) => tf.add<tf.Tensor2D>(x, tf.zeros([SIDE, SIDE]));
const tensorAlgebra: Algebra<tf.Tensor> = {
  add: (a, b) => tf.add(a, b),
  sub: (a, b) => tf.sub(a, b),
  mul: (a, b) => tf.mul(a, b),
  product: (a, b) => tf.matMul(square(a), square(b)),
  transposedProduct: (a, b) => tf.matMul(square(a), square(b), true, false),
  sumRows: (a) => tf.sum(square(a), 0),
  meanColumns: (a) => tf.mean(square(a), 1, true),
  abs: (a) => tf.abs(a),
  negative: (a) => tf.neg(a),
  relu: (a) => tf.relu(a),
  constant: (value) => tf.scalar(value),
};

/** Nodes as written, without the builder's value numbering, folding or simplification. */
function rawAlgebra(): { algebra: Algebra<Node>; input: (name: string) => Node } {
  let id = 0;
  const make = (
    op: string,
    inputs: Node[],
    shape: readonly number[],
    attributes: Attributes = {},
    rest: object = {},
  ): Node => ({ id: id++, op, inputs, attributes, shape, dtype: 'float32', ...rest });
  const integers = (values: number[]) => make('Constant', [], [values.length], {}, { values });
  const elementwise = (op: string) => (a: Node, b: Node) =>
    make(op, [a, b], broadcastShapes(a.shape, b.shape));
  const wide = (x: Node) => make('Expand', [x, integers([SIDE, SIDE])], [SIDE, SIDE]);
  const gemm = (transA: number) => (a: Node, b: Node) =>
    make('Gemm', [wide(a), wide(b)], [SIDE, SIDE], { transA, transB: 0, alpha: 1, beta: 0 });
  return {
    input: (name) => make('Input', [], array(INPUTS, name).shape, {}, { name }),
    algebra: {
      add: elementwise('Add'),
      sub: elementwise('Sub'),
      mul: elementwise('Mul'),
      product: gemm(0),
      transposedProduct: gemm(1),
      sumRows: (a) => make('ReduceSum', [wide(a), integers([0])], [SIDE], { keepdims: 0 }),
      meanColumns: (a) => make('ReduceMean', [wide(a)], [SIDE, 1], { keepdims: 1, axes: [1] }),
      abs: (a) => make('Abs', [a], a.shape),
      negative: (a) => make('Mul', [a, make('Constant', [], [], {}, { values: -1 })], a.shape),
      relu: (a) => make('Relu', [a], a.shape),
      constant: (value) => make('Constant', [], [], {}, { values: value }),
    },
  };
}

const named = <T>(values: readonly T[]): Record<string, T> =>
  Object.fromEntries(values.map((value, i) => [`out${i}`, value]));

const OPERATIONS = Object.keys(tensorAlgebra) as Instruction['op'][];
const program = fc.array(
  fc.record({
    op: fc.constantFrom(...OPERATIONS),
    // Late values are picked as often as early ones, so that programs grow deep.
    first: fc.nat({ max: 24 }),
    second: fc.nat({ max: 24 }),
  }),
  { minLength: 3, maxLength: 14 },
);

function expectSame(
  found: Readonly<Record<string, Value>>,
  expected: Readonly<Record<string, Value>>,
  scale: number,
) {
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const own = array(found, name);
    expect(own.shape).toEqual(shape);
    data.forEach((value, i) => {
      expect(Math.abs(at(own.data, i) - value)).toBeLessThanOrEqual(1e-9 * scale);
    });
  }
}

describe('a random program', () => {
  it('gives the same values as written, as traced and as fused', () => {
    fc.assert(
      fc.property(program, (instructions) => {
        const raw = rawAlgebra();
        const written = runProgram(raw.algebra, Object.keys(INPUTS).map(raw.input), instructions);
        const everything = interpret(named(findReachable(written)), POINT);
        const largest = Object.values(everything).flatMap(({ data }) => Array.from(data, Math.abs));
        const traced = trace(
          INPUTS,
          (inputs) =>
            runProgram(
              tensorAlgebra,
              Object.keys(INPUTS).map((name) => tensor(inputs, name)),
              instructions,
            ),
          named,
        );
        const expected = interpret(named(written), POINT);
        const scale = Math.max(1, ...largest);
        expectSame(interpret(traced.outputs, POINT), expected, scale);
        expectSame(interpret(fuse(traced.graph, traced.outputs), POINT), expected, scale);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
