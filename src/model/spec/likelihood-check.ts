import type { LikelihoodName, LikelihoodOf, LikelihoodSpec } from './likelihood.ts';

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
  mixed({ columns }, dataSize) {
    const names = columns.map(({ name }) => name);
    const twice = names.findIndex((name, i) => names.indexOf(name) < i);
    const size = {
      pointer: '/columns',
      found: `${columns.length} columns`,
      allowed: `${dataSize}, the size of a row`,
    };
    const name = {
      pointer: `/columns/${twice}/name`,
      found: 'a name used before',
      allowed: 'a name of its own',
    };
    return [...(columns.length === dataSize ? [] : [size]), ...(twice < 0 ? [] : [name])];
  },
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

/** The likelihood against the size of a row, and its fields against each other; none where all is well. */
export function likelihoodProblems(spec: LikelihoodSpec, dataSize: number): LikelihoodProblem[] {
  const check = CHECKS[spec.family] as (spec: LikelihoodSpec, dataSize: number) => LikelihoodProblem[];
  return check(spec, dataSize);
}
