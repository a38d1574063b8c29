import { LIKELIHOOD_LIMITS } from '../../specification/limits.ts';
import { applyRules, decideIf, type Decision, type Rule } from './decision.ts';
import type { Facts } from './facts.ts';
import { decideAmongNumbers, describeAlsoMissing } from './number-rules.ts';
import { decideAmongWords } from './word-rules.ts';

/** More different whole numbers than these are no classes. */
const MOST_NUMBERED_CLASSES = 100;
const UNIT_TEXT = { day: 'days', month: 'months', year: 'years' } as const;

const checkEmpty: Rule = ({ evidence }) =>
  decideIf(evidence.filled === 0, 'ignore', () => 'no row has a value');

const checkLabel: Rule = ({ hints, words, numbers, evidence }) => {
  const { counts } = words;
  if (!hints.isLabel || counts === null || evidence.places.time.count > 0) return null;
  const most = evidence.places.word.count > 0 ? LIKELIHOOD_LIMITS.categories : MOST_NUMBERED_CLASSES;
  return decideIf(
    counts.size <= most && numbers.integers,
    'label',
    () => 'the name says that it is to be predicted; with the role category it is modelled',
  );
};

const checkBooleans: Rule = ({ evidence }) =>
  decideIf(evidence.booleans.count === evidence.filled, 'flag', () => 'every value is true or false');

const checkNumbers: Rule = (facts) => {
  const { number, time } = facts.evidence.places;
  const isNumber = number.count > 0 && time.count === 0 && facts.evidence.booleans.count === 0;
  return isNumber && facts.alsoMissing !== null ? decideAmongNumbers(facts) : null;
};

const checkTimes: Rule = ({ evidence, alsoMissing }) => {
  const { number, time } = evidence.places;
  const isTime = time.count > 0 && number.count === 0 && evidence.booleans.count === 0;
  return decideIf(isTime && alsoMissing !== null, 'datetime', () =>
    [describeTimes(evidence), ...(alsoMissing?.length ? [describeAlsoMissing(alsoMissing)] : [])].join('; '),
  );
};

const checkMixture: Rule = ({ evidence: { places } }) => {
  const kinds = [
    ...(places.time.count > 0 ? ['dates'] : []),
    ...(places.number.count > 0 ? ['numbers'] : []),
    ...(places.word.count > 0 ? ['words'] : []),
  ];
  const isMixed = places.time.count > 0 && kinds.length > 1;
  return decideIf(isMixed, 'text', () => `a mixture of ${kinds.join(' and ')}`);
};

const RULES: readonly Rule[] = [
  checkEmpty,
  checkLabel,
  checkBooleans,
  checkNumbers,
  checkTimes,
  checkMixture,
  decideAmongWords,
];

export function decideRole(facts: Facts): Decision {
  return applyRules(RULES, facts) ?? { role: 'ignore', reason: 'nothing is known of its values' };
}

function describeTimes({ times }: Facts['evidence']): string {
  const { unit, order, orders } = times;
  const kind = unit in UNIT_TEXT ? 'dates' : 'dates with times';
  const isProved = orders.dmy + orders.mdy > 0;
  return isProved
    ? `${kind}, the ${order === 'dmy' ? 'day' : 'month'} before the ${order === 'dmy' ? 'month' : 'day'}`
    : kind;
}
