import Type, { type Static } from 'typebox';
import { closed } from '../specification/schema.ts';
import { valueDomain, type LikelihoodSpec, type ValueDomain } from '../specification.ts';
import { TOLERANCE } from './fit.ts';
import { ColumnProfile, type DatasetProfile } from './profile.ts';

const TestColumn = Type.Pick(ColumnProfile, ['name', 'missing', 'minimum', 'maximum', 'integers'], closed);
type TestColumn = Static<typeof TestColumn>;

/** Profile of the test rows. It serves only to check whether a likelihood explains them, never to propose one. */
export const TestProfile = Type.Object(
  {
    per_column: Type.Boolean({ description: 'As in profile.' }),
    columns: Type.Array(TestColumn),
  },
  { ...closed, title: 'TestProfile' },
);
export type TestProfile = Static<typeof TestProfile>;

export function summarizeTestRows({ per_column, columns }: DatasetProfile): TestProfile {
  return {
    per_column,
    columns: columns.map(({ name, missing, minimum, maximum, integers }) => ({
      name,
      missing,
      minimum,
      maximum,
      integers,
    })),
  };
}

/** Describes values of the test rows that the likelihood does not explain; null if none are known. */
export function findTestRowProblem(likelihood: LikelihoodSpec, known: TestProfile | null): string | null {
  if (known === null || (likelihood.family === 'mixed' && !known.per_column)) return null;
  for (const [i, column] of known.columns.entries()) {
    const problem = findColumnProblem(valueDomain(likelihood, i), column);
    if (problem !== null) return known.per_column ? `${problem} in column ${column.name}` : problem;
  }
  return null;
}

/** A warning if the likelihood does not explain the test rows. */
export function warnOfTestRows(likelihood: LikelihoodSpec | null, known: TestProfile | null): string[] {
  const problem = likelihood === null ? null : findTestRowProblem(likelihood, known);
  if (problem === null) return [];
  return [
    `The test rows have ${problem}, which the likelihood does not explain: you can neither watch nor evaluate them.`,
  ];
}

interface Profiled {
  readonly test_rows: number;
  readonly profile: DatasetProfile | null;
  readonly test_profile: TestProfile | null;
}

/** A warning if test rows have a say in what is proposed: early versions of the service made one profile of all rows. */
export function warnOfSharedProfile({ test_rows: rows, profile, test_profile: own }: Profiled): string[] {
  if (rows === 0 || profile === null || own !== null) return [];
  return [
    'An early version of the service profiled this data set with its test rows, so they influence the proposal. Upload the file again to prevent that.',
  ];
}

function findColumnProblem({ low, high, integer, missing }: ValueDomain, column: TestColumn): string | null {
  const { minimum, maximum } = column;
  if (column.missing > 0 && !missing) return 'missing values';
  if (minimum === null || maximum === null) return null;
  if (minimum < low - TOLERANCE || maximum > high + TOLERANCE) return `values from ${minimum} to ${maximum}`;
  return integer && !column.integers ? 'values that are not whole numbers' : null;
}
