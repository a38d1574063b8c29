import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawLineChart } from '../chart.ts';
import type { Calls } from './calls.ts';
import type { Epoch } from '../progress.ts';
import type { WrittenFile } from './report.ts';
import type { PixelRows } from './test-images.ts';

const SAMPLES = 100;

/** Draws samples from the model. */
export async function writeSamples(calls: Calls, modelId: string, output: string): Promise<WrittenFile> {
  const path = join(output, 'samples.png');
  await writeFile(path, await calls.drawSamples(modelId, SAMPLES, 1));
  return { path, what: `${SAMPLES} digits that the model generated` };
}

export async function writeReconstructions(
  calls: Calls,
  modelId: string,
  images: PixelRows,
  output: string,
): Promise<WrittenFile> {
  const path = join(output, 'reconstructions.png');
  const data = images.map((image) => [...image]);
  await writeFile(path, await calls.drawReconstructions(modelId, data));
  return { path, what: `${images.length} test images with their reconstructions below` };
}

export async function writeLearningCurve(epochs: readonly Epoch[], output: string): Promise<WrittenFile> {
  const path = join(output, 'learning-curve.svg');
  await writeFile(path, drawLearningCurve(epochs));
  return { path, what: 'train and test bound by epoch' };
}

export function drawLearningCurve(epochs: readonly Epoch[]): string {
  return drawLineChart({
    title: 'Lower bound of MNIST by epoch of training',
    xLabel: 'epoch',
    yLabel: 'lower bound (nats per image)',
    smallestXStep: 1,
    series: [
      {
        name: 'train (mean over the epoch)',
        points: epochs.map(({ epoch, train_elbo: y }) => ({ x: epoch, y })),
      },
      {
        name: 'test (after the epoch)',
        points: epochs.map(({ epoch, test_elbo: y }) => ({ x: epoch, y })),
      },
    ],
  });
}
