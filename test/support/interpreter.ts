import { findReachable } from '../../src/model/runtime/onnx/fuse.ts';
import { inferEmittedShape, type Node } from '../../src/model/runtime/onnx/ir.ts';
import { expand, type Value } from './dense-array.ts';
import { OPERATORS } from './onnx-operators.ts';

/**
 * What an ONNX runtime would compute for these nodes, in float64: an oracle for the graph, written from the operators'
 * specification. Errors: RangeError where an operator is unknown or a value has not the shape its node claims.
 */
export function interpret<Name extends string>(
  outputs: Readonly<Record<Name, Node>>,
  inputs: Readonly<Record<string, Value>>,
): Record<Name, Value> {
  const values = new Map<Node, Value>();
  const valueOf = (node: Node): Value => {
    const value = values.get(node);
    if (!value) throw new RangeError(`${node.op} is used before it is made`);
    return value;
  };
  for (const node of findReachable(Object.values(outputs))) {
    const value = evaluate(node, node.inputs.map(valueOf), inputs);
    if (String(value.shape) !== String(inferEmittedShape(node)))
      throw new RangeError(`${node.op} claims [${String(node.shape)}] and gives [${String(value.shape)}]`);
    values.set(node, value);
  }
  const entries = Object.entries<Node>(outputs).map(([name, node]) => [
    name,
    expand(valueOf(node), node.shape),
  ]);
  return Object.fromEntries(entries) as Record<Name, Value>;
}

function evaluate(node: Node, inputs: readonly Value[], named: Readonly<Record<string, Value>>): Value {
  if (node.op === 'Constant') return constant(node);
  const value = node.op === 'Input' ? named[node.name ?? ''] : OPERATORS[node.op]?.(inputs, node);
  if (!value) throw new RangeError(`the interpreter knows no ${node.op} ${node.name ?? ''}`);
  return value;
}

function constant({ values, shape }: Node): Value {
  return typeof values === 'number'
    ? { shape: [], data: Float64Array.of(values) }
    : { shape, data: Float64Array.from(values ?? []) };
}
