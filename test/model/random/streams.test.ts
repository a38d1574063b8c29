import { describe, expect, it } from 'vitest';
import {
  fillNormal,
  fillUniform,
  permute,
  STREAMS,
  deriveKey,
  type Stream,
} from '../../../src/model/random/streams.ts';
import { at, meanOf } from '../../support/numbers.ts';
import { normalCdf } from '../../support/special-functions.ts';

const COUNT = 20_000;
const SEEDS = [0, 1, 12345, Number.MAX_SAFE_INTEGER];

function draw(seed: number, stream: Stream = 'noise', index = 0, count = COUNT): Float32Array {
  const out = new Float32Array(count);
  fillNormal(deriveKey(seed, stream, index), out);
  return out;
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return meanOf(Array.from(a, (value, i) => value * at(b, i)));
}

/** The largest distance between the numbers' distribution function and the given one, times sqrt(count). */
function kolmogorovSmirnov(values: Float32Array, cdf: (value: number) => number): number {
  const sorted = values.slice().sort();
  const distances = Array.from(sorted, (value, i) => {
    const expected = cdf(value);
    return Math.max(expected - i / sorted.length, (i + 1) / sorted.length - expected);
  });
  return Math.max(...distances) * Math.sqrt(values.length);
}

describe('fillNormal', () => {
  it.each(SEEDS)('has the moments of a standard normal (seed %d)', (seed) => {
    const values = draw(seed);
    const moment = (power: number) => meanOf(Array.from(values, (value) => value ** power));
    // Four standard errors: the variances of x, x^2, x^3, x^4 are 1, 2, 15, 96.
    const bound = (variance: number) => 4 * Math.sqrt(variance / COUNT);
    expect(Math.abs(moment(1))).toBeLessThan(bound(1));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(bound(2));
    expect(Math.abs(moment(3))).toBeLessThan(bound(15));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(bound(96));
  });

  it.each(SEEDS)('passes the Kolmogorov-Smirnov test at 0.1 %% (seed %d)', (seed) => {
    expect(kolmogorovSmirnov(draw(seed), normalCdf)).toBeLessThan(1.95);
  });

  it.each([1, 2, 3, 7, 64])('is not correlated with itself %d places on', (lag) => {
    const values = draw(5);
    expect(Math.abs(correlation(values.subarray(lag), values))).toBeLessThan(4 / Math.sqrt(COUNT));
  });

  it('gives a shorter array the beginning of a longer one', () => {
    expect(draw(7, 'noise', 0, 5)).toEqual(draw(7, 'noise', 0, 8).subarray(0, 5));
  });
});

describe('fillUniform', () => {
  const uniform = (seed: number, count = COUNT) => {
    const out = new Float32Array(count);
    fillUniform(deriveKey(seed, 'noise', 0), out);
    return out;
  };

  it('gives (k + 1/2) / 2^23, never 0 or 1', () => {
    for (const value of uniform(3)) {
      const k = value * 2 ** 23 - 0.5;
      expect(Number.isInteger(k) && k >= 0 && k < 2 ** 23, String(value)).toBe(true);
    }
  });

  it.each(SEEDS)('passes the Kolmogorov-Smirnov test at 0.1 %% (seed %d)', (seed) => {
    expect(kolmogorovSmirnov(uniform(seed), (value) => value)).toBeLessThan(1.95);
  });

  it.each([1, 2, 3, 7, 64])('is not correlated with itself %d places on', (lag) => {
    const values = uniform(5).map((value) => (value - 0.5) * Math.sqrt(12));
    expect(Math.abs(correlation(values.subarray(lag), values))).toBeLessThan(4 / Math.sqrt(COUNT));
  });

  it('gives a shorter array the beginning of a longer one', () => {
    expect(uniform(7, 5)).toEqual(uniform(7, 8).subarray(0, 5));
  });
});

describe('streamKey', () => {
  it('is another for every seed, stream and index', () => {
    const seeds = [0, 1, 2 ** 32, 2 ** 32 + 1];
    const keys = seeds.flatMap((seed) =>
      (Object.keys(STREAMS) as Stream[]).flatMap((stream) =>
        [0, 1, 2 ** 32].map((index) => JSON.stringify(deriveKey(seed, stream, index))),
      ),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('starts streams, steps and seeds that are not correlated', () => {
    const reference = draw(1, 'noise', 0);
    const others = [draw(1, 'noise', 1), draw(1, 'inference', 0), draw(2, 'noise', 0)];
    for (const other of others)
      expect(Math.abs(correlation(reference, other))).toBeLessThan(4 / Math.sqrt(COUNT));
  });
});

describe('permutation', () => {
  it.each([0, 1, 2, 1024, 1025, 3000])('holds every number below %d once', (size) => {
    const sorted = permute({ high: 1, low: size }, size).sort();
    expect(sorted).toEqual(Uint32Array.from({ length: size }, (_, i) => i));
  });

  it('has every order of four about equally often', () => {
    const draws = 4800;
    const counts = new Map<string, number>();
    for (let i = 0; i < draws; i++) {
      const order = String(permute(deriveKey(3, 'minibatchOrder', i), 4));
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const expected = draws / 24;
    const chiSquared = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(24);
    // The 99.9 % quantile of chi-squared with 23 degrees of freedom.
    expect(chiSquared).toBeLessThan(49.7);
  });
});

describe.each([
  ['fillNormal', fillNormal],
  ['fillUniform', fillUniform],
])('%s from a position on', (_name, fill) => {
  it.each([0, 1, 2, 7, 50])('gives the numbers that stand there (%d)', (first) => {
    const key = deriveKey(3, 'noise', 1);
    const whole = new Float32Array(100);
    fill(key, whole);
    for (const count of [1, 2, 5, 10]) {
      const part = new Float32Array(count);
      fill(key, part, first);
      expect(part).toEqual(whole.slice(first, first + count));
    }
  });

  it('goes on beyond 2^33, where the counter needs its second word', () => {
    const key = deriveKey(3, 'noise', 1);
    const [early, late] = [new Float32Array(8), new Float32Array(8)];
    fill(key, early);
    fill(key, late, 2 ** 33);
    expect(late).not.toEqual(early);
  });
});
