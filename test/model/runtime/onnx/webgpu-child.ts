import { writeFileSync } from 'node:fs';
import { createOnnxRuntime } from '../../../../src/model/runtime/onnx/onnx-runtime.ts';
import { Trainer } from '../../../../src/model/training/trainer.ts';
import { flat, trainerOptions, type SmallTraining } from '../../../support/small-training.ts';

/** Runs in a process of its own, whose environment names the Vulkan driver: one training, its parameters to stdout. */
const [given = '', steps = '', device = ''] = process.argv.slice(2);
const runtime = createOnnxRuntime({ device: device === 'cpu' ? 'cpu' : 'webgpu', threads: 1 });
const trainer = await Trainer.create(trainerOptions(runtime, JSON.parse(given) as SmallTraining));
await trainer.run(Number(steps));
writeFileSync(1, JSON.stringify(flat(await trainer.parameters())));
await runtime.dispose();
