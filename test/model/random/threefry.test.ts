import { describe, expect, it } from 'vitest';
import { threefry } from '../../../src/model/random/threefry.ts';

const ALL = 0xffffffff;

/** The known-answer vectors of the authors' Random123 (threefry2x32, 20 rounds). */
const VECTORS = [
  { key: [0, 0], counter: [0, 0], answer: [0x6b200159, 0x99ba4efe] },
  { key: [ALL, ALL], counter: [ALL, ALL], answer: [0x1cb996fc, 0xbb002be7] },
  {
    key: [0x13198a2e, 0x03707344],
    counter: [0x243f6a88, 0x85a308d3],
    answer: [0xc4923a9c, 0x483df7a0],
  },
] as const;

describe('threefry', () => {
  it.each(VECTORS)('gives the published words for key $key and counter $counter', (vector) => {
    const out = new Uint32Array(4);
    const [high, low] = vector.key;
    const [counterHigh, counterLow] = vector.counter;
    threefry({ high, low }, counterHigh, counterLow, out, 1);
    expect(Array.from(out)).toEqual([0, ...vector.answer, 0]);
  });
});
