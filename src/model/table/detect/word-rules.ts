import { LIKELIHOOD_LIMITS } from '../../specification/limits.ts';
import { readFlag } from '../flags.ts';
import { decideIf, describeDifferent, formatShare, type Decision, type Rule } from './decision.ts';
import type { Facts } from './facts.ts';

/** With a larger share of different words, most occur once: nothing can be learned about them. */
const MOST_CATEGORIES = 0.5;
/** In small tables, so many different words may be categories all the same. */
const FEW_WORDS = 10;
const FEWEST_IDS = 5;
const ID_SHARE = 0.95;
const [LONGEST_ID, MOST_SPACES] = [32, 3];
/** If there are too many words to keep all, those that are kept must be this share of a column at least, ... */
const LEAST_KEPT = 0.5;
/** ... or this share, if each word occurs five times on average. */
const [LEAST_KEPT_OF_FREQUENT, FREQUENT] = [0.1, 0.2];
const MOST_SPELLINGS = 12;

/** Decides about a column of words. */
export const decideAmongWords: Rule = (facts) => checkFlag(facts) ?? checkDistinct(facts) ?? checkKept(facts);

const checkFlag: Rule = ({ words }) => {
  const found = [...(words.counts?.keys() ?? [])];
  const isFlag = found.length <= MOST_SPELLINGS && found.every((word) => readFlag(word) !== undefined);
  const meanings = new Set(found.map(readFlag));
  return decideIf(isFlag && found.length > 0, 'flag', () =>
    meanings.size === 1
      ? `every value is ${found.join(' or ')}`
      : `every value is ${found.slice(0, 4).join(' or ')}`,
  );
};

const checkDistinct: Rule = ({ hints, words }) => {
  const { counts, distinct, distinctShare, count, meanLength, spaces } = words;
  const allDiffer = distinct === count && count >= FEWEST_IDS;
  const mostDiffer = distinctShare > MOST_CATEGORIES && (counts === null || distinct > FEW_WORDS);
  if (!allDiffer && !mostDiffer) return null;
  const share = describeDifferent(words);
  if (hints.isId) return { role: 'id', reason: `the name says id, and ${share}` };
  const isShort = meanLength <= LONGEST_ID && spaces / Math.max(1, distinct) < MOST_SPACES;
  if (isShort && distinctShare >= ID_SHARE) return { role: 'id', reason: share };
  const long = isShort ? '' : `texts of ${meanLength.toFixed(0)} characters on average, and `;
  return { role: 'text', reason: `${long}${share}` };
};

/** Whether enough of the cells have one of the words that can be kept. */
const checkKept = ({ words, hints }: Facts): Decision => {
  const { counts, distinct, count, long } = words;
  if (counts === null || long > (1 - LEAST_KEPT) * count)
    return { role: hints.isId ? 'id' : 'text', reason: `more than ${distinct} different texts` };
  if (distinct <= LIKELIHOOD_LIMITS.categories) return { role: 'category', reason: describeWords(counts) };
  const kept = [...counts.values()].sort((a, b) => b - a).slice(0, LIKELIHOOD_LIMITS.categories);
  const share = kept.reduce((sum, times) => sum + times, 0) / count;
  if (share < (words.distinctShare > FREQUENT ? LEAST_KEPT : LEAST_KEPT_OF_FREQUENT))
    return {
      role: hints.isId ? 'id' : 'text',
      reason: `${distinct} different texts: the ${kept.length} most frequent are ${formatShare(share)} of the values`,
    };
  const rest = `the ${kept.length} most frequent are ${formatShare(share)} of the values, the rest becomes other`;
  return { role: 'category', reason: `${distinct} different words: ${rest}` };
};

function describeWords(counts: ReadonlyMap<string, number>): string {
  const [first = '', second = ''] = [...counts.keys()].map((word) => word.slice(0, 30));
  if (counts.size === 1) return `every value is ${first}`;
  return counts.size === 2
    ? `two words: ${first} and ${second}`
    : `${counts.size} different words, such as ${first}`;
}
