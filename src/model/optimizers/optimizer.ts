import type { Tensor } from '@tensorflow/tfjs';
import type { Tensors } from '../runtime/runtime.ts';

/** A pure update rule, applied to every parameter alike. */
export interface Optimizer {
  /** State kept for each parameter, with the value it starts from. */
  readonly slots: Readonly<Record<string, number>>;
  /** Numbers that change with the step (0, 1, ...), made outside the graph. */
  scalars(step: number): Readonly<Record<string, number>>;
  /** What the loss is multiplied with before it is differentiated; none: 1. */
  readonly lossScale?: number;
  /** The next parameter and slots from the gradient of the (scaled) loss. */
  update(
    parameter: Tensor,
    gradient: Tensor,
    slots: Tensors,
    scalars: Tensors,
  ): { parameter: Tensor; slots: Tensors };
}

/** A slot or scalar by name. Errors: RangeError where it is missing. */
export function named(tensors: Tensors, name: string): Tensor {
  const tensor = tensors[name];
  if (!tensor) throw new RangeError(`${name} is missing`);
  return tensor;
}
