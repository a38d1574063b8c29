import { describe, expect, it } from 'vitest';
import {
  CalibrationCollector,
  countAtLeast,
  countCalibrationRows,
  countSurpriseRows,
  medianOf,
  measureExcess,
  spreadOver,
} from '../../../src/model/scoring/calibration.ts';
import { normals } from '../../support/numbers.ts';

function calibrate(scores: ArrayLike<number>) {
  const collector = new CalibrationCollector(2);
  for (const score of Array.from(scores)) {
    collector.addScore(score);
    collector.addSurprises([score, score > 0 ? NaN : 1]);
  }
  return collector.finish();
}

describe('a calibration', () => {
  it('sorts scores, and surprises without those of missing values', () => {
    const { scores, surprises } = calibrate([3, -1, 2]);
    expect([...scores]).toEqual([-1, 2, 3]);
    expect(surprises.map((own) => [...own])).toEqual([[-1, 2, 3], [1]]);
  });

  it('counts scores that are at least as large, ties included', () => {
    const sorted = Float32Array.of(1, 2, 2, 3);
    expect([0, 1, 2, 2.5, 3, 4].map((value) => countAtLeast(sorted, value))).toEqual([4, 4, 3, 1, 1, 0]);
    expect(countAtLeast(new Float32Array(), 1)).toBe(0);
    // Stored in single precision: a value equals itself.
    expect(countAtLeast(Float32Array.of(0.1), 0.1)).toBe(1);
  });

  it('has medians', () => {
    expect(medianOf(Float32Array.of(1, 2, 5))).toBe(2);
    expect(medianOf(Float32Array.of(1, 2, 4, 5))).toBe(3);
    expect(medianOf(new Float32Array())).toBeNaN();
  });

  it.each([0.1, 0.05, 0.01])('flags no more than a share of %f of new rows from the same source', (rate) => {
    const [rows, repeats] = [200, 300];
    let flagged = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const drawn = normals(repeat, rows + 10);
      const { scores } = calibrate(drawn.subarray(0, rows));
      for (const score of drawn.subarray(rows)) {
        if ((1 + countAtLeast(scores, score)) / (rows + 1) <= rate) flagged++;
      }
    }
    const count = 10 * repeats;
    const exact = Math.floor(rate * (rows + 1)) / (rows + 1);
    // Rows of one repeat share a calibration: the error is larger than that of independent rows.
    const error = Math.sqrt((exact * (1 - exact)) / count) * Math.sqrt(1 + 10 / rows);
    expect(Math.abs(flagged / count - exact)).toBeLessThan(4 * error);
  });

  it('keeps surprises of fewer rows if rows are wide', () => {
    expect(countSurpriseRows(2000, 20)).toBe(2000);
    expect(countSurpriseRows(2000, 2 ** 12)).toBe(256);
    expect(countSurpriseRows(2000, 2 ** 20)).toBe(64);
    expect(countSurpriseRows(10, 2 ** 20)).toBe(10);
  });
});

describe('the rows of a calibration', () => {
  it('are at most 2,000, and fewer of wide rows', () => {
    expect([countCalibrationRows(90, 20), countCalibrationRows(9000, 20)]).toEqual([90, 2000]);
    expect([countCalibrationRows(6000, 784), countCalibrationRows(6000, 65_536)]).toEqual([668, 200]);
  });

  it('are spread evenly', () => {
    expect([...spreadOver(Uint32Array.of(3, 5, 7, 9, 11), 2)]).toEqual([3, 7]);
    expect([...spreadOver(Uint32Array.of(3, 5), 9)]).toEqual([3, 5]);
  });
});

describe('what exceeds the usual surprise of a column', () => {
  it('is measured from its median; a missing value has none', () => {
    expect([...measureExcess([3, 1, NaN, 2], [1, 2, 1])]).toEqual([2, -1, NaN, NaN]);
  });
});
