import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createTfjsRuntime } from '../../../../src/model/runtime/tfjs/tfjs-runtime.ts';
import { createEagerRuntime, importNative } from '../../../support/eager-runtime.ts';
import { runtimeContract } from '../runtime-contract.ts';

/** Only `npm run check:tfjs-node` runs this file: the package is no dependency. */
describe('the eager runtime on @tensorflow/tfjs-node', () => {
  runtimeContract(createEagerRuntime);

  it('computes in the native library', async () => {
    const runtime = await createEagerRuntime();
    expect(runtime.name).toBe('tfjs/cpu');
    expect(tf.getBackend()).toBe('tensorflow');
    await runtime.dispose();
  });

  it('is not taken for a GPU', async () => {
    const refused = createTfjsRuntime({
      device: 'cuda',
      importPackage: () => importNative('@tensorflow/tfjs-node'),
    });
    await expect(refused).rejects.toThrow('found no GPU that it can use');
  });
});
