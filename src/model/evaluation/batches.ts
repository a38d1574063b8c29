import { mapNamed } from '../named-arrays.ts';
import {
  countElements,
  type ArraySpecs,
  type CompiledFunction,
  type FloatArray,
  type FloatArrays,
  type Runtime,
  type TensorFunction,
} from '../runtime/runtime.ts';

/** Rows run in batches of these sizes, so that a few graphs serve any number of rows. */
const BATCH_SIZES = [1, 8, 64, 512] as const;

interface Watch {
  readonly compiled?: Map<string, Promise<CompiledFunction>>;
  readonly before?: () => void;
}

/** Functions of (parameters, rows) -> rows, compiled once for each name and batch size. */
export class BatchedFunctions {
  readonly #runtime: Runtime;
  readonly #compiled: Map<string, Promise<CompiledFunction>>;
  readonly #before: () => void;

  constructor(runtime: Runtime, { compiled = new Map(), before = () => undefined }: Watch = {}) {
    this.#runtime = runtime;
    this.#compiled = compiled;
    this.#before = before;
  }

  /** The same compiled functions, which call `before` before each batch. If it throws, the run ends. */
  withCheck(before: () => void): BatchedFunctions {
    return new BatchedFunctions(this.#runtime, { before, compiled: this.#compiled });
  }

  /**
   * Runs `fn` over the leading axis of `rows`, batch by batch, and joins the results. Use a different name for each
   * function and row shape: it is the key of the compiled function.
   */
  async run(
    name: string,
    fn: TensorFunction,
    parameters: FloatArrays,
    rows: FloatArrays,
  ): Promise<FloatArrays> {
    const count = Math.max(...Object.values(rows).map((array) => array.shape[0] ?? 0));
    const joined: Record<string, FloatArray> = {};
    for (const { start, used, size } of cutBatches(count)) {
      this.#before();
      const batch = mapNamed(rows, (array) => readWindow(array, start, used, size));
      const compiled = await this.#compile(`${name}/${size}`, fn, { ...parameters, ...batch });
      const results = await compiled.run({ ...parameters, ...batch });
      for (const [output, { shape, data }] of Object.entries(results)) {
        const row = countElements(shape.slice(1));
        joined[output] ??= createEmpty([count, ...shape.slice(1)]);
        joined[output].data.set(data.subarray(0, used * row), start * row);
      }
    }
    return joined;
  }

  async dispose(): Promise<void> {
    const compiled = await Promise.all(this.#compiled.values());
    this.#compiled.clear();
    await Promise.all(compiled.map((fn) => fn.dispose()));
  }

  #compile(key: string, fn: TensorFunction, arrays: FloatArrays): Promise<CompiledFunction> {
    const known = this.#compiled.get(key);
    if (known) return known;
    const specs: ArraySpecs = mapNamed(arrays, ({ shape }) => ({ shape, dtype: 'float32' }));
    const made = this.#runtime.compile(fn, specs);
    this.#compiled.set(key, made);
    return made;
  }
}

interface Batch {
  readonly start: number;
  /** Rows of it that are padding have numbers from `used` on. */
  readonly used: number;
  readonly size: number;
}

/** Batches of the largest size that is at least half full. */
function cutBatches(count: number): Batch[] {
  const batches: Batch[] = [];
  for (let start = 0; start < count;) {
    const left = count - start;
    const size = BATCH_SIZES.findLast((candidate) => candidate <= 2 * left) ?? 1;
    const used = Math.min(left, size);
    batches.push({ start, used, size });
    start += used;
  }
  return batches;
}

function readWindow({ shape, data }: FloatArray, start: number, used: number, size: number): FloatArray {
  const row = countElements(shape.slice(1));
  const values = data.subarray(start * row, (start + used) * row);
  if (used === size) return { shape: [size, ...shape.slice(1)], data: values };
  const padded = new Float32Array(size * row);
  padded.set(values);
  return { shape: [size, ...shape.slice(1)], data: padded };
}

export function createEmpty(shape: readonly number[]): FloatArray {
  return { shape, data: new Float32Array(countElements(shape)) };
}
