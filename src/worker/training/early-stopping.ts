import type { TrainingSpec } from '../../model/specification.ts';

type EarlyStopping = NonNullable<TrainingSpec['early_stopping']>;

/** Whether the validation bound has not risen by the minimum gain in the last `patience` epochs. */
export function stopsEarly(
  bounds: readonly (number | null)[],
  { patience_epochs: patience, minimum_gain: gain }: EarlyStopping,
): boolean {
  let [best, since] = [-Infinity, 0];
  for (const bound of bounds) {
    const better = bound !== null && bound > best + (best === -Infinity ? 0 : gain);
    since = better ? 0 : since + 1;
    if (better) best = bound;
  }
  return since >= patience;
}
