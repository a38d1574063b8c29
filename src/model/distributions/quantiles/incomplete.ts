/**
 * Incomplete Gamma and Beta functions and their inverses, in double precision and in logarithms: z = e^y may be far too
 * small or large for a number while y is not.
 */

const LANCZOS_FIRST = 0.99999999999980993;
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const LANCZOS_SHIFT = 7;

/** log Gamma(x) for x > 0 (Lanczos, 9 terms). */
function logGammaFunction(x: number): number {
  if (x < 0.5) return logGammaFunction(x + 1) - Math.log(x);
  const series = LANCZOS.reduce((sum, term, i) => sum + term / (x + i), LANCZOS_FIRST);
  const shifted = x + LANCZOS_SHIFT - 0.5;
  return (x - 0.5) * Math.log(shifted) - shifted + Math.log(Math.sqrt(2 * Math.PI) * series);
}

const PRECISION = 1e-16;
const TINY = 1e-300;

/** P(a, x) at x = e^y: its series below a + 1 (DLMF 8.7.1), the continued fraction of Q above (DLMF 8.9.2). */
export function lowerGamma(a: number, y: number): number {
  const x = Math.exp(y);
  if (x < a + 1) {
    const factor = Math.exp(a * y - x - logGammaFunction(a + 1));
    let [term, sum] = [1, 1];
    for (let n = 1; term > PRECISION * sum; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return factor * sum;
  }
  const factor = Math.exp(a * y - x - logGammaFunction(a));
  if (factor === 0) return 1;
  const fraction = continuedFraction(
    x + 1 - a,
    (n) => n * (a - n),
    (n) => x + 2 * n + 1 - a,
  );
  return 1 - factor / fraction;
}

/** I_x(a, b) where log (x / (1 - x)) = y, by the continued fraction of DLMF 8.17.22, which wants x on the left of the mean. */
export function lowerBeta(a: number, b: number, y: number): number {
  const x = 1 / (1 + Math.exp(-y));
  if (x > (a + 1) / (a + b + 2)) return 1 - lowerBeta(b, a, -y);
  const logX = y > 0 ? -Math.log1p(Math.exp(-y)) : y - Math.log1p(Math.exp(y));
  const logBeta = logGammaFunction(a) + logGammaFunction(b) - logGammaFunction(a + b);
  const factor = Math.exp(a * logX + b * (logX - y) - logBeta) / a;
  const numerator = (n: number): number => {
    const m = Math.floor(n / 2);
    const even = m * (b - m) * x;
    const odd = -(a + m) * (a + b + m) * x;
    return (n % 2 === 0 ? even : odd) / ((a + n - 1) * (a + n));
  };
  return factor / continuedFraction(1, numerator, () => 1);
}

/** first + numerator(1) / (denominator(1) + numerator(2) / (denominator(2) + ...)), by Lentz's method. */
function continuedFraction(
  first: number,
  numerator: (n: number) => number,
  denominator: (n: number) => number,
): number {
  const awayFromZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let value = awayFromZero(first);
  let [c, d, change] = [value, 0, 0];
  for (let n = 1; Math.abs(change - 1) > PRECISION && n < MOST_TERMS; n++) {
    d = 1 / awayFromZero(denominator(n) + numerator(n) * d);
    c = awayFromZero(denominator(n) + numerator(n) / c);
    change = c * d;
    value *= change;
  }
  return value;
}

/** Rounding may keep the last digit moving; near the mean, about sqrt(a) terms are needed. */
const MOST_TERMS = 20_000;

/** log of the quantile of Gamma(a, 1). */
export function logGammaQuantile(a: number, p: number): number {
  return bisect((y) => lowerGamma(a, y), p);
}

/** log (z / (1 - z)) of the quantile z of Beta(a, b). */
export function logitBetaQuantile(a: number, b: number, p: number): number {
  return bisect((y) => lowerBeta(a, b, y), p);
}

/** Beyond, e^y is 0 or Infinity. */
const WIDEST = 745;

/** Where a rising function reaches p: halved until there is no number between. */
function bisect(fn: (y: number) => number, p: number): number {
  let [low, high] = [-WIDEST, WIDEST];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (fn(middle) < p) low = middle;
    else high = middle;
  }
}
