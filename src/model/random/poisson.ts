/**
 * Draws from Poisson(rate) with u uniform on (0, 1). Tries values from the mode outward until their probabilities sum to
 * u, which takes about sqrt(rate) values. Returns a rate that is not finite unchanged.
 */
export function drawPoisson(rate: number, u: number): number {
  if (!(rate > 0) || !Number.isFinite(rate)) return rate;
  const mode = Math.floor(rate);
  const atMode = Math.exp(mode * Math.log(rate) - rate - logFactorial(mode));
  let [low, high, below, above, sum] = [mode, mode, atMode, atMode, atMode];
  while (sum < u) {
    above *= rate / (high + 1);
    high += 1;
    sum += above;
    if (sum >= u) return high;
    if (low > 0) {
      below *= low / rate;
      low -= 1;
      sum += below;
      if (sum >= u) return low;
    }
    // Only rounding is left.
    if (above < Number.EPSILON && (low === 0 || below < Number.EPSILON)) return mode;
  }
  return mode;
}

const TABLE = 32;
const LOG_FACTORIALS = Array.from({ length: TABLE }, (_, n) =>
  Array.from({ length: n }, (_unused, i) => Math.log(i + 1)).reduce((sum, term) => sum + term, 0),
);

/** log n!, for large n by Stirling's series (DLMF 5.11.1), to 1e-12. */
function logFactorial(n: number): number {
  const known = LOG_FACTORIALS[n];
  if (known !== undefined) return known;
  const x = n + 1;
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
