import * as tf from '@tensorflow/tfjs';
import type { Runtime } from '../runtime.ts';
import { createEagerFunction, type Eagerly } from './eager-function.ts';
import { createEagerScan } from './eager-scan.ts';
import { loadBackend, type ImportPackage, type TfjsDevice } from './tfjs-package.ts';

export interface TfjsOptions {
  readonly device: TfjsDevice;
  /** Imports the package of a device. Default: an installed one. */
  readonly importPackage?: ImportPackage;
}

/**
 * Calls functions directly, kernel by kernel. Errors: RuntimeError that says what is missing if the package of a device,
 * its native library or a GPU is.
 */
export async function createTfjsRuntime(options: TfjsOptions): Promise<Runtime> {
  const { device, importPackage = (name: string) => import(name) } = options;
  const backend = await loadBackend(device, importPackage);
  const eagerly: Eagerly = (call) => {
    if (tf.getBackend() !== backend) void tf.setBackend(backend);
    return call();
  };
  /** What has tensors in the backend. */
  const open = new Set<() => Promise<void>>();
  const track = <Thing extends { dispose(): Promise<void> }>(thing: Thing): Thing => {
    const dispose = async () => {
      open.delete(dispose);
      await thing.dispose();
    };
    open.add(dispose);
    return { ...thing, dispose };
  };
  return {
    name: `tfjs/${device}`,
    compile: async (fn, inputs, constants = {}) =>
      track(createEagerFunction({ fn, inputs, constants }, eagerly)),
    compileScan: async (definition) => track(createEagerScan(definition, eagerly)),
    async dispose() {
      await Promise.all([...open].map((dispose) => dispose()));
    },
  };
}
