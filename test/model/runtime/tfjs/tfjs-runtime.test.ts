import { describe } from 'vitest';
import { createTfjsRuntime } from '../../../../src/model/runtime/tfjs/tfjs-runtime.ts';
import { runtimeContract } from '../runtime-contract.ts';

describe('the eager runtime in JavaScript', () => {
  runtimeContract(() => createTfjsRuntime({ device: 'js' }));
});
