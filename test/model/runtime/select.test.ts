import { describe, expect, it } from 'vitest';
import { selectRuntime } from '../../../src/model/runtime/select.ts';

const explain = () => undefined;

describe('the choice of a runtime', () => {
  it('falls back to JavaScript kernels, and logs why the native ones do not work', async () => {
    const log: string[] = [];
    const runtime = await selectRuntime({ runtime: 'tfjs', device: 'cpu', threads: 1 }, (line) => {
      log.push(line);
    });
    await runtime.dispose();
    // The package is optional, so a developer may have it.
    expect(log).toEqual([
      expect.stringMatching(
        /^runtime tfjs\/(cpu|js \(not tfjs\/cpu: .*install --save-prod @tensorflow\/tfjs-node,.*)$/,
      ),
    ]);
  });

  it('says which devices the eager runtime has when it is asked for another', async () => {
    await expect(selectRuntime({ runtime: 'tfjs', device: 'webgpu', threads: 1 }, explain)).rejects.toThrow(
      'the runtime tfjs has no device webgpu; allowed: auto, cpu, cuda',
    );
  });
});
