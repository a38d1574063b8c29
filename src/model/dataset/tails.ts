/** Degrees of freedom of the Student t that is compared, as proposals have it. */
const DEGREES = 5;
const ROUNDS = 20;
/** Values further than this many interquartile ranges from the quartiles are outliers, whatever the rest is. */
const FENCE = 10;
const FEWEST_VALUES = 20;
/** log of Gamma(3) / (Gamma(2.5) sqrt(5 pi)): the density of the standard Student t at 0. */
const LOG_PEAK = -0.9686195890547248;

/**
 * Mean gain in nats a value of the best Student t (5 degrees of freedom) over the best Gaussian, without extreme outliers; 0 if
 * there are too few values to tell.
 */
export function computeStudentGain(sample: readonly number[]): number {
  const values = trimOutliers(sample);
  const { location, scale } = fitMoments(values);
  if (values.length < FEWEST_VALUES || scale === 0) return 0;
  const gaussian = -0.5 * Math.log(2 * Math.PI * Math.E) - Math.log(scale);
  return scoreStudent(values, fitStudent(values, { location, scale })) - gaussian;
}

interface Place {
  readonly location: number;
  readonly scale: number;
}

/** By expectation maximisation: each value weighs (v + 1) / (v + r^2), where r is its standardised distance. */
function fitStudent(values: readonly number[], start: Place): Place {
  let place = start;
  for (let round = 0; round < ROUNDS; round++) {
    const { location, scale } = place;
    const weights = values.map((value) => (DEGREES + 1) / (DEGREES + ((value - location) / scale) ** 2));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const centre = values.reduce((sum, value, i) => sum + (weights[i] ?? 0) * value, 0) / total;
    const squares = values.reduce((sum, value, i) => sum + (weights[i] ?? 0) * (value - centre) ** 2, 0);
    const spread = Math.sqrt(squares / values.length);
    if (!(spread > 0)) return place;
    place = { location: centre, scale: spread };
  }
  return place;
}

function scoreStudent(values: readonly number[], { location, scale }: Place): number {
  const total = values.reduce((sum, value) => {
    const distance = (value - location) / scale;
    return sum - ((DEGREES + 1) / 2) * Math.log1p((distance * distance) / DEGREES);
  }, 0);
  return LOG_PEAK - Math.log(scale) + total / values.length;
}

function fitMoments(values: readonly number[]): Place {
  const count = Math.max(1, values.length);
  const location = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - location) ** 2, 0) / count;
  return { location, scale: Math.sqrt(variance) };
}

function trimOutliers(sample: readonly number[]): number[] {
  const sorted = Float64Array.from(sample).sort();
  const at = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? 0;
  const [low, high] = [at(0.25), at(0.75)];
  const reach = FENCE * (high - low);
  return reach > 0 ? sample.filter((value) => value >= low - reach && value <= high + reach) : [...sample];
}
