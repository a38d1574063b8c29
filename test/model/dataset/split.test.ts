import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRows, resolvePart, selectRows, splitRows } from '../../../src/model/dataset/split.ts';
import { permute, deriveKey } from '../../../src/model/random/streams.ts';
import { SPLIT_PARTS, SPLIT_RULES } from '../../../src/model/specification/split.ts';

const all = (rows: number) => Uint32Array.from({ length: rows }, (_, i) => i);
const sizes = (rows: number, test_rows = 0) => ({ rows, test_rows });
const setting = (validation_fraction: number, seed = 7) => ({ validation_fraction, seed });

const cases = fc
  .integer({ min: 1, max: 300 })
  .chain((rows) =>
    fc.tuple(
      fc.constant(rows),
      fc.integer({ min: 0, max: rows - 1 }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      fc.nat({ max: 1000 }),
    ),
  );

describe('splitRows', () => {
  it('keeps the last rows apart as test rows and draws validation rows from the others', () => {
    const { train, validation, test } = splitRows(sizes(10, 3), setting(0.3), 'separate');
    expect(Array.from(test)).toEqual([7, 8, 9]);
    expect(validation).toHaveLength(2);
    expect(Uint32Array.from([...train, ...validation]).sort()).toEqual(all(7));
  });

  it('puts every row into exactly one part, in order, and leaves one to train on', () => {
    fc.assert(
      fc.property(cases, ([rows, testRows, fraction, seed]) => {
        const split = splitRows(sizes(rows, testRows), setting(fraction, seed), 'separate');
        const { train, validation, test } = split;
        expect(Uint32Array.from([...train, ...validation, ...test]).sort()).toEqual(all(rows));
        expect(train).toEqual(train.slice().sort());
        expect(train.length).toBeGreaterThan(0);
        expect(Math.abs(validation.length - (rows - testRows) * fraction)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('splits the other rows as if the test rows were not there', () => {
    fc.assert(
      fc.property(cases, ([rows, testRows, fraction, seed]) => {
        const training = setting(fraction, seed);
        const { train, validation } = splitRows(sizes(rows, testRows), training, 'separate');
        const without = splitRows(sizes(rows - testRows), training, 'separate');
        expect([train, validation]).toEqual([without.train, without.validation]);
      }),
    );
  });

  it('draws the validation rows by the seed', () => {
    const draw = (seed: number) => splitRows(sizes(100), setting(0.2, seed), 'separate').validation;
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it.each(SPLIT_RULES)('splits rows without test rows under %s as ever', (rule) => {
    const order = permute(deriveKey(3, 'validationSplit', 0), 50);
    const { train, validation, test } = splitRows(sizes(50), setting(0.1, 3), rule);
    expect(validation).toEqual(order.slice(0, 5).sort());
    expect(train).toEqual(order.slice(5).sort());
    expect(test).toHaveLength(0);
  });

  it('lets test rows validate under the rule of earlier models', () => {
    const { train, validation, test } = splitRows(sizes(10, 3), setting(0.5), 'test_rows_validate');
    expect(Array.from(train)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(Array.from(validation)).toEqual([7, 8, 9]);
    expect(test).toEqual(validation);
  });
});

describe('parts', () => {
  it.each(SPLIT_RULES)('have the sizes that countRows tells under %s', (rule) => {
    fc.assert(
      fc.property(cases, ([rows, testRows, fraction, seed]) => {
        const training = setting(fraction, seed);
        const split = splitRows(sizes(rows, testRows), training, rule);
        const counts = countRows(sizes(rows, testRows), training, rule);
        for (const part of SPLIT_PARTS) expect(selectRows(split, part)).toHaveLength(counts[part]);
      }),
    );
  });

  it('held out are the test rows, or the validation rows if there are none', () => {
    expect(resolvePart('held_out', { test: 3 })).toBe('test');
    expect(resolvePart('held_out', { test: 0 })).toBe('validation');
    expect(resolvePart('train', { test: 3 })).toBe('train');
  });
});
