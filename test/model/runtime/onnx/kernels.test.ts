import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KERNEL_NAMES, type KernelName } from '../../../../src/model/runtime/onnx/kernels.ts';
import { createOnnxRuntime } from '../../../../src/model/runtime/onnx/onnx-runtime.ts';
import {
  RuntimeError,
  countElements,
  type FloatArrays,
  type Runtime,
  type TensorFunction,
} from '../../../../src/model/runtime/runtime.ts';
import { createEagerRuntime } from '../../../support/eager-runtime.ts';
import { relativeDifference, uniforms } from '../../../support/numbers.ts';
import { array, tensor, tensorsOf } from '../../../support/tiny-model.ts';

interface Case {
  readonly shapes: readonly (readonly number[])[];
  /** Random inputs lie between these; -2 and 2 where absent. */
  readonly range?: readonly [number, number];
  readonly call: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
}

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const unary = (call: Unary, range: readonly [number, number] = [-2, 2]): Case[] => [
  { shapes: [[3, 4]], range, call },
  { shapes: [[]], range, call },
  // Of a value that is repeated, of a constant that is the same everywhere, and of one that is not.
  { shapes: [[1, 3]], range, call: (x) => call(tf.tile(x, [2, 1])) },
  { shapes: [[2]], range, call: (x) => tf.mul(x, call(tf.fill([3, 2], range[1] / 2))) },
  { shapes: [[2]], range, call: (x) => tf.mul(x, call(tf.tensor1d([range[1] / 2, range[1] / 3]))) },
];

const BROADCASTS = [
  [
    [3, 4],
    [3, 4],
  ],
  [[3, 4], [4]],
  [
    [3, 1],
    [1, 4],
  ],
  [[], [2, 3]],
  [
    [2, 1, 3],
    [4, 1],
  ],
] as const;

const binary = (call: Binary, range?: readonly [number, number]): Case[] => [
  ...BROADCASTS.map((shapes) => ({
    shapes,
    ...(range && { range }),
    call: (...[a, b]: tf.Tensor[]) => call(present(a), present(b)),
  })),
  ...[0, 1, 2].map((value): Case => ({
    shapes: [[2, 3]],
    ...(range && { range }),
    call: (x) => [call(x, tf.scalar(value)), call(tf.add(tf.scalar(value), 0.5), x)],
  })),
  {
    shapes: [[2]],
    call: (x) => tf.mul(x, tf.cast(call(tf.fill([3, 2], 1.5), tf.fill([1, 2], 2)), 'float32')),
  },
];

/** Rounded, so that some of them are equal. */
const comparison = (call: Binary): Case[] =>
  binary((a, b) => tf.cast(call(tf.floor(a), tf.floor(b)), 'float32'));

const reduction = (
  call: (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor,
): Case[] => [
  { shapes: [[3, 4]], call: (x) => call(x) },
  { shapes: [[3, 4]], call: (x) => [call(x, 0), call(x, -1), call(x, [0, 1])] },
  { shapes: [[2, 3, 4]], call: (x) => [call(x, 1), call(x, [0, 2], true), call(x, -1, true)] },
  { shapes: [[2, 1, 4]], call: (x) => [call(x, 1), call(x, 1, true)] },
  { shapes: [[1, 3]], call: (x) => [call(tf.tile(x, [4, 1]), 0), call(tf.tile(x, [4, 1]), 1)] },
  { shapes: [[2]], call: (x) => tf.mul(x, call(tf.fill([3, 2], 2), 0)) },
];

const POSITIVE = [0.1, 3] as const;

/** A call of every kernel. A kernel without one fails below, and does not compile here. */
const CASES: { readonly [Name in KernelName]: readonly Case[] } = {
  Abs: unary(tf.abs),
  Add: binary(tf.add),
  AddN: [{ shapes: [[3], [3], [3]], call: (...terms) => tf.addN(terms) }],
  BatchMatMul: [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB): Case => {
      const shapes = [transposeA ? [4, 3] : [3, 4], transposeB ? [2, 4] : [4, 2]];
      return { shapes, call: (a, b) => tf.matMul(present(a), present(b), transposeA, transposeB) };
    }),
  ),
  Cast: [
    { shapes: [[5]], call: (x) => tf.cast(tf.cast(x, 'int32'), 'float32') },
    { shapes: [[5]], call: (x) => tf.cast(tf.cast(tf.relu(x), 'bool'), 'float32') },
    { shapes: [[5]], call: (x) => tf.cast(x, 'int32') },
  ],
  ClipByValue: unary((x) => tf.clipByValue(x, -0.5, 1)),
  Concat: [
    {
      shapes: [
        [2, 3],
        [2, 1],
      ],
      call: (a, b) => tf.concat([present(a), present(b)], -1),
    },
    { shapes: [[2], [3], [1]], call: (...parts) => tf.concat(parts) },
    { shapes: [[2, 2]], call: (x) => tf.concat([x, tf.fill([1, 2], 3), tf.zeros([0, 2])], 0) },
  ],
  Cos: unary(tf.cos),
  Elu: unary(tf.elu),
  EluGrad: unary((x) => tf.grad((at) => tf.elu(at))(x)),
  Equal: comparison(tf.equal),
  Erf: unary(tf.erf),
  Exp: unary(tf.exp),
  ExpandDims: [
    { shapes: [[2, 3]], call: (x) => [tf.expandDims(x, 0), tf.expandDims(x, -1), tf.expandDims(x, 1)] },
  ],
  Expm1: [...unary(tf.expm1), ...unary(tf.expm1, [-1e-6, 1e-6]), ...unary(tf.expm1, [-60, 60])],
  Fill: [{ shapes: [[3]], call: (x) => [tf.add(x, tf.fill([2, 3], 0.5)), tf.fill([2], -1)] }],
  Floor: unary(tf.floor),
  GatherV2: [
    // At positions that are computed.
    {
      shapes: [[3], [4]],
      range: [0, 2.9],
      call: (x, positions) =>
        tf.gather(present(x), tf.reshape<tf.Rank.R1>(tf.cast(tf.floor(present(positions)), 'int32'), [4])),
    },
    { shapes: [[2, 4]], call: (x) => [tf.gather(x, [3, 0, 0], 1), tf.gather(x, [1], 0)] },
    { shapes: [[2, 3, 4]], call: (x) => [tf.gather(x, [2, 2], 2), tf.gather(x, [0, 2], 1)] },
    { shapes: [[1, 3]], call: (x) => tf.gather(tf.tile(x, [2, 1]), [1, 1, 0], 0) },
  ],
  Greater: comparison(tf.greater),
  GreaterEqual: comparison(tf.greaterEqual),
  Identity: unary(tf.clone),
  Less: comparison(tf.less),
  LessEqual: comparison(tf.lessEqual),
  Log: unary(tf.log, POSITIVE),
  Log1p: [...unary(tf.log1p, POSITIVE), ...unary(tf.log1p, [-1e-6, 1e-6]), ...unary(tf.log1p, [-0.99, 1e6])],
  LogicalAnd: comparison((a, b) => tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0))),
  LogicalNot: comparison((a, b) => tf.logicalNot(tf.greater(a, b))),
  Max: reduction(tf.max),
  Maximum: binary(tf.maximum),
  Mean: reduction(tf.mean),
  Minimum: binary(tf.minimum),
  Multiply: binary(tf.mul),
  Neg: unary(tf.neg),
  OnesLike: [{ shapes: [[2, 3]], call: (x) => [tf.onesLike(x), tf.mul(x, tf.onesLike(x))] }],
  PadV2: [
    {
      shapes: [[2, 3]],
      call: (x) => [
        tf.pad(x, [
          [1, 2],
          [0, 1],
        ]),
        tf.pad(
          x,
          [
            [0, 0],
            [2, 0],
          ],
          7,
        ),
      ],
    },
    { shapes: [[2]], call: (x) => tf.pad(tf.mul(tf.zerosLike(x), x), [[1, 1]], 2) },
  ],
  Pow: binary(tf.pow, POSITIVE),
  RealDiv: binary((a, b) => tf.div(a, tf.add(b, 4))),
  Reciprocal: unary(tf.reciprocal, POSITIVE),
  Relu: unary(tf.relu),
  Reshape: [
    { shapes: [[2, 6]], call: (x) => [tf.reshape(x, [3, -1]), tf.reshape(tf.reshape(x, [12]), [4, 3])] },
    { shapes: [[1, 3]], call: (x) => tf.reshape(tf.tile(x, [2, 1]), [3, 2]) },
    { shapes: [[1]], call: (x) => tf.reshape(tf.tile(x, [6]), [3, 2]) },
  ],
  Rsqrt: unary(tf.rsqrt, POSITIVE),
  Select: [
    {
      shapes: [
        [3, 4],
        [3, 4],
      ],
      call: (a, b) => tf.where(tf.greater(present(a), 0), present(a), present(b)),
    },
    { shapes: [[3, 4]], call: (a) => tf.where(tf.greater(a, 0), a, tf.zerosLike(a)) },
  ],
  Sigmoid: unary(tf.sigmoid),
  Sin: unary(tf.sin),
  Slice: [
    {
      shapes: [[4, 5]],
      call: (x) => [tf.slice(x, [1, 2], [2, 3]), tf.slice(x, [1, 0], [-1, 5]), tf.slice(x, 2)],
    },
    { shapes: [[6]], call: (x) => [tf.slice(x, 2, 3), tf.slice(x, [0], [6])] },
    { shapes: [[1, 4]], call: (x) => tf.slice(tf.tile(x, [3, 1]), [1, 1], [2, 2]) },
  ],
  Softplus: [...unary(tf.softplus), { shapes: [[20]], range: [-90, 90], call: tf.softplus }],
  SplitV: [
    { shapes: [[3, 4]], call: (x) => tf.split(x, 2, -1) },
    { shapes: [[5, 2]], call: (x) => tf.split(x, [1, 3, 1], 0) },
  ],
  Sqrt: unary(tf.sqrt, POSITIVE),
  Square: unary(tf.square),
  SquaredDifference: binary(tf.squaredDifference),
  Step: [...unary((x) => tf.step(x)), ...unary((x) => tf.step(x, 0.3))],
  Sub: binary(tf.sub),
  Sum: reduction(tf.sum),
  Tanh: unary(tf.tanh),
  TensorScatterUpdate: [
    {
      shapes: [
        [4, 3],
        [2, 3],
      ],
      call: (x, updates) =>
        tf.tensorScatterUpdate(
          present(x) as tf.Tensor2D,
          tf.tensor2d([3, 1], [2, 1], 'int32'),
          present(updates),
        ),
    },
  ],
  Tile: [
    { shapes: [[2, 3]], call: (x) => [tf.tile(x, [2, 1]), tf.tile(x, [1, 3]), tf.tile(x, [1, 1])] },
    { shapes: [[1, 3]], call: (x) => tf.tile(x, [4, 1]) },
  ],
  Transpose: [
    { shapes: [[2, 3]], call: (x) => tf.transpose(x) },
    { shapes: [[2, 3, 4]], call: (x) => [tf.transpose(x, [2, 0, 1]), tf.transpose(x, [0, 2, 1])] },
    { shapes: [[1, 3]], call: (x) => tf.transpose(tf.tile(x, [2, 1])) },
  ],
  ZerosLike: [{ shapes: [[2, 3]], call: (x) => [tf.zerosLike(x), tf.add(x, tf.zerosLike(x))] }],
};

let runtimes: { readonly compiled: Runtime; readonly eager: Runtime };

beforeAll(async () => {
  runtimes = {
    compiled: createOnnxRuntime({ device: 'cpu', threads: 1 }),
    eager: await createEagerRuntime(),
  };
});
afterAll(() => runtimes.compiled.dispose());

function present(tensor: tf.Tensor | undefined): tf.Tensor {
  if (!tensor) throw new RangeError('an input is missing');
  return tensor;
}

function functionOf({ call, shapes }: Case): TensorFunction {
  return (inputs) => {
    const made = call(...shapes.map((_, i) => tensor(inputs, `in${i}`)));
    return Object.fromEntries([made].flat().map((output, i) => [`out${i}`, output]));
  };
}

function inputsOf({ shapes, range = [-2, 2] }: Case): FloatArrays {
  const entries = shapes.map((shape, i) => {
    return [`in${i}`, { shape, data: uniforms(17 + i, countElements(shape), ...range) }] as const;
  });
  return Object.fromEntries(entries);
}

async function run(runtime: Runtime, fn: TensorFunction, inputs: FloatArrays): Promise<FloatArrays> {
  const specs = Object.entries(inputs).map(([name, { shape }]) => {
    return [name, { shape, dtype: 'float32' as const }] as const;
  });
  const compiled = await runtime.compile(fn, Object.fromEntries(specs));
  const results = await compiled.run(inputs);
  await compiled.dispose();
  return results;
}

/** What the function really asks of TensorFlow.js. */
async function kernelsOf(fn: TensorFunction, inputs: FloatArrays): Promise<string[]> {
  const { kernelNames } = await tf.profile(() => {
    fn(tensorsOf(inputs));
  });
  return kernelNames;
}

describe.each(KERNEL_NAMES)('%s', (kernel) => {
  const cases = (CASES as Partial<typeof CASES>)[kernel] ?? [];

  it('computes compiled what it computes called', async () => {
    expect(cases.length).toBeGreaterThan(0);
    for (const given of cases) {
      const [fn, inputs] = [functionOf(given), inputsOf(given)];
      const compiled = await run(runtimes.compiled, fn, inputs);
      const eager = await run(runtimes.eager, fn, inputs);
      expect(await kernelsOf(fn, inputs)).toContain(kernel);
      expect(Object.keys(compiled)).toEqual(Object.keys(eager));
      for (const [name, { shape, data }] of Object.entries(eager)) {
        const found = array(compiled, name);
        expect(found.data).toBeInstanceOf(Float32Array);
        expect(Array.from(found.shape)).toEqual(shape);
        expect(relativeDifference(found.data, data), String(given.call)).toBeLessThan(1e-5);
      }
    }
  });
});

describe('the compiled runtime', () => {
  it('names a kernel that it does not support', async () => {
    const inputs = { x: { shape: [3], data: Float32Array.of(1, 2, 3) } };
    const refused = run(runtimes.compiled, ({ x }) => ({ y: tf.cumsum(present(x)) }), inputs);
    await expect(refused).rejects.toThrow(RuntimeError);
    await expect(refused).rejects.toThrow(/does not support .* kernel Cumsum/);
  });

  it('refuses to gather along an axis counted from the end, which native eager kernels cannot do', async () => {
    const inputs = { x: { shape: [2, 3], data: new Float32Array(6) } };
    const refused = run(runtimes.compiled, ({ x }) => ({ y: tf.gather(present(x), [0, 2], -1) }), inputs);
    await expect(refused).rejects.toThrow('GatherV2 needs an axis from the start; found -1');
  });

  it('refuses products of other ranks by their ranks', async () => {
    const inputs = { x: { shape: [2, 2, 2], data: new Float32Array(8) } };
    const refused = run(runtimes.compiled, ({ x }) => ({ y: tf.matMul(present(x), present(x)) }), inputs);
    await expect(refused).rejects.toThrow('BatchMatMul of ranks 3 and 3; allowed: 2 and 2');
  });
});
