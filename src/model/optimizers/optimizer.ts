import type { Tensor } from '@tensorflow/tfjs';
import type { Tensors } from '../runtime/runtime.ts';

/** A pure update rule, applied to every parameter alike. */
export interface UpdateRule {
  /** State kept for each parameter, with the value it starts from. */
  readonly slots: Readonly<Record<string, number>>;
  /** Numbers that depend on the update (0, 1, ...), computed outside the graph. */
  scalars(update: number): Readonly<Record<string, number>>;
  /** Factor of the loss before it is differentiated. Default: 1. */
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
  /** Whether the gradient must arrive unscaled, to limit its norm. */
  readonly exactGradients?: boolean;
}
