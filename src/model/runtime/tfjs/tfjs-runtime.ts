import * as tf from '@tensorflow/tfjs';
import { mapNamed } from '../../named-arrays.ts';
import {
  checkArrays,
  RuntimeError,
  countElements,
  type Arrays,
  type ArraySpecs,
  type FloatArray,
  type FloatArrays,
  type NdArray,
  type Runtime,
  type ScanDefinition,
  type Tensors,
} from '../runtime.ts';

/** The package that each device needs. Null: TensorFlow.js's own JavaScript kernels. */
const PACKAGES = { js: null, cpu: '@tensorflow/tfjs-node', cuda: '@tensorflow/tfjs-node-gpu' } as const;
export type TfjsDevice = keyof typeof PACKAGES;

const BACKENDS: { [Device in TfjsDevice]: string } = { js: 'cpu', cpu: 'tensorflow', cuda: 'tensorflow' };

/**
 * Calls functions directly, kernel by kernel. Errors: RuntimeError that says what to install if the package of a
 * device or its native library is missing.
 */
export async function createTfjsRuntime({ device }: { readonly device: TfjsDevice }): Promise<Runtime> {
  await loadPackage(device);
  const backend = BACKENDS[device];
  await tf.setBackend(backend);
  if (device === 'js') takeFirstTensorQuietly();
  const eager = <Result>(call: () => Result) => {
    if (tf.getBackend() !== backend) void tf.setBackend(backend);
    return call();
  };
  return {
    name: `tfjs/${device}`,
    async compile(fn, inputs, constants = {}) {
      const kept = eager(() => mapNamed(toTensors(constants), (tensor) => tf.keep(tensor)));
      return {
        run: async (arrays) => eager(() => callFunction(fn, inputs, arrays, kept)),
        dispose: async () => {
          eager(() => {
            tf.dispose(kept);
          });
        },
      };
    },
    async compileScan(definition) {
      return {
        start: async (state) => {
          checkArrays(definition.state, state);
          return { opaque: state };
        },
        run: async (state, slices, observe) =>
          eager(() => runScan(definition, state.opaque as FloatArrays, slices, observe)),
        read: async (state) => state.opaque as FloatArrays,
        dispose: () => Promise.resolve(),
      };
    },
    dispose: () => Promise.resolve(),
  };
}

/**
 * For its first tensor the JavaScript backend prints a banner that recommends another package. Here the user chose this
 * backend, or the log says why the other does not work. PROD silences TensorFlow.js for that one tensor (IS_TEST would
 * also count tensors after every kernel).
 */
function takeFirstTensorQuietly(): void {
  const before = tf.env().getBool('PROD');
  tf.env().set('PROD', true);
  tf.scalar(0).dispose();
  tf.env().set('PROD', before);
}

async function loadPackage(device: TfjsDevice): Promise<void> {
  const name = PACKAGES[device];
  if (name === null) return;
  try {
    await restoreUtilFunctions();
    await import(name);
  } catch (error) {
    const detail = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new RuntimeError(
      `tfjs on ${device} needs the package ${name} with its native library (npm install ${name}, install scripts allowed): ${detail}`,
      { cause: error },
    );
  }
}

/** tfjs-node calls two functions that Node 23 removed from util. */
async function restoreUtilFunctions(): Promise<void> {
  const { default: util } = (await import('node:util')) as unknown as { default: Record<string, unknown> };
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}

function callFunction(
  fn: (inputs: Tensors) => Tensors,
  specs: ArraySpecs,
  arrays: Arrays,
  constants: Tensors,
): FloatArrays {
  checkArrays(specs, arrays);
  return tf.tidy(
    () => toArrays(fn({ ...constants, ...toTensors(arrays) })) as unknown as tf.TensorContainer,
  ) as unknown as FloatArrays;
}

function runScan(
  { state: specs, slices: sliceSpecs, step }: ScanDefinition,
  start: FloatArrays,
  slices: Arrays,
  observe: readonly boolean[],
) {
  checkArrays(sliceSpecs, slices, [observe.length]);
  const outputs: Record<string, FloatArray> = {};
  let state = start;
  observe.forEach((observed, i) => {
    const slice = mapNamed(slices, (array) => readRow(array, i));
    const results = tf.tidy(() => {
      const { state: next, observe: look } = step(toTensors(state), toTensors(slice));
      // The first step gives the outputs' shapes even if no step is observed.
      const seen = observed || i === 0 ? toArrays(look()) : {};
      return { next: toArrays(next), seen } as unknown as tf.TensorContainer;
    }) as unknown as { next: FloatArrays; seen: FloatArrays };
    state = mapNamed(specs, (_, name) => requireArray(results.next, name));
    for (const [name, { shape, data }] of Object.entries(results.seen)) {
      outputs[name] ??= {
        shape: [observe.length, ...shape],
        data: new Float32Array(observe.length * data.length),
      };
      if (observed) outputs[name].data.set(data, i * data.length);
    }
  });
  return { state: { opaque: state }, outputs };
}

function readRow({ shape, data }: NdArray, row: number): NdArray {
  const rest = shape.slice(1);
  const size = countElements(rest);
  return { shape: rest, data: data.subarray(row * size, (row + 1) * size) };
}

function toTensors(arrays: Arrays): Tensors {
  // Copy, because the JavaScript backend keeps the array it receives.
  return mapNamed(arrays, ({ shape, data }) => tf.tensor(Float32Array.from(data), [...shape], 'float32'));
}

function toArrays(tensors: Tensors): FloatArrays {
  return mapNamed(tensors, (tensor) => ({
    shape: tensor.shape,
    data: Float32Array.from(tensor.dataSync()),
  }));
}

function requireArray(arrays: FloatArrays, name: string): FloatArray {
  const array = arrays[name];
  if (!array) throw new RuntimeError(`the step returned no next state for ${name}`);
  return array;
}
