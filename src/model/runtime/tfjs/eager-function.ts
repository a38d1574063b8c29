import * as tf from '@tensorflow/tfjs';
import {
  checkArrays,
  type ArraySpecs,
  type CompiledFunction,
  type FloatArrays,
  type TensorFunction,
} from '../runtime.ts';
import { toArrays, toTensors } from './tensors.ts';

/** Runs the call on the runtime's backend. */
export type Eagerly = <Result>(call: () => Result) => Result;

/** A function whose constants stay in the backend, as tensors. */
export function createEagerFunction(
  definition: { readonly fn: TensorFunction; readonly inputs: ArraySpecs; readonly constants: FloatArrays },
  eagerly: Eagerly,
): CompiledFunction {
  const { fn, inputs, constants } = definition;
  const kept = eagerly(() => toTensors(constants));
  return {
    run: async (arrays) => {
      checkArrays(inputs, arrays);
      // Not returned from tf.tidy, which looks for tensors in every element of an array, typed arrays included.
      let results: FloatArrays = {};
      eagerly(() => {
        tf.tidy(() => {
          results = toArrays(fn({ ...kept, ...toTensors(arrays) }));
        });
      });
      return results;
    },
    dispose: async () => {
      tf.dispose(kept);
    },
  };
}
