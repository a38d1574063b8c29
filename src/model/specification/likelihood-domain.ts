import type {
  ColumnFamily,
  ColumnLikelihoodSpec,
  LikelihoodName,
  LikelihoodOf,
  LikelihoodSpec,
} from './likelihood.ts';

/** Values that a likelihood can explain. */
export interface ValueDomain {
  readonly low: number;
  readonly high: number;
  /** Whole numbers alone. */
  readonly integer: boolean;
  /** Whether a value may be missing (NaN). */
  readonly missing: boolean;
  /** For people. */
  readonly allowed: string;
}

const FLOAT32_MAX = 3.4028234663852886e38;
/** Smaller ones may be rounded to 0. */
export const SMALLEST_POSITIVE = 1.1754943508222875e-38;
/** Beyond it float32 skips whole numbers. */
export const LARGEST_COUNT = 2 ** 24;

const domain = (low: number, high: number, allowed: string, integer = false): ValueDomain => ({
  low,
  high,
  integer,
  missing: false,
  allowed,
});
const REAL = domain(-FLOAT32_MAX, FLOAT32_MAX, 'a finite number that fits float32');
const POSITIVE = domain(SMALLEST_POSITIVE, FLOAT32_MAX, 'a number above 0');
const UNIT_INTERVAL = domain(0, 1, 'a number in [0, 1]');
const BIT = domain(0, 1, '0 or 1', true);
const COUNT = domain(0, LARGEST_COUNT, 'a whole number from 0 to 2^24', true);

type Domains = {
  readonly [Name in LikelihoodName]: (spec: LikelihoodOf<Name>, element: number) => ValueDomain;
};
type ColumnDomains = {
  readonly [Family in ColumnFamily]: (spec: Extract<ColumnLikelihoodSpec, { family: Family }>) => ValueDomain;
};

const COLUMN_DOMAINS: ColumnDomains = {
  gaussian: () => REAL,
  log_normal: () => POSITIVE,
  bernoulli: () => UNIT_INTERVAL,
  poisson: () => COUNT,
  categorical: ({ categories }) => domain(0, categories - 1, `a code from 0 to ${categories - 1}`, true),
};

const DOMAINS: Domains = {
  bernoulli: () => UNIT_INTERVAL,
  continuous_bernoulli: () => UNIT_INTERVAL,
  gaussian: ({ mean }) => (mean === 'unit_interval' ? UNIT_INTERVAL : REAL),
  poisson: () => COUNT,
  categorical: () => BIT,
  mixed({ columns }, element) {
    const column = columns[element];
    if (!column) throw new RangeError(`no column ${element} of ${columns.length}`);
    const find = COLUMN_DOMAINS[column.likelihood.family] as (spec: ColumnLikelihoodSpec) => ValueDomain;
    return { ...find(column.likelihood), missing: column.missing };
  },
};

/** What one element of a row may be; without columns of their own all elements may be the same. */
export function valueDomain(spec: LikelihoodSpec, element = 0): ValueDomain {
  const find = DOMAINS[spec.family] as (spec: LikelihoodSpec, element: number) => ValueDomain;
  return find(spec, element);
}

/** The same for every element, with the name of the likelihood in what is allowed. */
export function sharedDomain(spec: Exclude<LikelihoodSpec, { family: 'mixed' }>): ValueDomain {
  const squashed = spec.family === 'gaussian' && spec.mean === 'unit_interval';
  const name = squashed ? 'gaussian with mean unit_interval' : spec.family;
  const domain = valueDomain(spec);
  return { ...domain, allowed: `${domain.allowed} (the likelihood is ${name})` };
}
