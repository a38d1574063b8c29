import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RuntimeError, type ScanDefinition } from '../../../../src/model/runtime/runtime.ts';
import { createTfjsRuntime } from '../../../../src/model/runtime/tfjs/tfjs-runtime.ts';
import { tensor } from '../../../support/tiny-model.ts';
import { runtimeContract } from '../runtime-contract.ts';

describe('the eager runtime in JavaScript', () => {
  // Before any other test of this file: the banner comes once in a process.
  it('prints no banner, and leaves warnings switched on', async () => {
    const warn = vi.spyOn(console, 'warn');
    await createTfjsRuntime({ device: 'js' });
    tf.scalar(1).dispose();
    expect(warn).not.toHaveBeenCalled();
    expect(tf.env().getBool('PROD')).toBe(false);
    warn.mockRestore();
  });

  runtimeContract(() => createTfjsRuntime({ device: 'js' }));
});

/** total' = total + x, first' = second' = total: a step that returns a tensor it was given, twice. */
const HISTORY: ScanDefinition = {
  state: {
    total: { shape: [2], dtype: 'float32' },
    first: { shape: [2], dtype: 'float32' },
    second: { shape: [2], dtype: 'float32' },
  },
  slices: { x: { shape: [2], dtype: 'float32' } },
  step: (state, slice) => {
    const total = tensor(state, 'total');
    return {
      state: { total: tf.add(total, tensor(slice, 'x')), first: total, second: total },
      observe: () => ({ total }),
    };
  },
};
const ZEROS = { shape: [2], data: new Float32Array(2) };
const START = { total: ZEROS, first: ZEROS, second: ZEROS };
const SLICES = { x: { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) } };
const OBSERVE = [true, true, true];

describe('the state of an eager scan', () => {
  const open = async (definition = HISTORY) => {
    const runtime = await createTfjsRuntime({ device: 'js' });
    return { runtime, scan: await runtime.compileScan(definition) };
  };

  it('is read from the backend only when it is asked for', async () => {
    const { scan } = await open();
    const state = await scan.start(START);
    const read = vi.spyOn(tf.backend(), 'readSync');
    onTestFinished(() => {
      read.mockRestore();
    });
    const result = await scan.run(state, SLICES, [false, false, false]);
    // The shape of the output, once.
    expect(read).toHaveBeenCalledTimes(1);
    const { total, first, second } = await scan.read(result.state);
    expect([total, first, second].map((one) => Array.from(one?.data ?? []))).toEqual([
      [9, 12],
      [4, 6],
      [4, 6],
    ]);
    await scan.dispose();
  });

  it('is all that a run leaves in the backend, and goes with the scan', async () => {
    const before = tf.memory().numTensors;
    const { scan } = await open();
    let state = await scan.start(START);
    for (let chunk = 0; chunk < 3; chunk++) ({ state } = await scan.run(state, SLICES, OBSERVE));
    expect(tf.memory().numTensors - before).toBe(3);
    await scan.dispose();
    expect(tf.memory().numTensors).toBe(before);
    await expect(scan.read(state)).rejects.toThrow('its scan is disposed of');
  });

  it('goes with the runtime, as constants do', async () => {
    const before = tf.memory().numTensors;
    const { runtime, scan } = await open();
    await scan.start(START);
    await runtime.compile((given) => ({ x: tensor(given, 'x') }), {}, { x: ZEROS });
    expect(tf.memory().numTensors - before).toBe(4);
    await runtime.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is gone after a run, even one that failed', async () => {
    const before = tf.memory().numTensors;
    const { scan } = await open({
      ...HISTORY,
      step: (state) => ({ state: { total: tf.add(tensor(state, 'total'), 1) }, observe: () => ({}) }),
    });
    const state = await scan.start(START);
    await expect(scan.run(state, SLICES, OBSERVE)).rejects.toThrow('no next state for first');
    await expect(scan.run(state, SLICES, OBSERVE)).rejects.toThrow('this state was used by a run');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the eager runtime', () => {
  it('gives TensorFlow.js no arrays to search for tensors', async () => {
    const runtime = await createTfjsRuntime({ device: 'js' });
    const endScope = vi.spyOn(tf.engine(), 'endScope');
    onTestFinished(() => {
      endScope.mockRestore();
    });
    const scan = await runtime.compileScan(HISTORY);
    await scan.run(await scan.start(START), SLICES, OBSERVE);
    const fn = await runtime.compile(({ x }) => ({ x: x ?? tf.scalar(0) }), HISTORY.slices);
    await fn.run({ x: ZEROS });
    await runtime.dispose();
    expect(endScope.mock.calls.length).toBeGreaterThan(OBSERVE.length);
    const searched = endScope.mock.calls.flatMap(([result]) => listLeaves(result));
    expect(searched.filter((leaf) => ArrayBuffer.isView(leaf))).toEqual([]);
  });
});

function listLeaves(value: unknown): unknown[] {
  const isLeaf = typeof value !== 'object' || value === null || value instanceof tf.Tensor;
  return isLeaf || ArrayBuffer.isView(value) ? [value] : Object.values(value).flatMap(listLeaves);
}

describe('the package of a device', () => {
  afterEach(async () => {
    if ('tensorflow' in tf.engine().registryFactory) tf.removeBackend('tensorflow');
    await tf.setBackend('cpu');
  });
  const refusal = (device: 'cpu' | 'cuda', importPackage: (name: string) => Promise<unknown>) =>
    createTfjsRuntime({ device, importPackage }).then(
      () => 'created',
      (error: unknown) => error,
    );
  const register = (isUsingGpuDevice: boolean) => async () => {
    const backend = Object.assign(new tf.KernelBackend(), { isUsingGpuDevice, dispose: () => undefined });
    tf.registerBackend('tensorflow', () => backend);
  };

  it.each([
    ['cpu', '@tensorflow/tfjs-node'],
    ['cuda', '@tensorflow/tfjs-node-gpu'],
  ] as const)('is named, with the command that installs it, if %s lacks it', async (device, name) => {
    const asked: string[] = [];
    const error = await refusal(device, async (one) => {
      asked.push(one);
      throw new Error(
        'The Node.js native addon module (tfjs_binding.node) can not be found at path: x.\nPlease',
      );
    });
    expect(asked).toEqual([name]);
    expect(error).toBeInstanceOf(RuntimeError);
    expect(String(error)).toContain(`npm install --save-prod ${name}, install scripts allowed`);
    expect(String(error)).toMatch(/can not be found at path: x\.$/);
  });

  it('is refused on cuda if it uses no GPU', async () => {
    const error = await refusal('cuda', register(false));
    expect(error).toBeInstanceOf(RuntimeError);
    expect(String(error)).toContain('@tensorflow/tfjs-node-gpu found no GPU that it can use');
  });

  it('is taken on cuda if it uses a GPU, and on cpu in any case', async () => {
    expect(await refusal('cuda', register(true))).toBe('created');
    tf.removeBackend('tensorflow');
    expect(await refusal('cpu', register(false))).toBe('created');
  });

  it('replaces what TensorFlow.js has registered without a warning', async () => {
    const warn = vi.spyOn(console, 'warn');
    onTestFinished(() => {
      warn.mockRestore();
    });
    await refusal('cpu', async () => {
      await register(false)();
      tf.registerBackend('tensorflow', () => new tf.KernelBackend());
    });
    expect(warn).not.toHaveBeenCalled();
    expect(tf.env().getBool('PROD')).toBe(false);
  });
});
