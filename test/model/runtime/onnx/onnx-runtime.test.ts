import { describe } from 'vitest';
import { createOnnxRuntime } from '../../../../src/model/runtime/onnx/onnx-runtime.ts';
import { runtimeContract } from '../runtime-contract.ts';

describe('the compiled runtime on the processor', () => {
  runtimeContract(async () => createOnnxRuntime({ device: 'cpu', threads: 1 }));
});
