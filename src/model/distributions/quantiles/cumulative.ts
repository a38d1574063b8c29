import { lowerBeta, lowerGamma } from './incomplete.ts';

/** Distribution functions P(X <= x) in double precision, without tensors. */

const FAR = 7.07106781186547;

/** Of the standard normal, to about 1e-14. */
export function normalCumulative(x: number): number {
  const size = Math.abs(x);
  const tail = size > 38 ? 0 : Math.exp((-size * size) / 2) * (size < FAR ? near(size) : far(size));
  return x > 0 ? 1 - tail : tail;
}

/** Coefficients of Hart 1968 as given by West 2005. Written out, because quantiles of mixtures need it more than anything else. */
function near(x: number): number {
  let over = 0.0352624965998911;
  over = over * x + 0.700383064443688;
  over = over * x + 6.37396220353165;
  over = over * x + 33.912866078383;
  over = over * x + 112.079291497871;
  over = over * x + 221.213596169931;
  over = over * x + 220.206867912376;
  let under = 0.0883883476483184;
  under = under * x + 1.75566716318264;
  under = under * x + 16.064177579207;
  under = under * x + 86.7807322029461;
  under = under * x + 296.564248779674;
  under = under * x + 637.333633378831;
  under = under * x + 793.826512519948;
  under = under * x + 440.413735824752;
  return over / under;
}

/** The first terms of the continued fraction of Mills' ratio. */
const far = (x: number): number =>
  1 / (x + 1 / (x + 2 / (x + 3 / (x + 4 / (x + 0.65))))) / Math.sqrt(2 * Math.PI);

/** Of the standard Student's t with v degrees of freedom: 1 - I(v / (v + x^2); v/2, 1/2) / 2 for x > 0. */
export function studentTCumulative(v: number, x: number): number {
  if (x === 0) return 0.5;
  const tail = lowerBeta(v / 2, 0.5, Math.log(v) - 2 * Math.log(Math.abs(x))) / 2;
  return x > 0 ? 1 - tail : tail;
}

/** Of the standard Cauchy. */
export const cauchyCumulative = (x: number): number => 0.5 + Math.atan(x) / Math.PI;

/** Of counts with this mean, at a whole number or below 0. */
export function poissonCumulative(mean: number, x: number): number {
  return x < 0 ? 0 : 1 - lowerGamma(x + 1, Math.log(mean));
}

/** Of counts with this mean and total count n: variance mean + mean^2 / n. */
export function negativeBinomialCumulative(mean: number, count: number, x: number): number {
  return x < 0 ? 0 : lowerBeta(count, x + 1, Math.log(count) - Math.log(mean));
}
