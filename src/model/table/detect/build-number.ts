import type { TableProblem } from '../problem.ts';
import type { ColumnBuilder } from './build.ts';
import type { Facts } from './facts.ts';
import type { NumberEvidence } from './number-evidence.ts';

const FLOAT32_BITS = 24;
/** An offset must leave numbers at most this share of their size. */
const MOST_REST = 0.25;
/** The range that must be held exactly: outliers may lie outside. */
const [LOW, HIGH] = [0.01, 0.99];
const FLOAT64_DIGITS = 15;

export const buildNumber: ColumnBuilder<'number'> = (facts, common) => ({
  column: { ...common, ...describeNumbers(facts), role: 'number', offset: chooseOffset(facts.numbers) },
  problems: findNumberProblems(facts),
});

export const buildCount: ColumnBuilder<'count'> = (facts, common) => ({
  column: { ...common, ...describeNumbers(facts), role: 'count', offset: 0 },
  problems: [
    ...findNumberProblems(facts),
    ...facts.evidence.uncountable.toProblems(facts.name, 'whole numbers of at least 0, or the role number'),
  ],
});

function describeNumbers({ numbers: { grouping, units, decimals }, decimal, alsoMissing }: Facts) {
  const [unit, ...others] = units;
  return {
    format: { decimal, grouping, unit: unit !== undefined && others.length === 0 ? unit : null },
    decimals,
    also_missing: [...(alsoMissing ?? [])],
  };
}

function findNumberProblems({ name, evidence, alsoMissing, decimal }: Facts): TableProblem[] {
  const { places, infinite, dotOnly, commaOnly } = evidence;
  const number = `a number, such as 12${decimal}5, or nothing`;
  const other = decimal === '.' ? commaOnly : dotOnly;
  return [
    ...(alsoMissing === null ? places.word.toProblems(name, number) : []),
    ...places.time.toProblems(name, number),
    ...places.boolean.toProblems(name, number),
    ...infinite.toProblems(name, 'a finite number, or nothing'),
    ...other.toProblems(
      name,
      `a ${decimal === '.' ? 'point' : 'comma'} before decimal places, as in most cells of the column`,
    ),
  ];
}

/**
 * What to subtract so that float32 keeps different values apart: 0 if it does so anyway, or if the values spread too far for an
 * offset to help.
 */
export function chooseOffset({ decimals, sample, count }: NumberEvidence): number {
  const sorted = Float64Array.from(sample.values()).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, middle, high] = [at(LOW), at(0.5), at(HIGH)];
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const spacing = 2 ** (Math.floor(Math.log2(largest)) + 1 - FLOAT32_BITS);
  if (count === 0 || largest === 0 || spacing <= 10 ** -decimals) return 0;
  const rest = Math.max(high - middle, middle - low);
  return rest > MOST_REST * largest ? 0 : Number(middle.toFixed(Math.min(decimals, FLOAT64_DIGITS)));
}
