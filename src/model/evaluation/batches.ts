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

/**
 * Rows run in batches of these sizes, so that a few graphs serve any number of rows. Multiples of what ONNX Runtime computes at
 * once: a row has the same results, bit for bit, in whatever batch it is.
 */
const BATCH_SIZES = [4, 16, 64, 512] as const;
/** Constants are copied into every graph: larger parameters are inputs. */
const MOST_CONSTANTS = 2 ** 24;

interface Watch {
  readonly constants?: ReadonlySet<Float32Array>;
  readonly compiled?: Map<string, Promise<CompiledFunction>>;
  readonly before?: () => void;
}

/**
 * Functions of (parameters, rows) -> rows, compiled once for each name and batch size. Parameters that never change can be
 * constants of the compiled functions, which makes small batches about twice as fast.
 */
export class BatchedFunctions {
  readonly #runtime: Runtime;
  /** Recognized by identity. */
  readonly #constants: ReadonlySet<Float32Array>;
  readonly #compiled: Map<string, Promise<CompiledFunction>>;
  readonly #before: () => void;

  constructor(
    runtime: Runtime,
    { constants = new Set(), compiled = new Map(), before = () => undefined }: Watch = {},
  ) {
    this.#runtime = runtime;
    this.#constants = constants;
    this.#compiled = compiled;
    this.#before = before;
  }

  /** Functions of these parameters alone. */
  static of(runtime: Runtime, parameters: FloatArrays): BatchedFunctions {
    const arrays = Object.values(parameters).map(({ data }) => data);
    const size = arrays.reduce((sum, { length }) => sum + length, 0);
    return new BatchedFunctions(runtime, { constants: new Set(size <= MOST_CONSTANTS ? arrays : []) });
  }

  /** The same compiled functions, which call `before` before each batch. If it throws, the run ends. */
  withCheck(before: () => void): BatchedFunctions {
    return new BatchedFunctions(this.#runtime, {
      before,
      constants: this.#constants,
      compiled: this.#compiled,
    });
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
    const [constants, inputs] = partition(parameters, ({ data }) => this.#constants.has(data));
    for (const { start, used, size } of cutBatches(count)) {
      this.#before();
      const batch = mapNamed(rows, (array) => readWindow(array, start, used, size));
      const given = { ...inputs, ...batch };
      const compiled = await this.#compile(`${name}/${size}`, fn, given, constants);
      const results = await compiled.run(given);
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

  #compile(
    key: string,
    fn: TensorFunction,
    arrays: FloatArrays,
    constants: FloatArrays,
  ): Promise<CompiledFunction> {
    const known = this.#compiled.get(key);
    if (known) return known;
    const specs: ArraySpecs = mapNamed(arrays, ({ shape }) => ({ shape, dtype: 'float32' }));
    const made = this.#runtime.compile(fn, specs, constants);
    this.#compiled.set(key, made);
    // What failed may work the next time.
    made.catch(() => this.#compiled.delete(key));
    return made;
  }
}

function partition(
  arrays: FloatArrays,
  isFirst: (array: FloatArray) => boolean,
): [first: FloatArrays, second: FloatArrays] {
  const entries = Object.entries(arrays);
  const choose = (wanted: boolean) =>
    Object.fromEntries(entries.filter(([, array]) => isFirst(array) === wanted));
  return [choose(true), choose(false)];
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
    const size = BATCH_SIZES.findLast((candidate) => candidate <= 2 * left) ?? BATCH_SIZES[0];
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
