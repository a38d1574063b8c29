/** The density y e^(y x) / (e^y - 1) on [0, 1] (distributions/likelihoods/continuous-bernoulli.ts), fitted to a mean. */
const LARGEST = 128;

/** 1 / (1 - e^-y) - 1 / y. */
function meanAt(y: number): number {
  return Math.abs(y) < 1e-4 ? 0.5 + y / 12 : 1 / -Math.expm1(-y) - 1 / y;
}

/** The logit whose mean this is, by bisection; means that hardly leave 0 or 1 are taken as 0.01 or 0.99. */
export function continuousBernoulliLogit(mean: number): number {
  const inside = Math.min(Math.max(mean, 0.01), 0.99);
  let [low, high] = [-LARGEST, LARGEST];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (meanAt(middle) < inside) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Mean log density, in nats, that the best one gives values of this mean. */
export function continuousBernoulliScore(mean: number): number {
  const y = continuousBernoulliLogit(mean);
  const normalizer = Math.abs(y) < 1e-4 ? y / 2 : Math.log(Math.expm1(y) / y);
  return mean * y - normalizer;
}
