import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Of tests that call TensorFlow.js directly; see takeFirstTensorQuietly for everything else.
    onConsoleLog: (text) => !text.includes('Hi, looks like you are running TensorFlow.js'),
    // Otherwise ONNX Runtime leaves a log file in the temporary folder for each process that loads it.
    env: { ORT_DISABLE_TELEMETRY: '1' },
  },
});
