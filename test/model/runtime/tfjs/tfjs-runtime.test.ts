import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, vi } from 'vitest';
import { createTfjsRuntime } from '../../../../src/model/runtime/tfjs/tfjs-runtime.ts';
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
