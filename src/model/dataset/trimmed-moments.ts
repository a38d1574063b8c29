/** Maximum number of values kept of each column, and of all columns together (16 MiB). */
const [MOST_VALUES, MOST_IN_ALL, FEWEST_VALUES] = [8192, 2 ** 22, 256];
/** Values further than this many interquartile ranges from the quartiles do not count. */
const FENCE = 10;

export interface MeanAndVariance {
  readonly mean: number;
  readonly variance: number;
}

/**
 * Mean and variance of columns, without values so far away that they would decide both: those more than 10 interquartile ranges
 * below the lower or above the upper quartile. They are the plain moments of other columns, and of at most 8,192 evenly
 * spaced values of a column of more (fewer if there are more than 512 columns).
 */
export function createTrimmedMoments(columns: number) {
  const most = Math.max(FEWEST_VALUES, Math.min(MOST_VALUES, Math.floor(MOST_IN_ALL / Math.max(1, columns))));
  const samples = Array.from({ length: columns }, () => createSample(most));
  return {
    add(column: number, value: number): void {
      if (Number.isFinite(value)) samples[column]?.add(value);
    },
    /** Of the values or, for `logs`, of their logarithms, for those above 0. */
    moments(column: number, logs = false): MeanAndVariance {
      const values = samples[column]?.values() ?? new Float32Array(0);
      const numbers = logs
        ? Float64Array.from(
            values.filter((value) => value > 0),
            Math.log,
          )
        : Float64Array.from(values);
      return summarize(trim(numbers.sort()));
    },
  };
}

/** Every value until `most` are there, then every second, every fourth, and so on. */
function createSample(most: number) {
  let kept = new Float32Array(Math.min(most, FEWEST_VALUES));
  let [count, seen, stride] = [0, 0, 1];
  const makeRoom = (): void => {
    if (kept.length < most) {
      const larger = new Float32Array(Math.min(most, 2 * kept.length));
      larger.set(kept);
      kept = larger;
      return;
    }
    count = Math.ceil(count / 2);
    for (let i = 0; i < count; i++) kept[i] = kept[2 * i] ?? NaN;
    stride *= 2;
  };
  return {
    add(value: number): void {
      if (seen++ % stride !== 0) return;
      if (count === kept.length) makeRoom();
      kept[count++] = value;
    },
    values: () => kept.subarray(0, count),
  };
}

function trim(sorted: Float64Array): Float64Array {
  const quartile = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  const [lower, upper] = [quartile(0.25), quartile(0.75)];
  const fence = FENCE * (upper - lower);
  // Without a spread between the quartiles, nothing says what is far away.
  if (!(fence > 0)) return sorted;
  return sorted.filter((value) => value >= lower - fence && value <= upper + fence);
}

function summarize(values: Float64Array): MeanAndVariance {
  const count = Math.max(1, values.length);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count };
}
