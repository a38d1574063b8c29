import { AppError } from '../../errors.ts';
import { countValues, type ValueDomain } from '../../model/specification.ts';

/** What every value may be. */
export type ValueRange = Omit<ValueDomain, 'missing'>;

export interface RequestRowRules {
  /** Where the rows are in the body, such as `/data`. */
  readonly pointer: string;
  readonly shape: readonly number[];
  readonly range: ValueRange;
  /** Maximum number of values in all rows together. */
  readonly maxValues: number;
}

interface Target {
  readonly rules: RequestRowRules;
  readonly values: Float32Array;
  next: number;
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

/** The inner loop of a request: one comparison per value, no allocation unless something is wrong. */
function fillLeaf(numbers: readonly unknown[], path: readonly number[], target: Target): void {
  const { low, high, integer, allowed } = target.rules.range;
  for (let index = 0; index < numbers.length; index++) {
    const value = numbers[index];
    const isInside = typeof value === 'number' && value >= low && value <= high;
    if (!isInside || (integer && !Number.isInteger(value))) {
      throw createProblem(target, [...path, index], describeValue(value), allowed);
    }
    target.values[target.next++] = value;
  }
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

export function describeValue(value: unknown): string {
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (typeof value === 'number')
    return Number.isFinite(value) ? String(value) : 'a number that is not finite';
  if (typeof value === 'string') return 'a string';
  return value === null || typeof value === 'boolean' ? String(value) : 'an object';
}
