import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Runtime } from '../../src/model/runtime/runtime.ts';
import { createTfjsRuntime } from '../../src/model/runtime/tfjs/tfjs-runtime.ts';

/** The folder whose node_modules has @tensorflow/tfjs-node with its native library; `npm run check:tfjs-node` sets it. */
const { TFJS_NODE_FOLDER: folder } = process.env;

/** The eager runtime on JavaScript kernels, or on native ones in `npm run check:tfjs-node`. */
export function createEagerRuntime(): Promise<Runtime> {
  return folder === undefined
    ? createTfjsRuntime({ device: 'js' })
    : createTfjsRuntime({ device: 'cpu', importPackage: importNative });
}

export async function importNative(name: string): Promise<unknown> {
  return createRequire(join(folder ?? '', 'package.json'))(name);
}
