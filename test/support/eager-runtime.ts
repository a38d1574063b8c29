import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Runtime } from '../../src/model/runtime/runtime.ts';
import { createTfjsRuntime } from '../../src/model/runtime/tfjs/tfjs-runtime.ts';

/** The folder whose node_modules has a built @tensorflow/tfjs-node; `npm run check:tfjs-node` sets it. */
const { TFJS_NODE_FOLDER: folder } = process.env;

/** Eager, on JavaScript kernels; on native ones where the check above asks for them. */
export function createEagerRuntime(): Promise<Runtime> {
  return folder === undefined
    ? createTfjsRuntime({ device: 'js' })
    : createTfjsRuntime({ device: 'cpu', importPackage: importFrom(folder) });
}

export function importFrom(folder: string): (name: string) => Promise<unknown> {
  const require = createRequire(join(folder, 'package.json'));
  return async (name) => require(name) as unknown;
}
