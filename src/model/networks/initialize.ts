import type { FloatArrays } from '../runtime/runtime.ts';
import { countElements } from '../runtime/runtime.ts';
import { fillNormal, deriveKey } from '../random/streams.ts';
import type { Shapes, TrainingSpec } from '../specification.ts';

const PAPER_STANDARD_DEVIATION = 0.01;

/** Initial parameters: weights normal (see TrainingSpec.initializer), all others zero. One random stream per parameter. */
export function initialize(
  shapes: Shapes,
  seed: number,
  initializer: TrainingSpec['initializer'],
): FloatArrays {
  const entries = Object.entries(shapes).map(([name, shape], index) => {
    const data = new Float32Array(countElements(shape));
    if (name.endsWith('.weight')) {
      const deviation =
        initializer === 'paper' ? PAPER_STANDARD_DEVIATION : 1 / Math.sqrt(countInputs(shape));
      fillNormal(deriveKey(seed, 'initialization', index), data);
      for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) * deviation;
    }
    return [name, { shape, data }] as const;
  });
  return Object.fromEntries(entries);
}

/** All axes of a weight but the last, which are its outputs. */
const countInputs = (shape: readonly number[]): number => countElements(shape.slice(0, -1));
