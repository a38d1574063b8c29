import { emitScan } from '../../src/model/runtime/onnx/emit.ts';
import { fuse } from '../../src/model/runtime/onnx/fuse.ts';
import type { Node } from '../../src/model/runtime/onnx/ir.ts';
import type { GraphProto, NodeProto } from '../../src/model/runtime/onnx/proto.ts';
import { trace } from '../../src/model/runtime/onnx/trace.ts';
import type { ScanDefinition, Tensors } from '../../src/model/runtime/runtime.ts';
import { tensor } from './tiny-model.ts';

export interface TracedScan {
  /** What every step computes. */
  readonly hot: readonly NodeProto[];
  /** What observed steps compute beside it. */
  readonly observed: readonly NodeProto[];
  readonly whole: GraphProto;
  readonly next: Readonly<Record<string, Node>>;
}

/** A scan as the compiled runtime emits it. */
export function tracedScan(definition: ScanDefinition): TracedScan {
  const { state, slices, step } = definition;
  const only = (tensors: Tensors, specs: object) =>
    Object.fromEntries(Object.keys(specs).map((name) => [name, tensor(tensors, name)]));
  const { graph, outputs } = trace(
    { ...state, ...slices },
    (tensors) => step(only(tensors, state), only(tensors, slices)),
    (result) => ({ ...marked(result.state, 's:'), ...marked(result.observe(), 'o:') }),
  );
  const fused = fuse(graph, outputs);
  const scan = { state, slices, next: unmarked(fused, 's:'), outputs: unmarked(fused, 'o:') };
  const whole = emitScan(scan);
  const body = whole.nodes[0]?.subgraphs?.['body'];
  const observed = body?.nodes.find(({ op }) => op === 'If')?.subgraphs?.['then_branch'];
  return { whole, next: scan.next, hot: body?.nodes ?? [], observed: observed?.nodes ?? [] };
}

function marked(tensors: Tensors, mark: string): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [mark + name, value]));
}

function unmarked(nodes: Readonly<Record<string, Node>>, mark: string): Record<string, Node> {
  const own = Object.entries(nodes).filter(([name]) => name.startsWith(mark));
  return Object.fromEntries(own.map(([name, node]) => [name.slice(mark.length), node]));
}

/** One line an operator: `result = Op(inputs) {attributes}`. */
export function printed(nodes: readonly NodeProto[]): string[] {
  return nodes.map(({ op, inputs, outputs, attributes = {} }) => {
    const shown = Object.entries(attributes).map(([name, value]) => `${name}=${String(value)}`);
    return `${outputs.join(', ')} = ${op}(${inputs.join(', ')})${shown.length > 0 ? ` {${shown.join(' ')}}` : ''}`;
  });
}
