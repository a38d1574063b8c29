import type { FloatArrays } from '../runtime/runtime.ts';
import { sizeOf } from '../runtime/runtime.ts';
import { fillNormal, streamKey } from '../random/streams.ts';
import type { TrainingSpec } from '../specification.ts';
import type { Shapes } from './mlp.ts';

const PAPER_STANDARD_DEVIATION = 0.01;

/** Initial parameters: weights normal (see TrainingSpec.initializer), everything else zero. One stream a parameter. */
export function initialize(
  shapes: Shapes,
  seed: number,
  initializer: TrainingSpec['initializer'],
): FloatArrays {
  const entries = Object.entries(shapes).map(([name, shape], index) => {
    const data = new Float32Array(sizeOf(shape));
    if (name.endsWith('.weight')) {
      const deviation = initializer === 'paper' ? PAPER_STANDARD_DEVIATION : 1 / Math.sqrt(shape[0] ?? 1);
      fillNormal(streamKey(seed, 'initialization', index), data);
      for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) * deviation;
    }
    return [name, { shape, data }] as const;
  });
  return Object.fromEntries(entries);
}
