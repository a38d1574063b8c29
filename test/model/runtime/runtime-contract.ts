import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  RuntimeError,
  type CompiledFunction,
  type CompiledScan,
  type FloatArrays,
  type NdArray,
  type Runtime,
  type ScanDefinition,
} from '../../../src/model/runtime/runtime.ts';
import { at, normals } from '../../support/numbers.ts';
import { array, tensor } from '../../support/tiny-model.ts';

const [SIZE, STEPS] = [3, 40];

/** h' = tanh(h + x W) + pixel / 8, count' = count + 1; observed: the sum of h, and h times 2. */
const DEFINITION: ScanDefinition = {
  state: {
    h: { shape: [1, SIZE], dtype: 'float32' },
    weight: { shape: [SIZE, SIZE], dtype: 'float32' },
    count: { shape: [], dtype: 'float32' },
  },
  slices: {
    x: { shape: [1, SIZE], dtype: 'float32' },
    pixel: { shape: [], dtype: 'uint8' },
  },
  step: (state, slice) => {
    const h = tensor(state, 'h');
    const product = tf.matMul(tensor(slice, 'x'), tensor(state, 'weight'));
    return {
      // In another order than above: names tell what is what.
      state: {
        count: tf.add(tensor(state, 'count'), 1),
        weight: tensor(state, 'weight'),
        h: tf.add(tf.tanh(tf.add(h, product)), tf.div(tensor(slice, 'pixel'), 8)),
      },
      observe: () => ({ sum: tf.sum(h), twice: tf.mul(h, 2) }),
    };
  },
};

const START: FloatArrays = {
  h: { shape: [1, SIZE], data: normals(1, SIZE) },
  weight: { shape: [SIZE, SIZE], data: normals(2, SIZE * SIZE) },
  count: { shape: [], data: Float32Array.of(0) },
};

function slices(first: number, count: number): Record<'x' | 'pixel', NdArray> {
  const x = normals(3, STEPS * SIZE).slice(first * SIZE, (first + count) * SIZE);
  const pixel = Uint8Array.from({ length: count }, (_, i) => (first + i) % 11);
  return { x: { shape: [count, 1, SIZE], data: x }, pixel: { shape: [count], data: pixel } };
}

const observeAll = (count: number) => new Array<boolean>(count).fill(true);

/** The same recurrence, in double precision: the state before every step. */
function states(): number[][] {
  const weight = array(START, 'weight').data;
  const { x, pixel } = slices(0, STEPS);
  let h = Array.from(array(START, 'h').data);
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const before = h;
    if (step < STEPS)
      h = before.map((value, j) => {
        const product = before.reduce(
          (sum, _h, k) => sum + at(x.data, step * SIZE + k) * at(weight, k * SIZE + j),
          0,
        );
        return Math.tanh(value + product) + at(pixel.data, step) / 8;
      });
    return before;
  });
}

async function runChunks(scan: CompiledScan, chunks: readonly number[]) {
  let state = await scan.start(START);
  const sums: number[] = [];
  let first = 0;
  for (const count of chunks) {
    const result = await scan.run(state, slices(first, count), observeAll(count));
    state = result.state;
    sums.push(...array(result.outputs, 'sum').data);
    first += count;
  }
  return { state: await scan.read(state), sums };
}

/** What every runtime does alike. The test of each runtime runs it. */
export function runtimeContract(create: () => Promise<Runtime>): void {
  let opened: { runtime: Runtime; scan: CompiledScan };

  beforeAll(async () => {
    const runtime = await create();
    opened = { runtime, scan: await runtime.compileScan(DEFINITION) };
  });
  afterAll(() => opened.runtime.dispose());

  describe('a scan', () => {
    it('carries its state from step to step', async () => {
      const expected = states();
      const { state, sums } = await runChunks(opened.scan, [STEPS]);
      array(state, 'h').data.forEach((value, i) => {
        expect(value).toBeCloseTo(at(expected[STEPS] ?? [], i), 4);
      });
      sums.forEach((sum, step) => {
        expect(sum).toBeCloseTo(
          (expected[step] ?? []).reduce((a, b) => a + b, 0),
          4,
        );
      });
      expect(Array.from(array(state, 'count').data)).toEqual([STEPS]);
      expect(array(state, 'weight')).toEqual(array(START, 'weight'));
    });

    it.each([[[7, 13, 20]], [[1, 39]], [new Array<number>(STEPS).fill(1)]])(
      'gives the same bytes in chunks of %j steps',
      async (chunks) => {
        const whole = await runChunks(opened.scan, [STEPS]);
        expect(await runChunks(opened.scan, chunks)).toEqual(whole);
      },
    );

    it('looks only where it is asked to, and leaves zeros elsewhere', async () => {
      const expected = states();
      const observe = [false, true, false, false, true];
      const result = await opened.scan.run(await opened.scan.start(START), slices(0, 5), observe);
      const { sum, twice } = { sum: array(result.outputs, 'sum'), twice: array(result.outputs, 'twice') };
      expect([Array.from(sum.shape), Array.from(twice.shape)]).toEqual([[5], [5, 1, SIZE]]);
      observe.forEach((observed, step) => {
        const before = expected[step] ?? [];
        expect(at(sum.data, step)).toBeCloseTo(observed ? before.reduce((a, b) => a + b, 0) : 0, 4);
        before.forEach((value, i) => {
          expect(at(twice.data, step * SIZE + i)).toBeCloseTo(observed ? 2 * value : 0, 4);
        });
      });
    });

    it('gives zeros where nothing is observed', async () => {
      const { outputs } = await opened.scan.run(await opened.scan.start(START), slices(0, 2), [false, false]);
      expect(Array.from(array(outputs, 'sum').data)).toEqual([0, 0]);
      expect(Array.from(array(outputs, 'twice').data)).toEqual(new Array(2 * SIZE).fill(0));
    });

    it('leaves the arrays it was started from alone', async () => {
      const before = structuredClone(START);
      await runChunks(opened.scan, [3]);
      expect(START).toEqual(before);
    });

    const badStates: [string, FloatArrays, string][] = [
      ['a missing array', { h: array(START, 'h'), count: array(START, 'count') }, 'array weight is missing'],
      [
        'an unknown array',
        { ...START, extra: array(START, 'h') },
        'unknown array extra; allowed: h, weight, count',
      ],
      [
        'another shape',
        { ...START, h: { shape: [SIZE], data: new Float32Array(SIZE) } },
        'array h is float32 [3] with 3 elements; expected float32 [1, 3]',
      ],
      [
        'too few elements',
        { ...START, h: { shape: [1, SIZE], data: new Float32Array(2) } },
        'array h is float32 [1, 3] with 2 elements',
      ],
    ];
    it.each(badStates)('refuses to start with %s', async (_, state, message) => {
      const refused = opened.scan.start(state);
      await expect(refused).rejects.toThrow(RuntimeError);
      await expect(refused).rejects.toThrow(message);
    });

    const good = slices(0, 2);
    const badSlices: [string, Record<string, NdArray>, string][] = [
      ['a missing array', { x: good.x }, 'array pixel is missing'],
      ['an unknown array', { ...good, h: good.x }, 'unknown array h; allowed: x, pixel'],
      ['steps that do not match', { ...good, x: slices(0, 3).x }, 'array x is float32 [3, 1, 3]'],
      [
        'another type',
        { ...good, pixel: { shape: [2], data: new Float32Array(2) } },
        'array pixel is float32 [2] with 2 elements; expected uint8 [2]',
      ],
    ];
    it.each(badSlices)('refuses to run with %s', async (_, given, message) => {
      const refused = opened.scan.run(await opened.scan.start(START), given, [true, true]);
      await expect(refused).rejects.toThrow(RuntimeError);
      await expect(refused).rejects.toThrow(message);
    });
  });

  describe('a function', () => {
    const compile = (): Promise<CompiledFunction> =>
      opened.runtime.compile(
        (inputs) => ({ sum: tf.add(tensor(inputs, 'x'), tensor(inputs, 'pixels')), ones: tf.ones([2, 1]) }),
        {
          x: { shape: [2], dtype: 'float32' },
          pixels: { shape: [2], dtype: 'uint8' },
          unused: { shape: [1], dtype: 'float32' },
        },
      );
    const inputs = {
      x: { shape: [2], data: Float32Array.of(0.5, -1) },
      pixels: { shape: [2], data: Uint8Array.of(255, 1) },
      unused: { shape: [1], data: Float32Array.of(7) },
    };

    it('gives the same results each time it is called', async () => {
      const fn = await compile();
      const expected = {
        sum: { shape: [2], data: Float32Array.of(255.5, 0) },
        ones: { shape: [2, 1], data: Float32Array.of(1, 1) },
      };
      expect(await fn.run(inputs)).toEqual(expected);
      expect(await fn.run(inputs)).toEqual(expected);
      await fn.dispose();
    });

    it('takes constants beside its inputs', async () => {
      const fn = await opened.runtime.compile(
        (given) => ({
          y: tf.add(
            tf.matMul(tensor(given, 'x') as tf.Tensor2D, tensor(given, 'w') as tf.Tensor2D),
            tensor(given, 'b'),
          ),
        }),
        { x: { shape: [1, 2], dtype: 'float32' } },
        {
          w: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
          b: { shape: [2], data: Float32Array.of(0.5, 0.25) },
          unused: { shape: [1], data: Float32Array.of(7) },
        },
      );
      const x = { shape: [1, 2], data: Float32Array.of(1, -1) };
      const expected = { y: { shape: [1, 2], data: Float32Array.of(-1.5, -1.75) } };
      expect(await fn.run({ x })).toEqual(expected);
      expect(await fn.run({ x })).toEqual(expected);
      await expect(fn.run({ x, w: x })).rejects.toThrow('unknown array w');
      await fn.dispose();
    });

    it('names an array that does not fit', async () => {
      const fn = await compile();
      await expect(fn.run({ ...inputs, x: inputs.unused })).rejects.toThrow('array x is float32 [1]');
      await expect(fn.run({ x: inputs.x, pixels: inputs.pixels })).rejects.toThrow('array unused is missing');
      await fn.dispose();
    });
  });
}
