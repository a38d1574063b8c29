import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fillHidden, hide, layOutMask, type MaskLayout } from '../../../src/model/training/masking.ts';
import type { RandomMasking } from '../../../src/model/specification/masking.ts';
import { modelSpec } from '../../support/specifications.ts';
import { range } from '../../support/linear-gaussian.ts';

const ROWS = 4000;
const REAL = modelSpec({ likelihood: { family: 'gaussian' } }).likelihood;
const HALF: RandomMasking = { name: 'random', share_of_rows: 0.5 };

const tableOf = (missing: readonly boolean[]) => {
  const columns = missing.map((own, i) => ({
    name: `c${i}`,
    likelihood: { family: 'gaussian' },
    missing: own,
  }));
  return modelSpec({ likelihood: { family: 'mixed', columns } }).likelihood;
};

/** Hidden elements of rows of one step, as rows of zeros and ones. */
function draw(layout: MaskLayout, { masking = HALF, step = 0, seed = 1 } = {}): number[][] {
  const size = layout.groups.length;
  const out = new Uint8Array(ROWS * size);
  fillHidden(masking, layout, { seed, step, rows: ROWS }, out);
  return range(ROWS).map((row) => [...out.subarray(row * size, (row + 1) * size)]);
}
const countOnes = (row: readonly number[]) => row.reduce((sum, value) => sum + value, 0);

describe('random masking', () => {
  it('hides any number of values equally often, in the asked share of rows', () => {
    const masking = { ...HALF, share_of_rows: 0.25 };
    const rows = draw(layOutMask(REAL, [4]), { masking });
    const counts = range(5).map((hidden) => rows.filter((row) => countOnes(row) === hidden).length / ROWS);
    // With a rate that is uniform on (0, 1), each number of hidden values from 0 to 4 has probability 1/5.
    const [none = 0, ...some] = counts;
    expect(none).toBeCloseTo(0.75 + 0.25 / 5, 1);
    for (const share of some) expect(Math.abs(share - 0.25 / 5)).toBeLessThan(0.015);
    for (const i of range(4)) {
      const hidden = rows.filter((row) => row[i] === 1).length / ROWS;
      expect(Math.abs(hidden - 0.125)).toBeLessThan(0.02);
    }
  });

  it('depends on seed and step alone', () => {
    const layout = layOutMask(REAL, [6]);
    expect(draw(layout)).toEqual(draw(layout));
    expect(draw(layout, { step: 1 })).not.toEqual(draw(layout));
    expect(draw(layout, { seed: 2 })).not.toEqual(draw(layout));
  });

  it('hides the parts of a column together', () => {
    const table = tableOf([true, true, true, true, true]);
    // The first column is an id, which is not modelled; the third one a datetime of three parts.
    const rows = draw(layOutMask(table, [5], [1, 2, 2, 2, 3]));
    expect(rows.every((row) => row[1] === row[2] && row[2] === row[3])).toBe(true);
    expect(rows.some((row) => row[0] !== row[1])).toBe(true);
  });

  it('hides no column that cannot be missing', () => {
    const rows = draw(layOutMask(tableOf([true, false, true]), [3]));
    expect(rows.every((row) => row[1] === 0)).toBe(true);
    expect(rows.some((row) => row[0] === 1 && row[2] === 1)).toBe(true);
  });

  it('hides one-hot groups together', () => {
    const { likelihood } = modelSpec({ likelihood: { family: 'categorical', groups: [2, 3] } });
    expect(layOutMask(likelihood, [5]).groups).toEqual([0, 0, 1, 1, 1]);
  });

  it('hides the channels of a pixel together, and rectangles or what is around them in half of the rows', () => {
    const [height, width] = [5, 4];
    const rows = draw(layOutMask(REAL, [height, width, 2])).filter((row) => countOnes(row) > 0);
    const pixels = rows.map((row) => row.filter((_, i) => i % 2 === 0));
    rows.forEach((row, i) => {
      expect(row.filter((_, j) => j % 2 === 1)).toEqual(pixels[i]);
    });
    const isRectangle = (row: readonly number[]) => {
      const of = (value: number) => range(height * width).filter((i) => row[i] === value);
      return [of(0), of(1)].some((chosen) => {
        const [ys, xs] = [chosen.map((i) => Math.floor(i / width)), chosen.map((i) => i % width)];
        const area = (Math.max(...ys) - Math.min(...ys) + 1) * (Math.max(...xs) - Math.min(...xs) + 1);
        return chosen.length > 0 && area === chosen.length;
      });
    };
    const share = pixels.filter(isRectangle).length / pixels.length;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.65);
  });
});

describe('hidden values', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('are missing, and the others stay', () => {
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const hidden = hide(x, tf.tensor2d([0, 1, 0, 0], [2, 2]));
    expect([...hidden.dataSync()]).toEqual([1, NaN, 3, 4]);
    expect(hide(x, undefined)).toBe(x);
  });
});
