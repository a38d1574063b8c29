import { existsSync } from 'node:fs';
import { createOnnxRuntime, type OnnxDevice } from './onnx/onnx-runtime.ts';
import { RuntimeError, type Runtime } from './runtime.ts';
import type { TfjsDevice } from './tfjs/tfjs-package.ts';
import { createTfjsRuntime } from './tfjs/tfjs-runtime.ts';
import * as tf from '@tensorflow/tfjs';

export interface RuntimeChoice {
  readonly runtime: 'auto' | 'onnx' | 'tfjs';
  readonly device: 'auto' | 'cpu' | 'webgpu' | 'cuda';
  readonly threads: number;
}

type Explain = (message: string) => void;
/** The devices of the eager runtime that each choice tries, in order. TensorFlow.js has no WebGPU outside of browsers. */
const EAGER_DEVICES: Record<RuntimeChoice['device'], readonly TfjsDevice[]> = {
  auto: ['cuda', 'cpu', 'js'],
  cpu: ['cpu', 'js'],
  cuda: ['cuda'],
  webgpu: [],
};

interface Candidate {
  readonly name: string;
  /** Why this candidate is not tried; null if it is. */
  readonly absent: string | null;
  readonly create: () => Promise<Runtime>;
}

/**
 * Creates the requested runtime. `auto` tries the fastest first and takes the first that works. `explain` receives the
 * choice and why others were rejected. Errors: RuntimeError with all reasons if none works, or with the devices that the
 * runtime has if it lacks the requested one.
 */
export async function selectRuntime(choice: RuntimeChoice, explain: Explain): Promise<Runtime> {
  const reasons: string[] = [];
  for (const candidate of listCandidates(choice)) {
    try {
      if (candidate.absent !== null) throw new RuntimeError(candidate.absent);
      const runtime = await candidate.create();
      await probe(runtime);
      explain(`runtime ${runtime.name}${reasons.length > 0 ? ` (${reasons.join('; ')})` : ''}`);
      return runtime;
    } catch (error) {
      reasons.push(`not ${candidate.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new RuntimeError(`no runtime works here: ${reasons.join('; ')}`);
}

function listCandidates({ runtime, device, threads }: RuntimeChoice): Candidate[] {
  const eagerDevices = EAGER_DEVICES[device];
  if (runtime === 'tfjs' && eagerDevices.length === 0) {
    const allowed = Object.entries(EAGER_DEVICES).filter(([, tried]) => tried.length > 0);
    const names = allowed.map(([name]) => name).join(', ');
    throw new RuntimeError(`the runtime tfjs has no device ${device}; allowed: ${names}`);
  }
  const auto = device === 'auto';
  const onnx = (name: OnnxDevice): Candidate => ({
    name: `onnx/${name}`,
    absent: auto ? explainMissingHardware(name) : null,
    create: async () => createOnnxRuntime({ device: name, threads }),
  });
  const eager = (name: TfjsDevice): Candidate => ({
    name: `tfjs/${name}`,
    absent: auto && name === 'cuda' ? explainMissingHardware(name) : null,
    create: () => createTfjsRuntime({ device: name }),
  });
  const all: Record<'onnx' | 'tfjs', Candidate[]> = {
    onnx: auto ? [onnx('cuda'), onnx('webgpu'), onnx('cpu')] : [onnx(device)],
    tfjs: eagerDevices.map(eager),
  };
  return runtime === 'auto' ? [...all.onnx, ...(auto ? [] : all.tfjs)] : all[runtime];
}

/** Avoids starting a GPU provider, which prints warnings, if the system has no such device. */
function explainMissingHardware(device: OnnxDevice): string | null {
  if (device === 'cpu' || process.platform !== 'linux') return null;
  const nodes =
    device === 'cuda' ? ['/dev/nvidiactl', '/dev/dxg'] : ['/dev/nvidiactl', '/dev/dri', '/dev/dxg'];
  return nodes.some((node) => existsSync(node)) ? null : `no GPU (${nodes.join(', ')})`;
}

/** Checks one matrix product, because a runtime that starts may still compute wrong results. */
async function probe(runtime: Runtime): Promise<void> {
  const spec = { shape: [2, 2], dtype: 'float32' as const };
  const fn = await runtime.compile(({ a, b }) => ({ c: tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D) }), {
    a: spec,
    b: spec,
  });
  const a = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
  const { c } = await fn.run({ a, b: a });
  await fn.dispose();
  if (String(c?.data) !== '7,10,15,22') throw new RuntimeError(`a matrix product gave ${String(c?.data)}`);
}
