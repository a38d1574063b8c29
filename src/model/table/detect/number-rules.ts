import { LIKELIHOOD_LIMITS } from '../../specification/limits.ts';
import { applyRules, decideIf, describeDifferent, type Rule } from './decision.ts';
import { findEpoch } from './epoch.ts';
import type { Facts } from './facts.ts';
import { looksLikeCounts } from './counts.ts';

/** Steps of 1 between neighbours that make numbers an index. */
const INDEX_STEPS = 0.98;
/** Fewest rows of an index, with and without a name that says so. */
const [SHORTEST_NAMED_INDEX, SHORTEST_INDEX] = [5, 20];
/** A column in which a larger share of the values is different holds no codes. */
const MOST_CODES = 0.5;

const describeRange = ({ numbers: { minimum, maximum, integers, units } }: Facts): string => {
  const kind = integers ? 'whole numbers' : 'numbers';
  const unit = units.size > 0 ? ` with ${[...units].join(' and ')}` : '';
  return minimum === maximum ? `every value is ${minimum}` : `${kind} from ${minimum} to ${maximum}${unit}`;
};

const countDifferent = ({ words, numbers }: Facts): string =>
  words.counts === null
    ? 'very many different'
    : `${Math.max(words.distinct, numbers.distinct?.size ?? 0)} different`;

const checkEpoch: Rule = (facts) => {
  const epoch = findEpoch(facts);
  return decideIf(
    epoch !== null,
    'datetime',
    () => `the name suggests a time, and the numbers are ${epoch?.description ?? ''}`,
  );
};

const checkZeroOrOne: Rule = ({ numbers: { minimum, maximum, integers, units } }) =>
  decideIf(minimum >= 0 && maximum <= 1 && integers && units.size === 0, 'flag', () =>
    minimum === maximum ? `every value is ${minimum}` : 'every value is 0 or 1',
  );

const checkId: Rule = (facts) => {
  const { hints, numbers, words } = facts;
  if (!hints.isId || !numbers.integers) return null;
  return (
    decideIf(
      words.distinctShare > MOST_CODES,
      'id',
      () => `the name says id, and ${describeDifferent(words)}`,
    ) ??
    decideIf(
      isCoverable(facts),
      'category',
      () => `the name says id, and values repeat: ${countDifferent(facts)}`,
    ) ?? { role: 'id', reason: `the name says id, and there are ${countDifferent(facts)} values` }
  );
};

const isCoverable = ({ words }: Facts): boolean =>
  words.counts !== null && words.distinct <= LIKELIHOOD_LIMITS.categories;

const checkLeadingZeros: Rule = (facts) => {
  const { leadingZeros, width, integers } = facts.numbers;
  if (!integers || leadingZeros === 0 || width === null) return null;
  const reason = `codes of ${width} digits, some with leading zeros: ${countDifferent(facts)}`;
  return (
    decideIf(isCoverable(facts) && facts.words.distinctShare <= MOST_CODES, 'category', () => reason) ?? {
      role: 'id',
      reason,
    }
  );
};

const checkIndex: Rule = ({ hints, rows, numbers: { integers, minimum, steps, count, maximum } }) =>
  decideIf(
    integers &&
      count === rows &&
      count >= (hints.isIndex ? SHORTEST_NAMED_INDEX : SHORTEST_INDEX) &&
      steps >= INDEX_STEPS * (count - 1) &&
      maximum - minimum >= INDEX_STEPS * (count - 1) &&
      (minimum === 0 || minimum === 1 || hints.isIndex) &&
      !hints.isMeasure,
    'id',
    () => `whole numbers that count up from ${minimum} to ${maximum}, as numbers of rows do`,
  );

const checkCodeName: Rule = (facts) => {
  const { hints, numbers, words } = facts;
  if (!hints.isCode || hints.isMeasure || !numbers.integers || numbers.minimum < 0) return null;
  if (numbers.units.size > 0) return null;
  if (!isCoverable(facts) || words.distinctShare > MOST_CODES)
    return {
      role: 'id',
      reason: `the name suggests codes, and ${describeDifferent(words)}`,
    };
  const different = countDifferent(facts);
  return {
    role: 'category',
    reason: `the name suggests codes, and values are whole numbers that repeat: ${different}`,
  };
};

const checkCount: Rule = (facts) =>
  decideIf(looksLikeCounts(facts), 'count', () => `${describeRange(facts)}, distributed like counts`);

const decideNumber: Rule = (facts) => ({ role: 'number', reason: describeRange(facts) });

const NUMBER_RULES: readonly Rule[] = [
  checkEpoch,
  checkZeroOrOne,
  checkId,
  checkLeadingZeros,
  checkIndex,
  checkCodeName,
  checkCount,
  decideNumber,
];

/** Decides about a column of numbers. */
export const decideAmongNumbers: Rule = (facts) => {
  const decision = applyRules(NUMBER_RULES, facts);
  const { alsoMissing } = facts;
  if (decision === null || !alsoMissing || alsoMissing.length === 0) return decision;
  return { ...decision, reason: `${decision.reason}; ${describeAlsoMissing(alsoMissing)}` };
};

/** Names a few of the words that are read as missing. */
export function describeAlsoMissing(words: readonly string[]): string {
  const shown = words.slice(0, 3).map((word) => JSON.stringify(word.slice(0, 20)));
  return `${shown.join(', ')}${words.length > 3 ? ' and others' : ''} read as missing`;
}
