import * as tf from '@tensorflow/tfjs';
import { RuntimeError } from '../runtime.ts';

/** The package that each device needs. Null: TensorFlow.js's own JavaScript kernels. */
const PACKAGES = { js: null, cpu: '@tensorflow/tfjs-node', cuda: '@tensorflow/tfjs-node-gpu' } as const;
export type TfjsDevice = keyof typeof PACKAGES;

const BACKENDS: { [Device in TfjsDevice]: string } = { js: 'cpu', cpu: 'tensorflow', cuda: 'tensorflow' };

export type ImportPackage = (name: string) => Promise<unknown>;

/**
 * Imports the package of a device, if it needs one, and makes its backend the current one; returns the backend's name.
 * The native library reads its settings from the environment when it is imported (`createChildEnvironment`). Errors:
 * RuntimeError that says what to install if the package or its native library is missing, or that there is no GPU.
 */
export async function loadBackend(device: TfjsDevice, importPackage: ImportPackage): Promise<string> {
  const [name, backend] = [PACKAGES[device], BACKENDS[device]];
  if (name !== null) await importNative(device, name, importPackage);
  await tf.setBackend(backend);
  if (device === 'cuda') requireGpu();
  // For its first tensor the JavaScript backend prints a banner that recommends another package. Here the user chose
  // this backend, or the log says why the other does not work.
  if (device === 'js')
    await callQuietly(async () => {
      tf.scalar(0).dispose();
    });
  return backend;
}

async function importNative(device: TfjsDevice, name: string, importPackage: ImportPackage): Promise<void> {
  try {
    await restoreUtilFunctions();
    // TensorFlow.js warns that the package replaces what was registered before, which is its purpose.
    await callQuietly(() => importPackage(name));
  } catch (error) {
    const detail = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new RuntimeError(
      `tfjs on ${device} needs the package ${name} with its native library (npm install --save-prod ${name}, install scripts allowed): ${detail}`,
      { cause: error },
    );
  }
}

/** Without a usable GPU the package computes on cpu, and only a warning in TensorFlow's log says so. */
function requireGpu(): void {
  const { isUsingGpuDevice } = tf.backend() as { readonly isUsingGpuDevice?: boolean };
  if (isUsingGpuDevice !== true)
    throw new RuntimeError(
      `${PACKAGES.cuda} found no GPU that it can use (it needs CUDA 11 and cuDNN 8); with TF_CPP_MIN_LOG_LEVEL=0 in the environment, TensorFlow's log says why`,
    );
}

/** PROD silences TensorFlow.js while it is set (IS_TEST would also count tensors after every kernel). */
async function callQuietly(call: () => Promise<unknown>): Promise<void> {
  const before = tf.env().getBool('PROD');
  tf.env().set('PROD', true);
  try {
    await call();
  } finally {
    tf.env().set('PROD', before);
  }
}

/** tfjs-node calls two functions that Node 23 removed from util. */
async function restoreUtilFunctions(): Promise<void> {
  const { default: util } = (await import('node:util')) as unknown as { default: Record<string, unknown> };
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}
