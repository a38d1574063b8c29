import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createFeatureWriters,
  createRowDecoder,
  createRowEncoder,
  createTableDetector,
  listFeatures,
  ROLES,
  TableSchema,
  type Cell,
  type Role,
} from '../../../src/model/table.ts';
import { compileCheck } from '../../../src/validation.ts';

const check = compileCheck(TableSchema, 'The schema');

/** Cells of all kinds, among them what is nearly a number or a date. */
const kinds: readonly fc.Arbitrary<Cell>[] = [
  fc.constantFrom<Cell>(null, '', ' ', 'NA', '-', '?', 'None', '\\N'),
  fc.double(),
  fc.integer().map(String),
  fc.double({ noNaN: true }).map(String),
  fc.constantFrom(
    '1,234',
    '1.234',
    '1,5',
    '0,5',
    '1.5',
    '1.234.567',
    '(12)',
    '$5',
    '5 €',
    '12 %',
    '1e5',
    '1e999',
    'inf',
    '007',
    '12345678901234567890',
  ),
  fc.constantFrom('yes', 'no', 'Y', 'n', 'true', 'ja', 'si', 'ON'),
  fc.boolean(),
  fc.constantFrom(
    '2024-01-31',
    '31.01.2024',
    '1/2/2024',
    '31/1/2024',
    '1/31/2024',
    'Jan 31 2024',
    '2024-01',
    '20240131',
    '0000-00-00',
  ),
  fc.constantFrom('2024-01-31T09:30', '2024-01-31 09:30:15Z', '2024-01-31T09:30:15.5+02:00'),
  fc.integer({ min: 1e8, max: 4e9 }),
  fc.constantFrom('red', 'green', 'x'.repeat(300), 'constructor', '__proto__', 'ünï', '\u0000'),
  fc.string(),
];
const columnCells = fc
  .subarray([...kinds], { minLength: 1, maxLength: 3 })
  .chain((chosen) => fc.array(fc.oneof(...chosen), { minLength: 12, maxLength: 12 }));
const table = fc.array(columnCells, { minLength: 1, maxLength: 4 });
const names = ['date', 'order_id', 'zip', 'target'];

function detect(columns: readonly (readonly Cell[])[], overrides: Readonly<Record<string, Role>>) {
  const rows = Array.from({ length: 12 }, (_, row) => columns.map((cells) => cells[row] ?? null));
  const detector = createTableDetector({ names: names.slice(0, columns.length), overrides });
  for (const row of rows) detector.add(row);
  return { rows, ...detector.finish() };
}

describe('any table', () => {
  it('has a valid schema, whose encoder understands every cell unless a problem was reported', () => {
    fc.assert(
      fc.property(table, (columns) => {
        const { rows, schema, problems } = detect(columns, {});
        expect(check(structuredClone(schema))).toEqual(schema);
        const troubled = new Set(problems.map(({ column }) => column));
        const [encode, decode] = [createRowEncoder(schema), createRowDecoder(schema)];
        const out = new Float32Array(listFeatures(schema).length);
        for (const row of rows) {
          const found = encode(row, out, 0).filter(({ column }) => !troubled.has(column));
          expect(found).toEqual([]);
          expect([...out].filter((value) => Math.abs(value) === Infinity)).toEqual([]);
          decode(out);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('takes any roles: cells that do not fit are problems, and nothing fails', () => {
    const roles = fc.array(fc.constantFrom(...ROLES), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(table, roles, (columns, chosen) => {
        const own = names.slice(0, columns.length);
        const overrides = Object.fromEntries(own.map((name, i) => [name, chosen[i] ?? 'ignore']));
        const { rows, schema, problems } = detect(columns, overrides);
        expect(check(structuredClone(schema))).toEqual(schema);
        const troubled = new Set(problems.map(({ column }) => column));
        const encode = createRowEncoder(schema);
        const writers = createFeatureWriters(schema);
        const out = new Float64Array(listFeatures(schema).length);
        for (const row of rows) {
          expect(encode(row, out, 0).filter(({ column }) => !troubled.has(column))).toEqual([]);
          writers.forEach((write, i) => write(out[i] ?? NaN));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has the same roles in every run, and takes requests of any cells', () => {
    fc.assert(
      fc.property(table, columnCells, (columns, others) => {
        const { schema } = detect(columns, {});
        expect(detect(columns, {}).schema).toEqual(schema);
        const encode = createRowEncoder(schema);
        const out = new Float32Array(listFeatures(schema).length);
        for (const cell of others)
          encode(
            columns.map(() => cell),
            out,
            0,
          );
      }),
    );
  });
});
