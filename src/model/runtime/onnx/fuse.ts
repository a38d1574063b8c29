import { countElements } from '../runtime.ts';
import { broadcastShapes, hasSameShape, findSplat, type GraphBuilder, type Node } from './ir.ts';

/**
 * Rewrites that save passes over memory: additions and constant factors move into the matrix product
 * Y = alpha A B + beta C, so that a bias costs nothing and W - rate * (A^T D) is one operator.
 */
type Rewrite = (graph: GraphBuilder, node: Node, fusable: (input: Node | undefined) => input is Node) => Node;

/** Rewrites the outputs and keeps only the nodes they need. Nodes are ordered by id, so inputs come first. */
export function fuse(
  graph: GraphBuilder,
  outputs: Readonly<Record<string, Node>>,
  more: readonly Rewrite[] = [],
): Record<string, Node> {
  const order = findReachable(Object.values(outputs));
  const uses = countUses(order, Object.values(outputs));
  const rewritten = new Map<Node, Node>();
  const origin = new Map<Node, Node>();
  for (const node of order) {
    const inputs = node.inputs.map((input) => rewritten.get(input) ?? input);
    const moved = inputs.every((input, i) => input === node.inputs[i])
      ? node
      : graph.node(node.op, inputs, node.shape, node.dtype, node.attributes);
    const fusable = (input: Node | undefined): input is Node =>
      input?.op === 'Gemm' && uses.get(origin.get(input) ?? input) === 1;
    const result = [...REWRITES, ...more].reduce(
      (current, rewrite) => rewrite(graph, current, fusable),
      moved,
    );
    rewritten.set(node, result);
    origin.set(result, node);
  }
  return Object.fromEntries(
    Object.entries(outputs).map(([name, node]) => [name, rewritten.get(node) ?? node]),
  );
}

/** The given nodes and all nodes that they depend on, inputs first. */
export function findReachable(roots: Iterable<Node>): Node[] {
  const seen = new Set<Node>();
  const pending = [...roots];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    pending.push(...node.inputs);
  }
  return sortByOrder([...seen]);
}

function sortByOrder(nodes: Node[]): Node[] {
  return nodes.sort((a, b) => a.id - b.id);
}

function countUses(nodes: readonly Node[], outputs: readonly Node[]): Map<Node, number> {
  const uses = new Map<Node, number>();
  const count = (node: Node) => uses.set(node, (uses.get(node) ?? 0) + 1);
  nodes.forEach((node) => {
    node.inputs.forEach(count);
  });
  outputs.forEach(count);
  return uses;
}

const scaleIntoProduct: Rewrite = (graph, node, fusable) => {
  const [product, factor] = node.inputs;
  const value = factor && findSplat(factor);
  if (node.op !== 'Mul' || value === undefined || !fusable(product)) return node;
  return fuseGemm(graph, product, product.inputs, value);
};

const addIntoProduct: Rewrite = (graph, node, fusable) => {
  if (node.op !== 'Add') return node;
  const [a, b] = node.inputs;
  const [product, addend] = fusable(a) && a.inputs.length === 2 ? [a, b] : [b, a];
  return fuseAddend(graph, node, product, addend, fusable, 1);
};

const subtractProduct: Rewrite = (graph, node, fusable) => {
  if (node.op !== 'Sub') return node;
  const [minuend, product] = node.inputs;
  return fuseAddend(graph, node, product, minuend, fusable, -1);
};

/** (c X) B = c (X B): moves a constant factor of an operand into alpha, which saves a pass over the operand. */
const pullFactor: Rewrite = (graph, node) => {
  if (node.op !== 'Gemm') return node;
  const [left, right, ...addend] = node.inputs.map((input, i) =>
    i < 2 ? splitFactor(input) : { node: input, factor: 1 },
  );
  if (!left || !right || left.factor * right.factor === 1) return node;
  const inputs = [left, right, ...addend].map((operand) => operand.node);
  const alpha = Number(node.attributes['alpha']) * left.factor * right.factor;
  return graph.node('Gemm', inputs, node.shape, node.dtype, { ...node.attributes, alpha });
};

/** sum(c X) = c sum(X). */
const sumBeforeScaling: Rewrite = (graph, node) => {
  const [x, axes] = node.inputs;
  if (node.op !== 'ReduceSum' || !x || !axes) return node;
  const { node: bare, factor } = splitFactor(x);
  if (factor === 1) return node;
  const sum = graph.node('ReduceSum', [bare, axes], node.shape, node.dtype, node.attributes);
  return graph.binary('Mul', sum, graph.constant(factor, [], node.dtype));
};

/** x = c X with a constant c, where X has the shape of x. */
function splitFactor(x: Node): { node: Node; factor: number } {
  const [bare, factor] = x.inputs;
  const value = factor && findSplat(factor);
  if (x.op !== 'Mul' || !bare || value === undefined || !hasSameShape(bare.shape, x.shape))
    return { node: x, factor: 1 };
  return { node: bare, factor: value };
}

/** Computes column sums as 1^T X: ONNX Runtime's product is several times faster than its column sums. */
const sumAsProduct: Rewrite = (graph, node) => {
  const [x, axes] = node.inputs;
  const [rows, columns, ...rest] = x?.shape ?? [];
  if (node.op !== 'ReduceSum' || !x || !rows || !columns || rest.length > 0) return node;
  if (String(axes?.values) !== '0') return node;
  const ones = graph.materialize(graph.constant(1, [1, rows], node.dtype));
  const { node: bare, factor } = splitFactor(x);
  const attributes = { transA: 0, transB: 0, alpha: factor, beta: 0 };
  return graph.reshape(graph.node('Gemm', [ones, bare], [1, columns], node.dtype, attributes), node.shape);
};

/** Numbers that ONNX Runtime adds at once: rows whose length is no multiple of it are added in an order that depends on their place. */
const LANES = 4;

/** Computes row sums as X 1, so that equal rows have the same sum, bit for bit, wherever they are. */
export const sumRowsAlike: Rewrite = (graph, node) => {
  const [x, axes] = node.inputs;
  const width = x?.shape.at(-1);
  const along = node.op === 'ReduceSum' ? axes?.values : node.attributes['axes'];
  if (!x || width === undefined || width % LANES === 0 || String(along) !== String(x.shape.length - 1))
    return node;
  if (node.op !== 'ReduceSum' && node.op !== 'ReduceMean') return node;
  const rows = countElements(x.shape) / width;
  const ones = graph.materialize(graph.constant(1, [width, 1], node.dtype));
  const alpha = node.op === 'ReduceMean' ? 1 / width : 1;
  const attributes = { transA: 0, transB: 0, alpha, beta: 0 };
  const sums = graph.node('Gemm', [graph.reshape(x, [rows, width]), ones], [rows, 1], node.dtype, attributes);
  return graph.reshape(sums, node.shape);
};

const REWRITES: readonly Rewrite[] = [
  pullFactor,
  sumAsProduct,
  sumBeforeScaling,
  scaleIntoProduct,
  addIntoProduct,
  subtractProduct,
];

function fuseAddend(
  graph: GraphBuilder,
  node: Node,
  product: Node | undefined,
  addend: Node | undefined,
  fusable: (input: Node | undefined) => input is Node,
  sign: number,
): Node {
  if (!fusable(product) || !addend || product.inputs.length !== 2 || addend.dtype !== 'float32') return node;
  if (!hasSameShape(broadcastShapes(product.shape, addend.shape), product.shape)) return node;
  const [a, b] = product.inputs;
  return a && b ? fuseGemm(graph, product, [a, b, addend], sign, 1) : node;
}

function fuseGemm(
  graph: GraphBuilder,
  product: Node,
  inputs: readonly Node[],
  factor: number,
  beta?: number,
): Node {
  const { alpha, beta: known } = product.attributes;
  return graph.node('Gemm', inputs, product.shape, product.dtype, {
    ...product.attributes,
    alpha: Number(alpha) * factor,
    beta: beta ?? Number(known) * factor,
  });
}
