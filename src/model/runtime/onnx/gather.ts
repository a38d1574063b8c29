import { util } from '@tensorflow/tfjs';
import { RuntimeError } from '../runtime.ts';
import { splatOf, type Node } from './ir.ts';
import type { KernelCall } from './kernels.ts';

/** Picks positions along one axis: they are constants of the graph. */
export function gather({ graph, input, attribute }: KernelCall): Node {
  const [x, indices] = [graph.dense(input('x')), input('indices')];
  const axis = util.parseAxisParam(attribute<number>('axis'), x.shape as number[])[0] ?? 0;
  const [extent] = indices.shape;
  if (indices.op !== 'Constant' || extent === undefined || attribute<number | undefined>('batchDims')) {
    throw new RuntimeError('GatherV2 takes a constant list of positions, the same for the whole batch');
  }
  const splat = splatOf(indices);
  const positions = splat === undefined ? indices.values : new Array<number>(extent).fill(splat);
  const shape = x.shape.map((full, i) => (i === axis ? extent : full));
  return graph.node('Gather', [x, graph.integers([positions ?? []].flat())], shape, x.dtype, { axis });
}
