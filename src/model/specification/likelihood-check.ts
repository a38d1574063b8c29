import type {
  ColumnFamily,
  ColumnLikelihoodSpec,
  ColumnSpec,
  LikelihoodName,
  LikelihoodOf,
  LikelihoodSpec,
} from './likelihood.ts';

/** What a schema cannot see. `pointer` is inside the likelihood, e.g. `/groups`. */
export interface LikelihoodProblem {
  readonly pointer: string;
  readonly found: string;
  readonly allowed: string;
}

type Checks = {
  readonly [Name in LikelihoodName]: (spec: LikelihoodOf<Name>, dataSize: number) => LikelihoodProblem[];
};

const none = (): LikelihoodProblem[] => [];

const CHECKS: Checks = {
  bernoulli: none,
  continuous_bernoulli: none,
  gaussian: gaussianProblems,
  poisson: none,
  categorical({ groups }, dataSize) {
    const size = groups.reduce((sum, group) => sum + group, 0);
    const [found, allowed] = [`groups of ${size} elements together`, `${dataSize}, the size of a row`];
    return size === dataSize ? [] : [{ pointer: '/groups', found, allowed }];
  },
  mixed: mixedProblems,
};

function gaussianProblems(spec: LikelihoodOf<'gaussian'>, dataSize: number): LikelihoodProblem[] {
  const { mean, variance, standardise, transform, standard_deviation: deviation } = spec;
  const problems: LikelihoodProblem[] = [];
  if (mean === 'unit_interval' && (standardise === 'per_element' || transform))
    problems.push({
      pointer: '/mean',
      found: 'unit_interval of standardised values',
      allowed: 'free, or values that are not standardised',
    });
  if (deviation !== undefined && variance !== 'fixed')
    problems.push({
      pointer: '/standard_deviation',
      found: `a standard deviation with variance ${variance}`,
      allowed: 'variance fixed',
    });
  for (const [name, numbers] of Object.entries(transform ?? {})) {
    if (numbers.length === dataSize) continue;
    const [found, allowed] = [`${numbers.length} numbers`, `${dataSize}, the size of a row`];
    problems.push({ pointer: `/transform/${name}`, found, allowed });
  }
  return problems;
}

function mixedProblems({ columns }: LikelihoodOf<'mixed'>, dataSize: number): LikelihoodProblem[] {
  const names = new Set<string>();
  const size = {
    pointer: '/columns',
    found: `${columns.length} columns`,
    allowed: `${dataSize}, the size of a row`,
  };
  const own = columns.flatMap((column, i) => {
    const pointer = `/columns/${i}`;
    const name = { pointer: `${pointer}/name`, found: 'a name used before', allowed: 'a name of its own' };
    const isTwice = names.has(column.name);
    names.add(column.name);
    return [...(isTwice ? [name] : []), ...labelProblems(column, `${pointer}/labels`)];
  });
  return [...(columns.length === dataSize ? [] : [size]), ...own];
}

function labelProblems({ labels, likelihood }: ColumnSpec, pointer: string): LikelihoodProblem[] {
  if (!labels) return [];
  const codes = CODES[likelihood.family](likelihood);
  if (codes === 0) return [{ pointer, found: `labels of ${likelihood.family} values`, allowed: 'none' }];
  if (labels.length !== codes) {
    const [found, allowed] = [`${labels.length} labels`, `${codes}, one for each code`];
    return [{ pointer, found, allowed }];
  }
  const isTwice = new Set(labels).size < labels.length;
  return isTwice ? [{ pointer, found: 'a label used before', allowed: 'labels of their own' }] : [];
}

/** How many codes values of a column may be; 0 where they are numbers. */
const CODES: { readonly [Family in ColumnFamily]: (likelihood: ColumnLikelihoodSpec) => number } = {
  gaussian: () => 0,
  log_normal: () => 0,
  poisson: () => 0,
  bernoulli: () => 2,
  categorical: (likelihood) => (likelihood.family === 'categorical' ? likelihood.categories : 0),
};

/** The likelihood against the size of a row, and its fields against each other; none where all is well. */
export function likelihoodProblems(spec: LikelihoodSpec, dataSize: number): LikelihoodProblem[] {
  const check = CHECKS[spec.family] as (spec: LikelihoodSpec, dataSize: number) => LikelihoodProblem[];
  return check(spec, dataSize);
}
