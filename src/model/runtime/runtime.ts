import type { Tensor } from '@tensorflow/tfjs';

/**
 * A runtime runs pure functions over TensorFlow.js tensors: it compiles them (onnx) or calls them directly (tfjs).
 * As with jit and scan in JAX, there is no hidden state, and every random number is an input.
 */

/** uint8 arrays reach the function as float32 tensors with the same numbers. */
export type ArrayType = 'float32' | 'uint8';

export interface ArraySpec {
  readonly shape: readonly number[];
  readonly dtype: ArrayType;
}
export type ArraySpecs = Readonly<Record<string, ArraySpec>>;

/** A dense row-major array in main memory. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint8Array;
}
export type Arrays = Readonly<Record<string, NdArray>>;

/** A result: always float32. */
export interface FloatArray extends NdArray {
  readonly data: Float32Array;
}
export type FloatArrays = Readonly<Record<string, FloatArray>>;

export type Tensors = Readonly<Record<string, Tensor>>;

/** A pure function of tensors. It may use any TensorFlow.js operation that the compiled runtime supports. */
export type TensorFunction = (inputs: Tensors) => Tensors;

export interface CompiledFunction {
  run(inputs: Arrays): Promise<FloatArrays>;
  dispose(): Promise<void>;
}

/** One step of a scan: returns the next state, and outputs computed from the old state on observed steps only. */
export type ScanStep = (
  state: Tensors,
  slice: Tensors,
) => { readonly state: Tensors; readonly observe: () => Tensors };

export interface ScanDefinition {
  readonly state: ArraySpecs;
  /** Inputs that differ at each step, as specs of one step. The arrays given to `run` have a leading axis of steps. */
  readonly slices: ArraySpecs;
  readonly step: ScanStep;
}

/** State that stays on the device between runs. Pass it to the next run; read it with {@link CompiledScan.read}. */
export interface ScanState {
  readonly opaque: unknown;
}

export interface ScanResult {
  readonly state: ScanState;
  /** The leading axis is steps. Steps that were not observed are zero. */
  readonly outputs: FloatArrays;
}

export interface CompiledScan {
  start(state: FloatArrays): Promise<ScanState>;
  /** Runs `observe.length` steps. Do not use `state` again afterwards. */
  run(state: ScanState, slices: Arrays, observe: readonly boolean[]): Promise<ScanResult>;
  read(state: ScanState): Promise<FloatArrays>;
  dispose(): Promise<void>;
}

export interface Runtime {
  /** e.g. "onnx/cpu". */
  readonly name: string;
  /** `constants` reach the function beside its inputs. They stay in the runtime, which can prepare them once. */
  compile(fn: TensorFunction, inputs: ArraySpecs, constants?: FloatArrays): Promise<CompiledFunction>;
  compileScan(definition: ScanDefinition): Promise<CompiledScan>;
  dispose(): Promise<void>;
}

/** A runtime does not support a kernel, device or input. The message names it. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
}

export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** Errors: RuntimeError if an array is missing or unknown, or if its shape or type differs from its spec. */
export function checkArrays(specs: ArraySpecs, arrays: Arrays, leading: readonly number[] = []): void {
  for (const name of Object.keys(arrays)) {
    if (!(name in specs))
      throw new RuntimeError(`unknown array ${name}; allowed: ${Object.keys(specs).join(', ')}`);
  }
  for (const [name, spec] of Object.entries(specs)) {
    const array = arrays[name];
    if (array === undefined) throw new RuntimeError(`array ${name} is missing`);
    const shape = [...leading, ...spec.shape];
    const type = array.data instanceof Float32Array ? 'float32' : 'uint8';
    if (
      type !== spec.dtype ||
      String(array.shape) !== String(shape) ||
      array.data.length !== countElements(shape)
    ) {
      const found = `${type} [${array.shape.join(', ')}] with ${array.data.length} elements`;
      throw new RuntimeError(`array ${name} is ${found}; expected ${spec.dtype} [${shape.join(', ')}]`);
    }
  }
}
