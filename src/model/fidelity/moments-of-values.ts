/** Mean and standard deviation of values with their standard errors; NaN where there are too few values. */
export interface MomentsWithErrors {
  readonly mean: number;
  readonly meanError: number;
  readonly deviation: number;
  readonly deviationError: number;
}

/** The error of the deviation follows from the fourth moment, so that it holds for heavy tails too. */
export function computeMoments(values: readonly number[]): MomentsWithErrors {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const sumOf = (power: number): number => values.reduce((sum, value) => sum + (value - mean) ** power, 0);
  const variance = sumOf(2) / (count - 1);
  const deviation = Math.sqrt(variance);
  const fourth = sumOf(4) / count;
  const varianceError = Math.sqrt(Math.max(0, fourth - variance ** 2) / count);
  return {
    mean,
    meanError: deviation / Math.sqrt(count),
    deviation,
    deviationError: deviation > 0 ? varianceError / (2 * deviation) : 0,
  };
}
