import * as tf from '@tensorflow/tfjs';
import { mapNamed } from '../../named-arrays.ts';
import {
  checkArrays,
  RuntimeError,
  type Arrays,
  type CompiledScan,
  type FloatArray,
  type FloatArrays,
  type ScanDefinition,
  type ScanState,
  type Tensors,
} from '../runtime.ts';
import type { Eagerly } from './eager-function.ts';
import { sliceRow, toArrays, toTensors } from './tensors.ts';

/** A scan whose state stays in the backend, as tensors, between steps and between runs. */
export function createEagerScan(definition: ScanDefinition, eagerly: Eagerly): CompiledScan {
  const held = new Set<Tensors>();

  function hold(tensors: Tensors): ScanState {
    held.add(tensors);
    return { opaque: tensors };
  }
  function find(state: ScanState): Tensors {
    const tensors = state.opaque as Tensors;
    if (!held.has(tensors))
      throw new RuntimeError('this state was used by a run, or its scan is disposed of');
    return tensors;
  }

  return {
    start: async (state) => {
      checkArrays(definition.state, state);
      return hold(eagerly(() => toTensors(state)));
    },
    run: async (state, slices, observe) => {
      checkArrays(definition.slices, slices, [observe.length]);
      const tensors = find(state);
      held.delete(tensors);
      const { next, outputs } = eagerly(() => runSteps(definition, tensors, slices, observe));
      return { state: hold(next), outputs };
    },
    read: async (state) => eagerly(() => toArrays(find(state))),
    dispose: async () => {
      for (const tensors of held) tf.dispose(tensors);
      held.clear();
    },
  };
}

/** Disposes of `start` and of every state but the last one: a step needs the memory of two. */
function runSteps(
  definition: ScanDefinition,
  start: Tensors,
  slices: Arrays,
  observe: readonly boolean[],
): { readonly next: Tensors; readonly outputs: FloatArrays } {
  const outputs: Record<string, FloatArray> = {};
  let state = start;
  observe.forEach((observed, i) => {
    // The first step gives the outputs' shapes even if no step is observed.
    const { next, seen } = runStep(definition, state, sliceRow(slices, i), observed || i === 0);
    state = next;
    for (const [name, { shape, data }] of Object.entries(seen)) {
      outputs[name] ??= {
        shape: [observe.length, ...shape],
        data: new Float32Array(observe.length * data.length),
      };
      if (observed) outputs[name].data.set(data, i * data.length);
    }
  });
  return { next: state, outputs };
}

function runStep(
  { state: specs, step }: ScanDefinition,
  state: Tensors,
  slice: Arrays,
  looks: boolean,
): { readonly next: Tensors; readonly seen: FloatArrays } {
  // Not returned from tf.tidy, which looks for tensors in every element of an array, typed arrays included.
  let seen: FloatArrays = {};
  try {
    const next = tf.tidy(() => {
      const { state: results, observe } = step(state, toTensors(slice));
      if (looks) seen = toArrays(observe());
      // Clones, which share their data, because a step may return a tensor it was given, or one tensor twice.
      return mapNamed(specs, (_, name) => tf.clone(requireTensor(results, name)));
    });
    return { next, seen };
  } finally {
    tf.dispose(state);
  }
}

function requireTensor(tensors: Tensors, name: string): tf.Tensor {
  const tensor = tensors[name];
  if (!tensor) throw new RuntimeError(`the step returned no next state for ${name}`);
  return tensor;
}
