import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRows, type RequestRowRules } from '../../src/api/inference/rows.ts';
import { AppError } from '../../src/errors.ts';
import { countValues, REAL } from '../../src/model/specification.ts';

const FLOAT32_MAX = 3.4028234663852886e38;
const UNIT = { low: 0, high: 1, integer: false, missing: false, allowed: 'a number in [0, 1]' };
const rules = (fields: Partial<RequestRowRules> = {}): RequestRowRules => ({
  pointer: '/data',
  shape: [2, 2],
  range: REAL,
  maxValues: 1e6,
  ...fields,
});

function failure(rows: readonly unknown[], fields: Partial<RequestRowRules> = {}): AppError {
  try {
    parseRows(rows, rules(fields));
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the rows were taken');
}

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
// JSON has no negative zero.
const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0);
const values = (size: number) => fc.array(finite, { minLength: size, maxLength: size });
const batches = shapes.chain((shape) =>
  fc.tuple(fc.constant(shape), fc.array(values(countValues(shape)), { minLength: 1, maxLength: 5 })),
);

function nest(flat: readonly number[], shape: readonly number[]): unknown[] {
  const [length = 0, ...rest] = shape;
  if (rest.length === 0) return [...flat];
  const size = countValues(rest);
  return Array.from({ length }, (_, i) => nest(flat.slice(i * size, (i + 1) * size), rest));
}

describe('parseRows', () => {
  it('gives flat and nested rows the same values, in row-major order', () => {
    fc.assert(
      fc.property(batches, ([shape, rows]) => {
        const expected = Float32Array.from(rows.flat());
        const nested = rows.map((row) => nest(row, shape));
        expect(parseRows(rows, rules({ shape }))).toEqual(expected);
        expect(parseRows(nested, rules({ shape }))).toEqual(expected);
      }),
    );
  });

  it('survives JSON: what a client writes is what a model gets', () => {
    fc.assert(
      fc.property(batches, ([shape, rows]) => {
        const sent = JSON.parse(JSON.stringify(rows)) as unknown[];
        expect(parseRows(sent, rules({ shape }))).toEqual(parseRows(rows, rules({ shape })));
      }),
    );
  });

  it('names the one value that is bad, wherever it is and whatever it is', () => {
    const bad = fc.oneof(
      fc.constantFrom<unknown>(NaN, Infinity, -Infinity, null, true, '1', -0.1, 1.1, 1e300, {}, []),
      fc.string(),
    );
    const cases = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 6 }))
      .chain(([count, size]) =>
        fc.tuple(fc.constant([count, size]), fc.nat(count - 1), fc.nat(size - 1), bad),
      );
    fc.assert(
      fc.property(cases, ([[count, size], row, column, value]) => {
        const rows: unknown[][] = Array.from({ length: count }, () => new Array<unknown>(size).fill(0.5));
        rows.forEach((one, index) => {
          if (index === row) one[column] = value;
        });
        const error = failure(rows, { shape: [size], range: UNIT });
        expect(error.kind).toBe('invalid');
        // An array in front makes the row look nested: then the row itself is told.
        expect(error.problems[0]?.pointer).toMatch(new RegExp(`^/data/${row}(/\\d+)?$`));
        if (!Array.isArray(value)) expect(error.problems[0]?.pointer).toBe(`/data/${row}/${column}`);
      }),
    );
  });

  it('takes nothing else than arrays of numbers and never throws anything else than AppError', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), (rows) => {
        try {
          expect(parseRows(rows, rules())).toHaveLength(rows.length * 4);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });

  it.each<[string, unknown[], Partial<RequestRowRules>, string, string]>([
    [
      'a ragged row',
      [
        [1, 2, 3, 4],
        [1, 2],
      ],
      {},
      '/data/1',
      'found an array of length 2; allowed: length 4, or nested as [2, 2]',
    ],
    [
      'a ragged nested row',
      [[[1, 2], [3]]],
      {},
      '/data/0/1',
      'found an array of length 1; allowed: length 2',
    ],
    [
      'too few nested rows',
      [[[1, 2]]],
      {},
      '/data/0',
      'found an array of length 1; allowed: length 4, or nested as [2, 2]',
    ],
    [
      'a number in place of a nested row',
      [[[1, 2], 3]],
      {},
      '/data/0/1',
      'found 3; allowed: an array of length 2',
    ],
    ['a number in place of a row', [1, 2, 3, 4], {}, '/data/0', 'found 1; allowed: an array of length 4'],
    [
      'an empty row',
      [[]],
      {},
      '/data/0',
      'found an array of length 0; allowed: length 4, or nested as [2, 2]',
    ],
    ['text', [[1, 2, 'x', 4]], {}, '/data/0/2', 'found a string; allowed: a finite number that fits float32'],
    [
      'overflow',
      JSON.parse('[[1, 1e999, 3, 4]]') as unknown[],
      {},
      '/data/0/1',
      'found a number that is not finite; allowed: a finite number that fits float32',
    ],
    [
      'too large for float32',
      [[1, 2, 3, 4e38]],
      {},
      '/data/0/3',
      'found 4e+38; allowed: a finite number that fits float32',
    ],
    [
      'a value out of range',
      [
        [0, 1, 0, 0],
        [0, 0, 255, 0],
      ],
      { range: UNIT },
      '/data/1/2',
      'found 255; allowed: a number in [0, 1]',
    ],
  ])('refuses %s', (_name, rows, fields, pointer, detail) => {
    expect(failure(rows, fields).problems).toEqual([{ pointer, detail }]);
  });

  it('takes the ends of the range', () => {
    expect([...parseRows([[0, 1, -0, 1]], rules({ range: UNIT }))]).toEqual([0, 1, -0, 1]);
    expect([...parseRows([[FLOAT32_MAX]], rules({ shape: [1] }))]).toEqual([FLOAT32_MAX]);
  });

  it('takes null for a missing value where values may be missing', () => {
    const range = { ...UNIT, missing: true };
    expect([...parseRows([[0, null, 1]], rules({ shape: [3], range }))]).toEqual([0, NaN, 1]);
    const [problem] = failure([[0, 'x', 1]], { shape: [3], range }).problems;
    expect(problem?.detail).toBe('found a string; allowed: a number in [0, 1], or null');
  });

  it('counts values before it looks at them', () => {
    expect(failure([null, null], { maxValues: 7 })).toMatchObject({ code: 'too_large' });
    expect(failure([null, null], { maxValues: 8 })).toMatchObject({ code: 'validation_failed' });
  });
});
