import * as tf from '@tensorflow/tfjs';
import { RuntimeError, type ArraySpecs, type Tensors } from '../runtime.ts';
import { GraphBuilder, findSplat, type IrType, type Node } from './ir.ts';
import { applyKernel, toIrType, KERNEL_NAMES } from './kernels.ts';

/** The results of a traced function by name: float32 graph nodes of full shape that depend only on Input nodes. */
export interface Trace {
  readonly graph: GraphBuilder;
  readonly outputs: Readonly<Record<string, Node>>;
}

const BACKEND = 'aevb-trace';
const DTYPE_OF: Readonly<Record<IrType, tf.DataType>> = {
  float32: 'float32',
  int32: 'int32',
  int64: 'int32',
  bool: 'bool',
  uint8: 'int32',
};

/** A TensorFlow.js backend whose tensors are graph nodes. Its kernels record operations instead of computing. */
class TracingBackend extends tf.KernelBackend {
  graph = new GraphBuilder();
  nodes = new WeakMap<object, Node>();

  requireNode(tensor: tf.TensorInfo): Node {
    const node = this.nodes.get(tensor.dataId);
    if (!node) throw new RuntimeError('the traced function uses a tensor from outside; pass it as an input');
    // A reshaped tensor may share its data with the original.
    return this.graph.reshape(node, tensor.shape);
  }

  createTensorInfo(node: Node): tf.TensorInfo {
    const dataId = {};
    this.nodes.set(dataId, node);
    return { dataId, shape: [...node.shape], dtype: DTYPE_OF[node.dtype] };
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.nodes.set(dataId, this.#constant(values, shape, dtype));
    return dataId;
  }

  move(dataId: object, values: tf.BackendValues, shape: number[], dtype: tf.DataType): void {
    this.nodes.set(dataId, this.#constant(values, shape, dtype));
  }

  override readSync(dataId: object): tf.BackendValues {
    const node = this.nodes.get(dataId);
    const splat = node && findSplat(node);
    if (splat === undefined)
      throw new RuntimeError('a traced function must not read the values of its tensors');
    return Float32Array.of(splat);
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(): boolean {
    return true;
  }
  override numDataIds(): number {
    return 0;
  }
  override refCount(): number {
    return 1;
  }
  override incRef(): void {
    // Nodes live as long as the graph.
  }
  decRef(): void {
    // See incRef.
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override timerAvailable(): boolean {
    return false;
  }
  override dispose(): void {
    this.nodes = new WeakMap();
  }

  #constant(values: tf.BackendValues, shape: number[], dtype: tf.DataType): Node {
    return this.graph.constant(Array.from(values as Float32Array, Number), shape, toIrType(dtype));
  }
}

let backend: TracingBackend | undefined;

function createTracingBackend(): TracingBackend {
  if (backend) return backend;
  const made = new TracingBackend();
  tf.registerBackend(BACKEND, () => made);
  for (const kernelName of KERNEL_NAMES) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, attrs }) => {
        const nodes = new Map(
          Object.entries(inputs).map(([name, info]) => [name, made.requireNode(info as tf.TensorInfo)]),
        );
        const result = applyKernel(kernelName, {
          graph: made.graph,
          inputs: [...nodes.values()],
          input: (name) => requireInput(nodes.get(name), kernelName, name),
          attribute: <T>(name: string) => (attrs as Record<string, unknown> | undefined)?.[name] as T,
        });
        return Array.isArray(result)
          ? result.map((node) => made.createTensorInfo(node))
          : made.createTensorInfo(result);
      },
    });
  }
  backend = made;
  return made;
}

function requireInput(node: Node | undefined, kernel: string, name: string): Node {
  if (!node) throw new RuntimeError(`kernel ${kernel} has no input ${name}`);
  return node;
}

/**
 * Records the operations of `fn`. Inputs reach it as float32 tensors; uint8 inputs are cast.
 * Errors: RuntimeError if a kernel is not supported or if `fn` reads tensor values.
 */
export function trace<Result>(
  inputs: ArraySpecs,
  fn: (tensors: Tensors) => Result,
  tensorsOf: (result: Result) => Tensors,
): Trace {
  const tracing = createTracingBackend();
  const previous = tf.getBackend();
  tracing.graph = new GraphBuilder();
  const { graph } = tracing;
  void tf.setBackend(BACKEND);
  try {
    return tf.tidy(() => {
      const placeholders = Object.entries(inputs).map(([name, spec]) => {
        const node = graph.cast(graph.input(name, spec.shape, spec.dtype), 'float32');
        return [name, tf.engine().makeTensorFromTensorInfo(tracing.createTensorInfo(node))] as const;
      });
      const results = tensorsOf(fn(Object.fromEntries(placeholders)));
      const outputs = Object.entries(results).map(
        ([name, tensor]) =>
          [name, graph.materialize(graph.cast(tracing.requireNode(tensor), 'float32'))] as const,
      );
      // tidy looks for tensors in its result; nodes are not tensors.
      return { graph, outputs: Object.fromEntries(outputs) } as unknown as tf.TensorContainer;
    }) as unknown as Trace;
  } catch (error) {
    throw explain(error);
  } finally {
    if (previous) void tf.setBackend(previous);
  }
}

function explain(error: unknown): unknown {
  const missing = error instanceof Error && /Kernel '(\w+)' not registered/.exec(error.message);
  if (!missing) return error;
  return new RuntimeError(
    `the compiled runtime does not support the TensorFlow.js kernel ${missing[1] ?? '?'}`,
    {
      cause: error,
    },
  );
}
