import { AppError } from '../../errors.ts';
import {
  countValues,
  isInside,
  isShared,
  REAL,
  sharedDomain,
  type ValueDomain,
} from '../../model/specification.ts';
import type { Matrix, Vector } from '../../queue/arrays.ts';
import type { ModelRecord } from '../../store/models.ts';
import type { ApiOptions } from '../types.ts';
import { describeValue } from './describe-value.ts';
import { findTable } from '../../model/dataset.ts';
import { refuseRows, type PlacedError, type RowError } from './row-errors.ts';
import { parseTable } from './table-rows.ts';

export interface RequestRowRules {
  /** Where the rows are in the body, such as `/data`. */
  readonly pointer: string;
  readonly shape: readonly number[];
  /** What every value may be; null is a missing value. */
  readonly range: ValueDomain;
  /** Maximum number of values in all rows together. */
  readonly maxValues: number;
}

interface Target {
  readonly rules: RequestRowRules;
  readonly values: Float32Array;
  next: number;
}

/** Rows of a request. */
export interface RequestRows extends Matrix {
  /** Cells that cannot be understood; the values of their rows are those of another row. */
  readonly errors: readonly PlacedError[];
  /** Names of columns that were sent but that the model does not use. */
  readonly ignored: readonly string[];
}

/**
 * Parses rows of data for a model; missing values of a table are NaN. Errors: too_large, those of parseRows; for a table
 * validation_failed if no row can be understood.
 */
export function parseData(
  api: ApiOptions,
  record: ModelRecord,
  rows: readonly unknown[],
  pointer = '/data',
): RequestRows {
  const { data_size: size, row_shape: shape } = record;
  const { likelihood } = record.model;
  const maxValues = api.config.maxInferenceValues;
  checkValues('data', rows.length * size, maxValues);
  const table = findTable(record);
  if (table !== null) {
    const { values, errors, ignored } = parseTable(rows, pointer, table, likelihood);
    replaceBadRows(values, size, errors);
    return { shape: [rows.length, size], data: values, errors, ignored };
  }
  if (!isShared(likelihood)) throw new RangeError(`model ${record.id} has columns but no table`);
  const data = parseRows(rows, { pointer, maxValues, shape, range: sharedDomain(likelihood) });
  return { shape: [rows.length, size], data, errors: [], ignored: [] };
}

/** All rows keep their places, on which noise depends, so bad ones get the values of the first good one. */
function replaceBadRows(values: Float32Array, size: number, errors: readonly PlacedError[]): void {
  const bad = new Set(errors.map(({ row }) => row));
  let good = 0;
  while (bad.has(good)) good += 1;
  if (good * size >= values.length) throw refuseRows(errors);
  for (const row of bad) values.copyWithin(row * size, good * size, (good + 1) * size);
}

/** Puts null in the place of every row that could not be understood. */
export function leaveOutBad<T>(rows: RequestRows, answers: readonly T[]): (T | null)[] {
  const bad = new Set(rows.errors.map(({ row }) => row));
  return answers.map((answer, row) => (bad.has(row) ? null : answer));
}

/** The answers of rows that could be understood. */
export function keepGood(rows: RequestRows, answers: Vector): number[] {
  const bad = new Set(rows.errors.map(({ row }) => row));
  return Array.from(answers.data).filter((_, row) => !bad.has(row));
}

/** What an answer says of rows and columns that were not used; nothing if there are none. */
export function describeUnused({ errors, ignored }: RequestRows): {
  errors?: RowError[];
  ignored_columns?: string[];
} {
  return {
    ...(errors.length > 0 && { errors: errors.map(({ pointer, ...error }) => error) }),
    ...(ignored.length > 0 && { ignored_columns: [...ignored] }),
  };
}

/** Parses points of latent space. Errors: those of parseRows. */
export function parseLatents(api: ApiOptions, record: ModelRecord, rows: readonly unknown[]): Matrix {
  const size = record.model.latent_size;
  const values = parseRows(rows, {
    pointer: '/latents',
    shape: [size],
    range: REAL,
    maxValues: api.config.maxInferenceValues,
  });
  return { shape: [rows.length, size], data: values };
}

/**
 * Parses rows of a request into one float32 array [rows.length, size], row-major. A row is flat (size numbers) or nested
 * as in rules.shape. Errors: too_large; validation_failed with the pointer of the first bad row or value.
 */
export function parseRows(rows: readonly unknown[], rules: RequestRowRules): Float32Array {
  const size = countValues(rules.shape);
  checkValues(rules.pointer.slice(1), rows.length * size, rules.maxValues);
  const target: Target = { rules, values: new Float32Array(rows.length * size), next: 0 };
  const flat = [size];
  for (const [index, row] of rows.entries()) {
    const nested = Array.isArray(row) && Array.isArray(row[0]);
    fill(row, nested ? rules.shape : flat, [index], target);
  }
  return target.values;
}

/** Errors: too_large if a request or its answer would have too many values. */
export function checkValues(what: string, values: number, limit: number): void {
  if (values > limit) throw AppError.of('too_large', { what: `${what} (${values})`, limit, unit: 'values' });
}

function fill(value: unknown, shape: readonly number[], path: readonly number[], target: Target): void {
  const [length = 0, ...rest] = shape;
  if (!Array.isArray(value))
    throw createProblem(target, path, describeValue(value), `an array of length ${length}`);
  if (value.length !== length) {
    throw createProblem(
      target,
      path,
      `an array of length ${value.length}`,
      `length ${describeLengths(target, path)}`,
    );
  }
  if (rest.length === 0) {
    fillLeaf(value, path, target);
    return;
  }
  for (const [index, child] of value.entries()) fill(child, rest, [...path, index], target);
}

/** The inner loop of a request: a few comparisons per value, no allocation unless something is wrong. */
function fillLeaf(numbers: readonly unknown[], path: readonly number[], target: Target): void {
  const { values, next } = target;
  const { range } = target.rules;
  for (let index = 0; index < numbers.length; index++) {
    const found = numbers[index];
    const value = found === null ? NaN : found;
    if (typeof value !== 'number' || !isInside(value, range)) {
      const all = range.missing ? `${range.allowed}, or null` : range.allowed;
      throw createProblem(target, [...path, index], describeValue(numbers[index]), all);
    }
    values[next + index] = value;
  }
  target.next = next + numbers.length;
}

function describeLengths({ rules }: Target, path: readonly number[]): string {
  const { shape } = rules;
  if (path.length > 1) return String(shape[path.length - 1] ?? 0);
  return shape.length > 1
    ? `${countValues(shape)}, or nested as [${shape.join(', ')}]`
    : String(countValues(shape));
}

function createProblem(target: Target, path: readonly number[], found: string, allowed: string): AppError {
  const pointer = [target.rules.pointer, ...path].join('/');
  return AppError.of(
    'validation_failed',
    { what: 'The request' },
    { problems: [{ pointer, detail: `found ${found}; allowed: ${allowed}` }] },
  );
}
