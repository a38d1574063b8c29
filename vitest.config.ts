import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './test/support/slowest-first.ts';

/** Start the built service or command line (`npm run build` comes first). */
const END_TO_END = [
  'test/e2e/**/*.test.ts',
  'test/cli/demo.test.ts',
  'test/cli/{stopping,terminal}.test.ts',
  'test/cli/reproduce/reproduce.test.ts',
  'test/cli/try/try.test.ts',
  'test/docs/examples.test.ts',
];

/** Open ports, or start servers and other processes. */
const SERVICE = [
  'test/queue/{embedded,folder-lock,postgres,redis}.test.ts',
  'test/api/{admission,socket}.test.ts',
  'test/cli/{client,listening}.test.ts',
  'test/cli/try/try-table.test.ts',
  'test/store/ingest/thread.test.ts',
  'test/store/drivers/piece-threads.test.ts',
  'test/worker/child-process.test.ts',
  'test/model/runtime/onnx/webgpu.test.ts',
];

/**
 * Load ONNX Runtime, which flushes denormals to zero in the whole process: tests of numbers read and written elsewhere
 * must not share it.
 */
const MODEL = ['test/model/!(dataset|specification|table)/**/*.test.ts', 'test/worker/**/*.test.ts'];

/** Sweeps and Monte Carlo checks that take seconds: too long to run after each edit. */
const LONG = ['test/**/*.long.test.ts'];

/** Needs a package that is no dependency: `npm run check:tfjs-node` runs it, and sets the variable. */
const NATIVE = process.env['TFJS_NODE_FOLDER'] ? [] : ['test/model/runtime/tfjs/tfjs-node.test.ts'];

const QUEUE = 'test/support/queue-template.ts';

export default defineConfig({
  test: {
    // Most files that start processes wait for them: one worker more than cores keeps the cores busy.
    maxWorkers: Math.min(availableParallelism(), 8) + 1,
    // Transformed files, by their content, in node_modules: the second run transforms only what has changed.
    experimental: { fsModuleCache: true },
    sequence: { sequencer: SlowestFirst },
    // Of tests that call TensorFlow.js directly; see takeFirstTensorQuietly for everything else.
    onConsoleLog: (text) => !text.includes('Hi, looks like you are running TensorFlow.js'),
    projects: [
      project('e2e', { include: END_TO_END, globalSetup: QUEUE }),
      project('service', { include: SERVICE, globalSetup: QUEUE }),
      // Files share processes, so that TensorFlow.js is loaded once in each. What a file changes, it puts back.
      project('model', { include: MODEL, exclude: [...SERVICE, ...LONG, ...NATIVE], isolate: false }),
      project('long', { include: LONG, isolate: false }),
      project('unit', {
        include: ['test/**/*.test.ts'],
        exclude: [...END_TO_END, ...SERVICE, ...MODEL, ...LONG],
        isolate: false,
      }),
    ],
  },
});

interface ProjectOptions {
  readonly include: string[];
  readonly exclude?: string[];
  readonly isolate?: boolean;
  readonly globalSetup?: string;
}

function project(name: string, options: ProjectOptions) {
  return {
    test: {
      name,
      ...options,
      pool: 'forks' as const,
      // Far longer than any takes, also on a busy machine.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      // Otherwise ONNX Runtime leaves a log file in the temporary folder for each process that loads it.
      env: { ORT_DISABLE_TELEMETRY: '1' },
    },
  };
}
