import { slice_util, util, type Tensor } from '@tensorflow/tfjs';
import { eluGrad, expm1, log1p, softplus, step } from './composed.ts';
import { gather, overwriteRows } from './gather.ts';
import { broadcastShapes, findSplat, type GraphBuilder, type IrType, type Node } from './ir.ts';
import type { KernelCall } from './kernel-call.ts';
import { RuntimeError, countElements } from '../runtime.ts';

/** What a TensorFlow.js kernel becomes in the graph. */
type Rule = (call: KernelCall) => Node | Node[];

const unary =
  (op: string): Rule =>
  ({ graph, input }) =>
    graph.unary(op, input('x'));

const binary =
  (op: string): Rule =>
  ({ graph, input }) =>
    graph.binary(op, input('a'), input('b'));

const reduce =
  (op: 'ReduceSum' | 'ReduceMax' | 'ReduceMean'): Rule =>
  ({ graph, input, attribute }) => {
    const x = input('x');
    const axes = util.parseAxisParam(attribute<number | number[]>('axis'), x.shape as number[]);
    return reduceOver(graph, op, x, axes, attribute<boolean>('keepDims'));
  };

function reduceOver(graph: GraphBuilder, op: string, x: Node, axes: number[], keepDims: boolean): Node {
  const kept = x.shape.map((axis, i) => (axes.includes(i) ? 1 : axis));
  const shape = keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i));
  const splat = findSplat(x);
  const reduced = countElements(axes.map((axis) => x.shape[axis] ?? 1));
  if (splat !== undefined)
    return graph.constant(op === 'ReduceSum' ? splat * reduced : splat, shape, x.dtype);
  if (reduced === 1) return graph.reshape(x, shape);
  // Up to opset 17, ReduceMax takes its axes as an attribute; ReduceSum takes them as an input.
  const attributes = { keepdims: keepDims ? 1 : 0 };
  return op === 'ReduceSum'
    ? graph.node(op, [graph.materialize(x), graph.integers(axes)], shape, x.dtype, attributes)
    : graph.node(op, [graph.materialize(x)], shape, x.dtype, { ...attributes, axes });
}

function matMul({ graph, input, attribute }: KernelCall): Node {
  const [a, b] = [graph.materialize(input('a')), graph.materialize(input('b'))];
  const [transA, transB] = [
    Number(attribute<boolean>('transposeA')),
    Number(attribute<boolean>('transposeB')),
  ];
  if (a.shape.length !== 2 || b.shape.length !== 2) {
    throw new RuntimeError(`BatchMatMul of ranks ${a.shape.length} and ${b.shape.length}; allowed: 2 and 2`);
  }
  const shape = [a.shape[transA] ?? 0, b.shape[1 - transB] ?? 0];
  return graph.node('Gemm', [a, b], shape, a.dtype, { transA, transB, alpha: 1, beta: 0 });
}

function slice(graph: GraphBuilder, x: Node, begin: readonly number[], size: readonly number[]): Node {
  if (size.every((extent, i) => extent === x.shape[i])) return x;
  const splat = findSplat(x);
  if (splat !== undefined) return graph.constant(splat, size, x.dtype);
  const end = begin.map((start, i) => start + (size[i] ?? 0));
  return graph.node('Slice', [x, graph.integers(begin), graph.integers(end)], size, x.dtype);
}

function split({ graph, input, attribute }: KernelCall): Node[] {
  const x = input('x');
  const axis = util.parseAxisParam(attribute<number>('axis'), x.shape as number[])[0] ?? 0;
  const asked = attribute<number | number[]>('numOrSizeSplits');
  const count = typeof asked === 'number' ? asked : 0;
  const sizes =
    typeof asked === 'number' ? new Array<number>(count).fill((x.shape[axis] ?? 0) / count) : asked;
  let start = 0;
  return sizes.map((extent) => {
    const begin = x.shape.map((_, i) => (i === axis ? start : 0));
    start += extent;
    return slice(
      graph,
      x,
      begin,
      x.shape.map((full, i) => (i === axis ? extent : full)),
    );
  });
}

function concat({ graph, inputs, attribute }: KernelCall): Node {
  const axis = util.parseAxisParam(attribute<number>('axis'), inputs[0]?.shape as number[])[0] ?? 0;
  const parts = inputs.filter((part) => countElements(part.shape) > 0).map((part) => graph.materialize(part));
  const [first] = parts;
  if (!first) throw new RuntimeError('Concat has no inputs');
  if (parts.length === 1) return first;
  const extent = parts.reduce((total, part) => total + (part.shape[axis] ?? 0), 0);
  const shape = first.shape.map((full, i) => (i === axis ? extent : full));
  return graph.node('Concat', parts, shape, first.dtype, { axis });
}

function pad({ graph, input, attribute }: KernelCall): Node {
  const x = input('x');
  const paddings = attribute<[number, number][]>('paddings');
  const shape = x.shape.map((extent, i) => extent + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0));
  const amounts = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
  const value = graph.constant(attribute<number>('constantValue'), [], x.dtype);
  return graph.node('Pad', [graph.materialize(x), graph.integers(amounts), value], shape, x.dtype);
}

function tile({ graph, input, attribute }: KernelCall): Node {
  const x = input('x');
  const repeats = attribute<number[]>('reps');
  const shape = x.shape.map((extent, i) => extent * (repeats[i] ?? 1));
  const splat = findSplat(x);
  if (splat !== undefined) return graph.constant(splat, shape, x.dtype);
  if (repeats.every((count) => count === 1)) return x;
  // To repeat axes of one element is to broadcast, and the operators that follow do that without a copy.
  if (repeats.every((count, i) => count === 1 || x.shape[i] === 1)) return graph.expand(x, shape);
  return graph.node('Tile', [x, graph.integers(repeats)], shape, x.dtype);
}

function transpose({ graph, input, attribute }: KernelCall): Node {
  const x = input('x');
  const perm = attribute<number[]>('perm');
  return graph.node(
    'Transpose',
    [graph.materialize(x)],
    perm.map((axis) => x.shape[axis] ?? 0),
    x.dtype,
    { perm },
  );
}

function fill({ graph, attribute }: KernelCall): Node {
  return graph.constant(
    attribute<number>('value'),
    attribute<number[]>('shape'),
    toIrType(attribute<string | undefined>('dtype') ?? 'float32'),
  );
}

function select({ graph, input }: KernelCall): Node {
  const [condition, t, e] = [input('condition'), input('t'), input('e')];
  const shape = broadcastShapes(broadcastShapes(condition.shape, t.shape), e.shape);
  return graph.node(
    'Where',
    [graph.materialize(condition), graph.materialize(t), graph.materialize(e)],
    shape,
    t.dtype,
  );
}

function reshape({ graph, input, attribute }: KernelCall): Node {
  const x = input('x');
  return graph.reshape(x, util.inferFromImplicitShape(attribute<number[]>('shape'), countElements(x.shape)));
}

function expandDims({ graph, input, attribute }: KernelCall): Node {
  const x = input('input');
  const dim = attribute<number>('dim');
  const shape = [...x.shape];
  shape.splice(dim < 0 ? x.shape.length + dim + 1 : dim, 0, 1);
  return graph.reshape(x, shape);
}

function slicePart({ graph, input, attribute }: KernelCall): Node {
  const x = input('x');
  const info: Pick<Tensor, 'shape' | 'rank'> = {
    shape: [...x.shape],
    rank: x.shape.length,
  };
  const tensor = info as Tensor;
  const [begin, size] = slice_util.parseSliceParams(tensor, attribute('begin'), attribute('size'));
  return slice(graph, x, begin as number[], size as number[]);
}

const likeInput =
  (value: number): Rule =>
  ({ graph, input }) =>
    graph.constant(value, input('x').shape, input('x').dtype);

/** The TensorFlow.js kernels that the compiled runtime supports. For any other kernel, the error names it. */
export const KERNELS = {
  Abs: unary('Abs'),
  Add: binary('Add'),
  AddN: ({ graph, inputs }) => inputs.reduce((sum, term) => graph.binary('Add', sum, term)),
  BatchMatMul: matMul,
  Cast: ({ graph, input, attribute }) => graph.cast(input('x'), toIrType(attribute('dtype'))),
  ClipByValue: ({ graph, input, attribute }) => {
    const x = input('x');
    const bound = (name: string) => graph.constant(attribute<number>(name), [], x.dtype);
    return graph.binary('Min', graph.binary('Max', x, bound('clipValueMin')), bound('clipValueMax'));
  },
  Concat: concat,
  Cos: unary('Cos'),
  Elu: unary('Elu'),
  EluGrad: eluGrad,
  Equal: binary('Equal'),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  ExpandDims: expandDims,
  Expm1: expm1,
  Fill: fill,
  Floor: unary('Floor'),
  GatherV2: gather,
  Greater: binary('Greater'),
  GreaterEqual: binary('GreaterOrEqual'),
  Identity: ({ input }) => input('x'),
  Less: binary('Less'),
  LessEqual: binary('LessOrEqual'),
  Log: unary('Log'),
  Log1p: log1p,
  LogicalAnd: ({ graph, input }) => {
    const [a, b] = [graph.materialize(input('a')), graph.materialize(input('b'))];
    return graph.node('And', [a, b], broadcastShapes(a.shape, b.shape), 'bool');
  },
  LogicalNot: unary('Not'),
  Max: ({ graph, input, attribute }) => {
    const x = input('x');
    const axes = util.parseAxisParam(attribute<number | number[]>('reductionIndices'), x.shape as number[]);
    return reduceOver(graph, 'ReduceMax', x, axes, attribute<boolean>('keepDims'));
  },
  Maximum: binary('Max'),
  Mean: reduce('ReduceMean'),
  Minimum: binary('Min'),
  Multiply: binary('Mul'),
  Neg: unary('Neg'),
  OnesLike: likeInput(1),
  PadV2: pad,
  Pow: binary('Pow'),
  RealDiv: binary('Div'),
  Reciprocal: unary('Reciprocal'),
  Relu: unary('Relu'),
  Reshape: reshape,
  Rsqrt: ({ graph, input }) => graph.unary('Reciprocal', graph.unary('Sqrt', input('x'))),
  Select: select,
  Sigmoid: unary('Sigmoid'),
  Sin: unary('Sin'),
  Slice: slicePart,
  Softplus: softplus,
  SplitV: split,
  Sqrt: unary('Sqrt'),
  Square: ({ graph, input }) => graph.binary('Mul', input('x'), input('x')),
  SquaredDifference: ({ graph, input }) => {
    const difference = graph.binary('Sub', input('a'), input('b'));
    return graph.binary('Mul', difference, difference);
  },
  Step: step,
  Sub: binary('Sub'),
  Sum: reduce('ReduceSum'),
  Tanh: unary('Tanh'),
  TensorScatterUpdate: overwriteRows,
  Tile: tile,
  Transpose: transpose,
  ZerosLike: likeInput(0),
} as const satisfies Readonly<Record<string, Rule>>;

export type KernelName = keyof typeof KERNELS;
export const KERNEL_NAMES = Object.keys(KERNELS) as KernelName[];

export function applyKernel(name: KernelName, call: KernelCall): Node | Node[] {
  return KERNELS[name](call);
}

/** TensorFlow.js data type -> graph data type. Errors: RuntimeError for strings and complex numbers. */
export function toIrType(dtype: string): IrType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new RuntimeError(
    `the compiled runtime does not support ${dtype} tensors; allowed: float32, int32, bool`,
  );
}
