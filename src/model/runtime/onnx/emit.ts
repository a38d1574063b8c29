import { inferEmittedShape, findSplat, type IrType, type Node } from './ir.ts';
import { findReachable } from './fuse.ts';
import type { GraphProto, NodeProto, TensorProto, ValueProto } from './proto.ts';
import { RuntimeError, type ArraySpecs, type FloatArrays } from '../runtime.ts';

type Outputs = Readonly<Record<string, Node>>;

/** Names of the scan's own inputs and its results. Callers' names never contain `:`. */
export const NAMES = {
  steps: 'scan:steps',
  observe: 'scan:observe',
  next: (state: string) => `next:${state}`,
  output: (name: string) => `output:${name}`,
} as const;

/** A plain function: one graph from inputs to outputs. Constants are inputs whose values are part of the graph. */
export function emitFunction(inputs: ArraySpecs, outputs: Outputs, constants: FloatArrays): GraphProto {
  const nodes = findReachable(Object.values(outputs));
  const used = nodes.flatMap(({ op, name = '' }): TensorProto[] => {
    const array = op === 'Input' ? constants[name] : undefined;
    return array ? [{ name, dtype: 'float32', shape: array.shape, values: array.data }] : [];
  });
  return {
    name: 'function',
    inputs: Object.entries(inputs).map(([name, spec]) => ({ name, ...spec })),
    nodes: emitNodes(nodes, assignNames(nodes, outputs, NAMES.output)),
    outputs: declare(outputs, NAMES.output),
    constants: [...findConstants(nodes), ...used],
  };
}

export interface ScanGraph {
  readonly state: ArraySpecs;
  readonly slices: ArraySpecs;
  readonly next: Outputs;
  readonly outputs: Outputs;
}

/**
 * An ONNX Loop that carries the state; each iteration gathers its row of every slice. Nodes that only the outputs need
 * are inside an If, so that they cost nothing on steps that are not observed.
 */
export function emitScan(given: ScanGraph): GraphProto {
  const scan = { ...given, next: orderLike(given.state, given.next) };
  const all = findReachable([...Object.values(scan.next), ...Object.values(scan.outputs)]);
  const stateNames = Object.keys(scan.state);
  const outputNames = Object.keys(scan.outputs);
  const loop: NodeProto = {
    op: 'Loop',
    inputs: [NAMES.steps, '', ...stateNames],
    outputs: [...stateNames.map(NAMES.next), ...outputNames.map(NAMES.output)],
    subgraphs: { body: emitBody(scan) },
  };
  const perStep = (spec: { shape: readonly number[] }): (number | string)[] => ['steps', ...spec.shape];
  return {
    name: 'scan',
    nodes: [loop],
    inputs: [
      { name: NAMES.steps, dtype: 'int64', shape: [] },
      { name: NAMES.observe, dtype: 'bool', shape: ['steps'] },
      ...Object.entries(scan.state).map(([name, spec]) => ({ name, ...spec })),
      ...Object.entries(scan.slices).map(([name, spec]) => ({
        name: sliceRows(name),
        ...spec,
        shape: perStep(spec),
      })),
    ],
    outputs: [
      ...declare(scan.next, NAMES.next),
      ...declare(scan.outputs, NAMES.output).map((value) => ({ ...value, shape: ['steps', ...value.shape] })),
    ],
    constants: [...findConstants(all), ...createZeros(scan.outputs)],
  };
}

/** A Loop matches its state by position. Errors: RuntimeError if the step returns no next state for a name. */
function orderLike(state: ArraySpecs, next: Outputs): Outputs {
  const entries = Object.keys(state).map((name) => {
    const node = next[name];
    if (!node) throw new RuntimeError(`the step returned no next state for ${name}`);
    return [name, node] as const;
  });
  return Object.fromEntries(entries);
}

/** The input that holds one slice's rows for all steps of a run. */
export function sliceRows(slice: string): string {
  return `rows:${slice}`;
}

function emitBody(scan: ScanGraph): GraphProto {
  const hot = new Set(findReachable(Object.values(scan.next)));
  const cold = findReachable(Object.values(scan.outputs)).filter((node) => !hot.has(node));
  const used = new Set([...hot, ...cold].filter((node) => node.op === 'Input').map((node) => node.name));
  const gathers = Object.keys(scan.slices)
    .filter((name) => used.has(name))
    .map((name): NodeProto => ({ op: 'Gather', inputs: [sliceRows(name), 'iteration'], outputs: [name] }));
  const names = assignNames([...hot], scan.next, NAMES.next);
  const observed = Object.keys(scan.outputs).length === 0 ? [] : observe(scan.outputs, cold, names);
  return {
    name: 'step',
    nodes: [...gathers, ...emitNodes([...hot], names), ...observed, keepGoing],
    inputs: [
      { name: 'iteration', dtype: 'int64', shape: [] },
      { name: 'condition', dtype: 'bool', shape: [] },
      ...Object.entries(scan.state).map(([name, spec]) => ({ name, ...spec })),
    ],
    outputs: [
      { name: 'continue', dtype: 'bool', shape: [] },
      ...declare(scan.next, NAMES.next),
      ...declare(scan.outputs, NAMES.output),
    ],
    constants: [],
  };
}

const keepGoing: NodeProto = { op: 'Identity', inputs: ['condition'], outputs: ['continue'] };

function observe(outputs: Outputs, cold: readonly Node[], outer: Names): NodeProto[] {
  const inThen = (name: string) => `then:${name}`;
  const inElse = (name: string) => `else:${name}`;
  const thenBranch: GraphProto = {
    name: 'observed',
    nodes: emitNodes(cold, assignNames(cold, outputs, inThen, outer)),
    inputs: [],
    outputs: declare(outputs, inThen),
    constants: [],
  };
  const elseBranch: GraphProto = {
    name: 'unobserved',
    nodes: Object.keys(outputs).map((name) => ({
      op: 'Identity',
      inputs: [createZero(name)],
      outputs: [inElse(name)],
    })),
    inputs: [],
    outputs: declare(outputs, inElse),
    constants: [],
  };
  return [
    { op: 'Gather', inputs: [NAMES.observe, 'iteration'], outputs: ['observed'] },
    {
      op: 'If',
      inputs: ['observed'],
      outputs: Object.keys(outputs).map(NAMES.output),
      subgraphs: { then_branch: thenBranch, else_branch: elseBranch },
    },
  ];
}

/** Names of nodes, and the copies that give a node a second public name (or an input its first). */
interface Names {
  readonly of: (node: Node) => string;
  readonly copies: readonly NodeProto[];
}

/** A node writes its result directly under its public name, because copying a state tensor costs a pass over memory. */
function assignNames(
  emitted: readonly Node[],
  outputs: Outputs,
  rename: (name: string) => string,
  outer?: Names,
): Names {
  const free = new Set(emitted.filter((node) => !isLeaf(node)));
  const own = new Map<Node, string>();
  const fallback = outer?.of ?? nameNode;
  const copies = Object.entries(outputs).flatMap(([name, node]): NodeProto[] => {
    if (free.delete(node)) {
      own.set(node, rename(name));
      return [];
    }
    return [{ op: 'Identity', inputs: [own.get(node) ?? fallback(node)], outputs: [rename(name)] }];
  });
  return { of: (node) => own.get(node) ?? fallback(node), copies };
}

function emitNodes(nodes: readonly Node[], names: Names): NodeProto[] {
  const computed = nodes
    .filter((node) => !isLeaf(node))
    .map((node) => ({
      op: node.op,
      inputs: node.inputs.map(names.of),
      outputs: [names.of(node)],
      attributes: node.attributes,
    }));
  return [...computed, ...names.copies];
}

function isLeaf(node: Node): boolean {
  return node.op === 'Input' || node.op === 'Constant';
}

function declare(outputs: Outputs, rename: (name: string) => string): ValueProto[] {
  return Object.entries(outputs).map(([name, node]) => ({
    name: rename(name),
    dtype: node.dtype,
    shape: node.shape,
  }));
}

function nameNode(node: Node): string {
  return node.op === 'Input' ? (node.name ?? '') : `n${node.id}`;
}

function createZero(output: string): string {
  return `zero:${output}`;
}

function createZeros(outputs: Outputs): TensorProto[] {
  return Object.entries(outputs).map(([name, { shape, dtype }]) => ({
    name: createZero(name),
    dtype,
    shape,
    values: new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0),
  }));
}

function findConstants(nodes: readonly Node[]): TensorProto[] {
  return nodes.filter((node) => node.op === 'Constant').map(toTensorProto);
}

function toTensorProto(node: Node): TensorProto {
  const splat = findSplat(node);
  const values = splat === undefined ? (node.values as readonly number[]) : [splat];
  const dtype: IrType = node.dtype;
  return { name: nameNode(node), dtype, shape: inferEmittedShape(node), values };
}
