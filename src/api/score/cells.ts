import { findTable, shareStrangeness, toPValue } from '../../model/dataset.ts';
import {
  createFeatureWriters,
  groupFeatures,
  listFeatures,
  shortenFloat32,
  type Cell,
  type TableSchema,
} from '../../model/table.ts';
import { oneHotGroups, type LikelihoodSpec } from '../../model/specification.ts';
import type { Cube, Matrix } from '../../queue/arrays.ts';
import type { Outputs } from '../../queue/operations.ts';
import type { ModelRecord } from '../../store/models.ts';
import type { ScoredCell } from './schemas.ts';

type Output = Outputs['score'];
type Expected = ScoredCell['expected'];
type Likeliest = NonNullable<Expected['likeliest']>;

/** The cells of each row, from the arrays that byColumn and expected add to the output. */
export function toScoredCells(record: ModelRecord, output: Output): ScoredCell[][] {
  const { surprise, excess, column_at_least: atLeast, column_rows: rows } = output;
  if (!surprise || !excess || !atLeast || !rows) throw new RangeError('scores came without their columns');
  const [count, width] = surprise.shape;
  const [expect, names] = [createExpectation(record, output), nameTerms(record)];
  return Array.from({ length: count }, (_, row) => {
    const own = readRow(surprise, row);
    const shares = shareStrangeness(readRow(excess, row));
    return Array.from({ length: width }, (_unused, column): ScoredCell => {
      const value = own[column] ?? NaN;
      const among = rows.data[column] ?? 0;
      const rank = atLeast.data[row * width + column] ?? NaN;
      return {
        ...(names && { column: names[column] ?? '' }),
        surprise: shorten(value),
        share: shorten(shares[column] ?? NaN),
        p_value: Number.isNaN(value) || among === 0 ? null : toPValue(rank, among),
        expected: expect(row, column),
      };
    });
  });
}

/** Names of the columns of a table. */
function nameTerms(record: ModelRecord): string[] | null {
  const table = findTable(record);
  if (table === null) return null;
  return [...groupFeatures(table).keys()].map((column) => table.columns[column]?.name ?? '');
}

export type Expectation = (row: number, column: number) => Expected;
type ExpectedArrays = Partial<
  Pick<Output, 'low' | 'median' | 'high' | 'codes' | 'code_probabilities' | 'mean'>
>;

/** The one place where numbers of the worker become expected values in the units and words of the data set. */
export function createExpectation(record: ModelRecord, output: ExpectedArrays): Expectation {
  const table = findTable(record);
  if (table !== null) return createTableExpectation(table, output);
  return createMeanExpectation(record.model.likelihood, output.mean);
}

/** Of rows that are no table. A one-hot group has as many means as codes: they are left out. */
function createMeanExpectation(likelihood: LikelihoodSpec, mean: Matrix | undefined): Expectation {
  if (!mean || oneHotGroups(likelihood) !== null) return () => ({});
  return (row, column) => ({ mean: shortenFloat32(mean.data[row * mean.shape[1] + column] ?? NaN) });
}

function createTableExpectation(table: TableSchema, output: ExpectedArrays): Expectation {
  const { low, median, high, codes, code_probabilities: probabilities } = output;
  if (!low || !median || !high || !codes || !probabilities)
    throw new RangeError('scores came without what was expected');
  const [features, writers] = [listFeatures(table), createFeatureWriters(table)];
  const groups = [...groupFeatures(table).values()];
  const width = features.length;
  const write = (feature: number, value: number): Cell => writers[feature]?.(value) ?? null;
  const describe = (row: number, feature: number): Expected => {
    const [at, value] = [row * width + feature, median.data[row * width + feature] ?? NaN];
    if (Number.isNaN(value)) return { likeliest: listLikeliest(codes, probabilities, at, feature, write) };
    const [least, most] = [low.data[at] ?? NaN, high.data[at] ?? NaN];
    return { median: write(feature, value), low: write(feature, least), high: write(feature, most) };
  };
  return (row, column) => {
    const [first = 0, ...others] = groups[column] ?? [];
    const parts = others.map((feature) => [features[feature]?.part ?? '', describe(row, feature)] as const);
    const listed = parts.map(([part, { likeliest = [] }]) => [part, likeliest] as const);
    return { ...describe(row, first), ...(listed.length > 0 && { parts: Object.fromEntries(listed) }) };
  };
}

function listLikeliest(
  codes: Cube,
  probabilities: Cube,
  at: number,
  feature: number,
  write: (feature: number, value: number) => Cell,
): Likeliest {
  const [, , most] = codes.shape;
  const ranks = Array.from({ length: most }, (_, rank) => at * most + rank);
  return ranks.flatMap((place) => {
    const [code, probability] = [codes.data[place] ?? NaN, shorten(probabilities.data[place] ?? NaN)];
    return probability === null ? [] : [{ value: write(feature, code), probability }];
  });
}

function readRow({ shape: [, width], data }: Matrix, row: number): Float32Array {
  return data.subarray(row * width, (row + 1) * width);
}

/** To 6 digits, of which float32 has no more; null for NaN. */
function shorten(value: number): number | null {
  return Number.isNaN(value) ? null : Number(value.toPrecision(6));
}
