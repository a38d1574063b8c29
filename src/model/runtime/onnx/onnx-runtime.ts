import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { addPrefix, mapNamed, selectNamed, stripPrefix } from '../../named-arrays.ts';
import {
  checkArrays,
  RuntimeError,
  countElements,
  type Arrays,
  type ArraySpecs,
  type CompiledFunction,
  type CompiledScan,
  type FloatArrays,
  type NdArray,
  type Runtime,
  type ScanDefinition,
  type ScanResult,
  type ScanState,
  type TensorFunction,
} from '../runtime.ts';
import { emitFunction, emitScan, NAMES, sliceRows } from './emit.ts';
import { fuse, sumRowsAlike } from './fuse.ts';
import type { Node } from './ir.ts';
import { encodeModel, type GraphProto } from './proto.ts';
import { chooseThreads } from './threads.ts';
import { trace } from './trace.ts';

export const ONNX_DEVICES = ['cpu', 'webgpu', 'cuda'] as const;
export type OnnxDevice = (typeof ONNX_DEVICES)[number];

export interface OnnxOptions {
  readonly device: OnnxDevice;
  /** Most threads for matrix products and elementwise operations on cpu; small graphs get fewer (threads.ts). */
  readonly threads: number;
}

type Feeds = Record<string, OrtTensor>;

/** Traces functions to ONNX and runs them with ONNX Runtime. Calls block the thread, so run it in its own process. */
export function createOnnxRuntime(options: OnnxOptions): Runtime {
  const open = new Set<InferenceSession>();

  async function load(graph: GraphProto, outputs: Readonly<Record<string, Node>>): Promise<InferenceSession> {
    const threads = chooseThreads(outputs, options.threads);
    const session = await createSession(encodeModel(graph), { ...options, threads });
    open.add(session);
    return session;
  }
  async function close(session: InferenceSession): Promise<void> {
    if (open.delete(session)) await session.release();
  }

  return {
    name: `onnx/${options.device}`,
    async compile(fn, inputs, constants = {}) {
      const outputs = traceFunction(fn, { ...inputs, ...specsOf(constants) });
      const session = await load(emitFunction(inputs, outputs, constants), outputs);
      return wrapFunction(session, inputs, outputs, () => close(session));
    },
    async compileScan(definition) {
      const traced = traceScan(definition);
      const session = await load(emitScan({ ...definition, ...traced }), {
        ...traced.next,
        ...traced.outputs,
      });
      return wrapScan(session, definition, traced.outputs, () => close(session));
    },
    async dispose() {
      await Promise.all([...open].map(close));
    },
  };
}

async function createSession(model: Uint8Array, { device, threads }: OnnxOptions): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, {
      executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      // The optimizer's moments of mostly black pixels decay into denormals, on which processors are many times slower.
      extra: { session: { set_denormal_as_zero: '1' } },
    });
  } catch (error) {
    throw new RuntimeError(`onnx on ${device}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function traceFunction(fn: TensorFunction, inputs: ArraySpecs): Record<string, Node> {
  const traced = trace(inputs, fn, (outputs) => outputs);
  return fuse(traced.graph, traced.outputs, [sumRowsAlike]);
}

function traceScan(definition: ScanDefinition): {
  next: Record<string, Node>;
  outputs: Record<string, Node>;
} {
  const { state, slices, step } = definition;
  const { graph, outputs } = trace(
    { ...state, ...slices },
    (tensors) => step(selectNamed(tensors, Object.keys(state)), selectNamed(tensors, Object.keys(slices))),
    (result) => ({ ...addPrefix(result.state, 'state:'), ...addPrefix(result.observe(), 'output:') }),
  );
  const fused = fuse(graph, outputs);
  return { next: stripPrefix(fused, 'state:'), outputs: stripPrefix(fused, 'output:') };
}

function wrapFunction(
  session: InferenceSession,
  inputs: ArraySpecs,
  outputs: Readonly<Record<string, Node>>,
  dispose: () => Promise<void>,
): CompiledFunction {
  return {
    async run(arrays) {
      checkArrays(inputs, arrays);
      const used = new Set(session.inputNames);
      const feeds = Object.entries(arrays).filter(([name]) => used.has(name));
      const results = await session.run(
        Object.fromEntries(feeds.map(([name, array]) => [name, toOrt(array)])),
      );
      return readOutputs(results, Object.keys(outputs), NAMES.output);
    },
    dispose,
  };
}

function wrapScan(
  session: InferenceSession,
  { state: stateSpecs, slices: sliceSpecs }: ScanDefinition,
  outputs: Readonly<Record<string, Node>>,
  dispose: () => Promise<void>,
): CompiledScan {
  const names = Object.keys(stateSpecs);
  return {
    async start(state) {
      checkArrays(stateSpecs, state);
      return { opaque: toFeeds(state) };
    },
    async run(state, slices, observe): Promise<ScanResult> {
      checkArrays(sliceSpecs, slices, [observe.length]);
      const results = await session.run({
        ...(state.opaque as Feeds),
        ...Object.fromEntries(Object.entries(slices).map(([name, array]) => [sliceRows(name), toOrt(array)])),
        [NAMES.steps]: new OrtTensor('int64', BigInt64Array.of(BigInt(observe.length)), []),
        [NAMES.observe]: new OrtTensor('bool', Uint8Array.from(observe, Number), [observe.length]),
      });
      const next = names.map((name) => [name, requireOutput(results[NAMES.next(name)], name)] as const);
      return {
        state: { opaque: Object.fromEntries(next) },
        outputs: await readOutputs(results, Object.keys(outputs), NAMES.output),
      };
    },
    async read(state: ScanState) {
      return readOutputs(state.opaque as Feeds, names, (name) => name);
    },
    dispose,
  };
}

const specsOf = (arrays: FloatArrays): ArraySpecs =>
  mapNamed(arrays, ({ shape }) => ({ shape, dtype: 'float32' }));

function toFeeds(arrays: Arrays): Feeds {
  return mapNamed(arrays, toOrt);
}

function toOrt(array: NdArray): OrtTensor {
  return array.data instanceof Float32Array
    ? new OrtTensor('float32', array.data, array.shape)
    : new OrtTensor('uint8', array.data, array.shape);
}

async function readOutputs(
  results: Readonly<Record<string, OrtTensor>>,
  names: readonly string[],
  rename: (name: string) => string,
): Promise<FloatArrays> {
  const read = names.map(async (name) => {
    const tensor = requireOutput(results[rename(name)], name);
    const data = (await tensor.getData()) as Float32Array;
    if (data.length !== countElements(tensor.dims))
      throw new RuntimeError(`result ${name} has ${data.length} elements`);
    return [name, { shape: tensor.dims, data }] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

function requireOutput(tensor: OrtTensor | undefined, name: string): OrtTensor {
  if (!tensor) throw new RuntimeError(`ONNX Runtime returned no ${name}`);
  return tensor;
}
