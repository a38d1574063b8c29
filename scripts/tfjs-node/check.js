/**
 * `npm run check:tfjs-node -- FOLDER` runs the tests that compare the runtimes with the eager one on the native kernels of
 * @tensorflow/tfjs-node: the runtime contract, kernels, densities, short trainings. FOLDER is one whose node_modules has the
 * package with its native library; scripts/tfjs-node/build.sh makes such a folder. Without the package it runs nothing, says
 * so and exits with 0.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createChildEnvironment } from '../../dist/config.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = resolve(process.argv[2] ?? root);

if (!hasPackage()) {
  console.log(`@tensorflow/tfjs-node: skipped, ${folder} has no such package with a native library`);
} else {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const env = { ...createChildEnvironment({ threads: 1 }), TFJS_NODE_FOLDER: folder };
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...findTests()], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

/** Loads nothing: a native library that does not load is a failure, not a reason to skip. */
function hasPackage() {
  try {
    const require = createRequire(join(folder, 'package.json'));
    const path = require.resolve('@tensorflow/tfjs-node/package.json');
    const found = readdirSync(join(path, '../lib'), { recursive: true }).map(String);
    return found.some((file) => file.endsWith('tfjs_binding.node'));
  } catch {
    return false;
  }
}

/** The tests that take their eager runtime from test/support/eager-runtime.ts. */
function findTests() {
  return readdirSync(join(root, 'test'), { recursive: true })
    .map((file) => join('test', String(file)))
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => readFileSync(join(root, file), 'utf8').includes('/support/eager-runtime.ts'));
}
