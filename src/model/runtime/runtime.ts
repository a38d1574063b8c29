import type { Tensor } from '@tensorflow/tfjs';

/**
 * Where the mathematics runs. A runtime takes pure functions over TensorFlow.js tensors and either compiles them
 * (onnx) or calls them (tfjs). Like jit and scan elsewhere: no hidden state, every random number is an input.
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

/** A function of tensors alone: same inputs, same outputs; any TensorFlow.js operation the compiled runtime knows. */
export type TensorFunction = (inputs: Tensors) => Tensors;

export interface CompiledFunction {
  run(inputs: Arrays): Promise<FloatArrays>;
  dispose(): Promise<void>;
}

/** One step of a scan: the next state, and outputs that are made on observed steps only (from the old state). */
export type ScanStep = (
  state: Tensors,
  slice: Tensors,
) => { readonly state: Tensors; readonly observe: () => Tensors };

export interface ScanDefinition {
  readonly state: ArraySpecs;
  /** What each step gets anew: specs of one step; `run` takes arrays with a leading axis of steps. */
  readonly slices: ArraySpecs;
  readonly step: ScanStep;
}

/** State on the device between runs. Handed over to the next run; read it only through {@link CompiledScan.read}. */
export interface ScanState {
  readonly opaque: unknown;
}

export interface ScanResult {
  readonly state: ScanState;
  /** Leading axis: steps. Zero for steps that were not observed. */
  readonly outputs: FloatArrays;
}

export interface CompiledScan {
  start(state: FloatArrays): Promise<ScanState>;
  /** Runs as many steps as `observe` is long. `state` must not be used again. */
  run(state: ScanState, slices: Arrays, observe: readonly boolean[]): Promise<ScanResult>;
  read(state: ScanState): Promise<FloatArrays>;
  dispose(): Promise<void>;
}

export interface Runtime {
  /** e.g. "onnx/cpu". */
  readonly name: string;
  compile(fn: TensorFunction, inputs: ArraySpecs): Promise<CompiledFunction>;
  compileScan(definition: ScanDefinition): Promise<CompiledScan>;
  dispose(): Promise<void>;
}

/** A runtime cannot do what was asked: the kernel or device is named in the message. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** Errors: RuntimeError naming the array where an input is missing, unknown, or of another shape or type than its spec. */
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
    if (type !== spec.dtype || String(array.shape) !== String(shape) || array.data.length !== sizeOf(shape)) {
      const found = `${type} [${array.shape.join(', ')}] with ${array.data.length} elements`;
      throw new RuntimeError(`array ${name} is ${found}; expected ${spec.dtype} [${shape.join(', ')}]`);
    }
  }
}
