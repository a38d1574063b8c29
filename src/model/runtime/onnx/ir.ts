import { countElements } from '../runtime.ts';

/**
 * The graph between tracing and emission. Each node has one output. The builder numbers values: the same operation on
 * the same inputs gives the same node. It folds constants immediately.
 */
export type IrType = 'float32' | 'int32' | 'int64' | 'bool' | 'uint8';
export type Attributes = Readonly<Record<string, number | readonly number[]>>;

export interface Node {
  readonly id: number;
  /** ONNX operator; Input and Constant have no inputs. */
  readonly op: string;
  readonly inputs: readonly Node[];
  readonly attributes: Attributes;
  readonly shape: readonly number[];
  readonly dtype: IrType;
  /** Input: its name. */
  readonly name?: string;
  /** Constant: its values, or a single value if all are equal (emitted as a scalar). */
  readonly values?: readonly number[] | number;
}

type UnaryFold = (x: number) => number;
type BinaryFold = (a: number, b: number) => number;

const UNARY_FOLDS: Readonly<Record<string, UnaryFold>> = {
  Neg: (x) => -x,
  Exp: Math.exp,
  Log: Math.log,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  Tanh: Math.tanh,
  Abs: Math.abs,
};

const BINARY_FOLDS: Readonly<Record<string, BinaryFold>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
};

export const COMPARISONS: ReadonlySet<string> = new Set([
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'Equal',
]);

/** Constants with one value and more elements than this are expanded when the graph runs. */
const MOST_VALUES = 4096;

/** The constant's value if all its elements are equal; otherwise undefined. */
export function findSplat(node: Node): number | undefined {
  return typeof node.values === 'number' ? node.values : undefined;
}

export function hasSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}

/** NumPy broadcasting. Errors: RangeError with both shapes. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new RangeError(`shapes [${a.join(', ')}] and [${b.join(', ')}] do not broadcast`);
    }
    return left === 1 ? right : left;
  });
}

export class GraphBuilder {
  readonly #nodes = new Map<string, Node>();
  #next = 0;

  input(name: string, shape: readonly number[], dtype: IrType): Node {
    return this.#intern({ op: 'Input', inputs: [], attributes: {}, shape, dtype, name });
  }

  constant(values: readonly number[] | number, shape: readonly number[], dtype: IrType): Node {
    const rounded = dtype === 'float32' ? mapValues(values, Math.fround) : values;
    return this.#intern({
      op: 'Constant',
      inputs: [],
      attributes: {},
      shape,
      dtype,
      values: collapse(rounded),
    });
  }

  /** A list of integers for an operator (axes, shapes), never collapsed to a scalar. */
  integers(values: readonly number[]): Node {
    return this.#intern({
      op: 'Constant',
      inputs: [],
      attributes: {},
      shape: [values.length],
      dtype: 'int64',
      values,
    });
  }

  node(
    op: string,
    inputs: readonly Node[],
    shape: readonly number[],
    dtype: IrType,
    attributes: Attributes = {},
  ): Node {
    return this.#intern({ op, inputs, attributes, shape, dtype });
  }

  unary(op: string, x: Node, attributes: Attributes = {}): Node {
    const splat = findSplat(x);
    const fold = UNARY_FOLDS[op];
    if (splat !== undefined && fold) return this.constant(fold(splat), x.shape, x.dtype);
    if (splat !== undefined && x.shape.length > 0)
      return this.expand(this.unary(op, this.constant(splat, [], x.dtype), attributes), x.shape);
    if (x.op === 'Expand') return this.expand(this.unary(op, skipExpand(x), attributes), x.shape);
    if (op === 'Neg') return this.binary('Mul', x, this.constant(-1, [], x.dtype));
    return this.node(op, [x], x.shape, x.dtype, attributes);
  }

  binary(op: string, a: Node, b: Node): Node {
    const shape = broadcastShapes(a.shape, b.shape);
    const folded = this.#fold(op, a, b, shape) ?? this.#simplify(op, a, b, shape);
    if (folded) return folded;
    // Compute before expanding, because the operators that follow broadcast.
    const [left, right] = [skipExpand(a), skipExpand(b)];
    const dtype = COMPARISONS.has(op) ? 'bool' : a.dtype;
    const emitted = broadcastShapes(inferEmittedShape(left), inferEmittedShape(right));
    const node = this.node(op, [left, right], emitted, dtype);
    return hasSameShape(emitted, shape) ? node : this.expand(node, shape);
  }

  /** Expands to the full shape, for operators that do not broadcast. */
  materialize(x: Node): Node {
    if (hasSameShape(inferEmittedShape(x), x.shape)) return x;
    const splat = findSplat(x);
    if (splat !== undefined && countElements(x.shape) <= MOST_VALUES) {
      const values = new Array<number>(countElements(x.shape)).fill(splat);
      return this.#intern({
        op: 'Constant',
        inputs: [],
        attributes: {},
        shape: x.shape,
        dtype: x.dtype,
        values,
      });
    }
    return this.node('Expand', [x, this.integers(x.shape)], x.shape, x.dtype);
  }

  expand(x: Node, shape: readonly number[]): Node {
    if (hasSameShape(x.shape, shape)) return x;
    const splat = findSplat(x);
    if (splat !== undefined) return this.constant(splat, shape, x.dtype);
    if (countElements(x.shape) === countElements(shape)) return this.reshape(x, shape);
    return this.node('Expand', [x, this.integers(shape)], shape, x.dtype);
  }

  reshape(x: Node, shape: readonly number[]): Node {
    if (hasSameShape(x.shape, shape)) return x;
    const splat = findSplat(x);
    if (splat !== undefined) return this.constant(splat, shape, x.dtype);
    const [scaled, factor] = x.inputs;
    const value = factor && findSplat(factor);
    if (x.op === 'Mul' && scaled && value !== undefined && hasSameShape(scaled.shape, x.shape))
      return this.binary('Mul', this.reshape(scaled, shape), this.constant(value, [], x.dtype));
    const bare = skipExpand(x);
    if (bare !== x && countElements(bare.shape) === 1) return this.expand(this.reshape(bare, []), shape);
    const [source] = x.op === 'Reshape' ? x.inputs : [x];
    const from = source ?? x;
    return hasSameShape(from.shape, shape)
      ? from
      : this.node('Reshape', [from, this.integers(shape)], shape, x.dtype);
  }

  cast(x: Node, dtype: IrType): Node {
    if (x.dtype === dtype) return x;
    const splat = findSplat(x);
    if (splat !== undefined) return this.constant(splat, x.shape, dtype);
    return this.node('Cast', [x], x.shape, dtype, { to: ONNX_TYPES[dtype] });
  }

  #fold(op: string, a: Node, b: Node, shape: readonly number[]): Node | undefined {
    const [left, right, fold] = [findSplat(a), findSplat(b), BINARY_FOLDS[op]];
    if (left === undefined || right === undefined || !fold) return undefined;
    return this.constant(fold(left, right), shape, a.dtype);
  }

  #simplify(op: string, a: Node, b: Node, shape: readonly number[]): Node | undefined {
    const [left, right] = [findSplat(a), findSplat(b)];
    if (op === 'Mul' && measureWeight(a) < measureWeight(b)) return this.binary('Mul', b, a);
    if (op === 'Add' && left !== undefined) return this.binary('Add', b, a);
    if ((op === 'Mul' || op === 'Div') && right === 1) return this.expand(a, shape);
    if (op === 'Mul' && right === 0) return this.constant(0, shape, a.dtype);
    if ((op === 'Add' || op === 'Sub') && right === 0) return this.expand(a, shape);
    if (op === 'Mul' && right !== undefined) return this.#mergeFactors(a, right, shape);
    if (op === 'Add' || op === 'Sub') return this.#shareFactor(op, a, b, shape);
    return undefined;
  }

  /** (x * c) * d = x * (c d). */
  #mergeFactors(a: Node, factor: number, shape: readonly number[]): Node | undefined {
    const [x, c] = a.inputs;
    if (a.op !== 'Mul' || !x || !c) return undefined;
    const inner = findSplat(c);
    if (inner === undefined) return undefined;
    return this.expand(this.binary('Mul', x, this.constant(inner * factor, [], a.dtype)), shape);
  }

  /** a c + b c = (a + b) c for a scalar c: saves a pass, and a constant c can merge into a product or a sum. */
  #shareFactor(op: string, a: Node, b: Node, shape: readonly number[]): Node | undefined {
    const [[x, c], [y, d]] = [a.inputs, b.inputs];
    if (a.op !== 'Mul' || b.op !== 'Mul' || !x || !y || !c || !d) return undefined;
    if (c !== d) return this.#shareConstant(op, { x, c }, { x: y, c: d }, shape);
    if (countElements(inferEmittedShape(c)) !== 1) return undefined;
    return this.expand(this.binary('Mul', this.binary(op, x, y), c), shape);
  }

  /** a c + b d = (a + b (d / c)) c for constants c and d. */
  #shareConstant(
    op: string,
    a: { x: Node; c: Node },
    b: { x: Node; c: Node },
    shape: readonly number[],
  ): Node | undefined {
    const [c, d] = [findSplat(a.c), findSplat(b.c)];
    if (c === undefined || d === undefined || c === 0 || !hasSameShape(a.x.shape, b.x.shape))
      return undefined;
    const ratio = Math.fround(d / c);
    const sum =
      ratio === -1
        ? this.binary(op === 'Add' ? 'Sub' : 'Add', a.x, b.x)
        : this.binary(op, a.x, this.binary('Mul', b.x, this.constant(ratio, [], b.x.dtype)));
    return this.expand(this.binary('Mul', sum, this.constant(c, [], a.c.dtype)), shape);
  }

  #intern(description: Omit<Node, 'id'>): Node {
    const key = JSON.stringify([
      description.op,
      description.inputs.map((input) => input.id),
      description.attributes,
      description.shape,
      description.dtype,
      description.name,
      typeof description.values === 'number' ? String(description.values) : description.values,
    ]);
    const known = this.#nodes.get(key);
    if (known) return known;
    const node: Node = { id: this.#next++, ...description };
    this.#nodes.set(key, node);
    return node;
  }
}

/** The shape of a node in the emitted graph, where constants with one value are scalars. */
export function inferEmittedShape(node: Node): readonly number[] {
  return findSplat(node) === undefined ? node.shape : [];
}

/** Orders factors: the larger first, scalars and constants last. */
function measureWeight(node: Node): number {
  return findSplat(node) === undefined ? countElements(skipExpand(node).shape) : 0;
}

/** The input of an Expand, or the node itself. */
function skipExpand(node: Node): Node {
  return node.op === 'Expand' ? (node.inputs[0] ?? node) : node;
}

/** TensorProto.DataType. */
export const ONNX_TYPES: Readonly<Record<IrType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
};

function mapValues(values: readonly number[] | number, f: UnaryFold): readonly number[] | number {
  return typeof values === 'number' ? f(values) : values.map(f);
}

function collapse(values: readonly number[] | number): readonly number[] | number {
  if (typeof values === 'number') return values;
  const [first] = values;
  return first !== undefined && values.every((value) => Object.is(value, first)) ? first : values;
}
