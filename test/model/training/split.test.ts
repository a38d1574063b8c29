import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitRows, trainingRowCount } from '../../../src/model/training/split.ts';

const all = (rows: number) => Uint32Array.from({ length: rows }, (_, i) => i);

describe('splitRows', () => {
  it('validates with the last rows where the data set has test rows', () => {
    const { train, validation } = splitRows(10, 3, 0.5, 1);
    expect(Array.from(train)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(Array.from(validation)).toEqual([7, 8, 9]);
  });

  it('puts every row on one side, in order, and leaves one to train on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (rows, held) => {
          const { train, validation } = splitRows(rows, 0, held, 7);
          expect(Uint32Array.from([...train, ...validation]).sort()).toEqual(all(rows));
          expect(train).toEqual(train.slice().sort());
          expect(train.length).toBeGreaterThan(0);
          expect(Math.abs(validation.length - rows * held)).toBeLessThanOrEqual(1);
          expect(trainingRowCount(rows, 0, held)).toBe(train.length);
        },
      ),
    );
  });

  it('draws the validation rows by the seed', () => {
    const drawn = (seed: number) => splitRows(100, 0, 0.2, seed).validation;
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
    expect(trainingRowCount(10, 3, 0.5)).toBe(7);
  });
});
