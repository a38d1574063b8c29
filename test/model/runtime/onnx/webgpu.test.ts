import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOnnxRuntime } from '../../../../src/model/runtime/onnx/onnx-runtime.ts';
import { Trainer } from '../../../../src/model/training/trainer.ts';
import { relativeDifference } from '../../../support/numbers.ts';
import { plainJavascript } from '../../../support/plain-javascript.ts';
import { flat, trainerOptions, type SmallTraining } from '../../../support/small-training.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** Where Debian's chromium package keeps SwiftShader, a Vulkan driver that needs no GPU. */
const CHROMIUM = '/usr/lib/chromium';
const DRIVER = join(CHROMIUM, 'libvk_swiftshader.so');
const missing = [DRIVER, join(CHROMIUM, 'libvulkan.so.1')].filter((path) => !existsSync(path));
/** Allowed everywhere but in CI. */
const isSkipped = missing.length > 0 && process.env['CI'] === undefined;
if (isSkipped) console.log(`Skipped: the WebGPU training needs ${missing.join(' and ')} (Debian: chromium)`);

const STEPS = 20;
const TRAINING: SmallTraining = {
  optimizer: 'adam',
  likelihood: 'gaussian unit_interval per_element',
  estimator: 'sgvb_b',
  samples_per_datapoint: 1,
};

/** The parameters that a process with SwiftShader for its only Vulkan driver arrives at. */
async function trainOnSwiftShader(): Promise<number[]> {
  const driver = join(await temporaryFolder(), 'swiftshader.json');
  const icd = { file_format_version: '1.0.0', ICD: { library_path: DRIVER, api_version: '1.0.5' } };
  await writeFile(driver, JSON.stringify(icd));
  const code = await plainJavascript(
    'test/support/small-training.ts',
    'test/support/memory-rows.ts',
    'test/support/numbers.ts',
    'test/support/specifications.ts',
    'test/support/tiny-model.ts',
    'test/support/dense-array.ts',
    'test/model/runtime/onnx/webgpu-child.ts',
  );
  onTestFinished(() => code.remove());
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [code.of('test/model/runtime/onnx/webgpu-child.ts'), JSON.stringify(TRAINING), String(STEPS)],
    { env: { ...process.env, VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: CHROMIUM } },
  );
  return JSON.parse(stdout) as number[];
}

async function trainOnProcessor(): Promise<number[]> {
  const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
  onTestFinished(() => runtime.dispose());
  const trainer = await Trainer.create(trainerOptions(runtime, TRAINING));
  await trainer.run(STEPS);
  return flat(await trainer.parameters());
}

describe.skipIf(isSkipped)('the compiled runtime on WebGPU', () => {
  it('trains as it does on the processor', { timeout: 180_000 }, async () => {
    const [onGpu, onProcessor] = await Promise.all([trainOnSwiftShader(), trainOnProcessor()]);
    expect(relativeDifference(onGpu, onProcessor)).toBeLessThan(1e-3);
    // Another processor rounds differently: the same bytes would mean that no GPU took part.
    expect(onGpu).not.toEqual(onProcessor);
  });
});
