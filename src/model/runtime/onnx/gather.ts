import { RuntimeError } from '../runtime.ts';
import { findSplat, type Node } from './ir.ts';
import type { KernelCall } from './kernel-call.ts';

/** Picks positions along one axis, which is not counted from the end: tfjs-node's kernel cannot do that. */
export function gather({ graph, input, attribute }: KernelCall): Node {
  const [x, indices] = [graph.materialize(input('x')), input('indices')];
  const axis = attribute<number>('axis');
  if (axis < 0) throw new RuntimeError(`GatherV2 needs an axis from the start; found ${axis}`);
  const [extent] = indices.shape;
  if (indices.shape.length !== 1 || extent === undefined || attribute<number | undefined>('batchDims')) {
    throw new RuntimeError('GatherV2 needs a list of positions that is the same for the whole batch');
  }
  const shape = x.shape.map((full, i) => (i === axis ? extent : full));
  if (indices.op !== 'Constant') return graph.node('Gather', [x, indices], shape, x.dtype, { axis });
  const splat = findSplat(indices);
  const positions = splat === undefined ? indices.values : new Array<number>(extent).fill(splat);
  return graph.node('Gather', [x, graph.integers([positions ?? []].flat())], shape, x.dtype, { axis });
}

/** Overwrites rows of x at the given positions [rows, 1]. */
export function overwriteRows({ graph, input }: KernelCall): Node {
  const [x, indices, updates] = [
    graph.materialize(input('tensor')),
    input('indices'),
    graph.materialize(input('updates')),
  ];
  if (indices.shape[1] !== 1)
    throw new RuntimeError('TensorScatterUpdate needs positions along the first axis');
  return graph.node('ScatterND', [x, graph.cast(indices, 'int64'), updates], x.shape, x.dtype);
}
