import type { Tensor } from '@tensorflow/tfjs';
import type { Tensors } from '../runtime/runtime.ts';

/** A pure update rule, applied to every parameter alike. */
export interface UpdateRule {
  /** State kept for each parameter, with the value it starts from. */
  readonly slots: Readonly<Record<string, number>>;
  /** Numbers that change with the update (0, 1, ...), made outside the graph. */
  scalars(update: number): Readonly<Record<string, number>>;
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

export interface OptimizerContext {
  /** The learning rate's factor at an update; absent: always 1. */
  readonly factor?: (update: number) => number;
  /** The gradient itself is needed, to limit its norm: it must not come scaled. */
  readonly exactGradients?: boolean;
}
