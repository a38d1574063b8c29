import { LIKELIHOOD_LIMITS } from '../../specification/limits.ts';
import { spellNumber } from '../codes.ts';
import { completeFlag, readFlag } from '../flags.ts';
import type { ColumnWithRole } from '../schema.ts';
import type { ColumnBuilder } from './build.ts';
import type { Facts } from './facts.ts';

type CodeCells = ColumnWithRole<'category'>['cells'];

const isNumberText = (word: string): boolean =>
  word !== '' && Number.isFinite(Number(word)) && spellNumber(word) === word;

export const buildFlag: ColumnBuilder<'flag'> = (facts, common) => {
  const words = [...(facts.words.counts ?? [])];
  const { labels, unknown } = nameFlag(words);
  const cells = facts.evidence.booleans.count > 0 ? 'boolean' : findCells(labels);
  const column = { ...common, role: 'flag', labels, cells } as const;
  if (unknown.length === 0 && words.length > 0) return { column, problems: [] };
  const count = unknown.reduce((sum, [, times]) => sum + times, 0);
  const [found, allowed] = [describeWords(facts), 'two different words, such as yes and no'];
  return {
    column,
    problems: [{ column: facts.name, found, allowed, count, rows: facts.evidence.places.word.rows }],
  };
};

const describeWords = ({ words: { counts, distinct } }: Facts): string => {
  const shown = [...(counts?.keys() ?? [])].slice(0, 3).map((word) => JSON.stringify(word.slice(0, 40)));
  return `${distinct} different ${distinct === 1 ? 'word' : 'words'}${shown.length > 0 ? `, such as ${shown.join(', ')}` : ''}`;
};

/** Labels for no and yes, and the words that are neither. */
function nameFlag(words: readonly (readonly [string, number])[]) {
  const known = words.filter(([word]) => readFlag(word) !== undefined);
  const names = words.map(([word]) => word);
  const [first = '0', second = '1'] = names.every(isNumberText)
    ? names.toSorted((a, b) => Number(a) - Number(b))
    : names;
  if (known.length < words.length && words.length === 2) return { labels: [first, second], unknown: [] };
  const isBit = names.length > 0 && names.every((name) => name === '0' || name === '1');
  if (isBit) return { labels: ['0', '1'], unknown: [] };
  const spelled = [0, 1].map((meaning) =>
    findMostFrequent(known.filter(([word]) => readFlag(word) === meaning)),
  );
  const complete = completeFlag(spelled.find((word) => word !== undefined) ?? 'no');
  const labels = spelled.map((word, meaning) => word ?? complete[meaning] ?? '');
  return { labels, unknown: words.filter(([word]) => readFlag(word) === undefined) };
}

const findMostFrequent = (words: readonly (readonly [string, number])[]): string | undefined =>
  words.toSorted(([, a], [, b]) => b - a)[0]?.[0];

export const buildCategory: ColumnBuilder<'category'> = (facts, common) =>
  buildCodes(facts, common, 'category');
export const buildLabel: ColumnBuilder<'label'> = (facts, common) => buildCodes(facts, common, 'label');

function buildCodes<Name extends 'category' | 'label'>(
  facts: Facts,
  common: { readonly name: string; readonly reason: string; readonly missing: number },
  role: Name,
) {
  const { counts, count, distinct } = facts.words;
  const { labels, kept } = keepMostFrequent([...(counts ?? [])]);
  const cells = facts.evidence.booleans.count === count ? 'boolean' : findCells(labels);
  const column = { ...common, role, labels, cells, other_share: count === 0 ? 0 : 1 - kept / count };
  if (counts !== null) return { column, problems: [] };
  const [found, allowed] = [
    `more than ${distinct} different words`,
    'text or id as the role: these are too many words for categories',
  ];
  const { rows } = facts.evidence.places.word;
  return { column, problems: [{ column: facts.name, found, allowed, count, rows }] };
}

/** The most frequent words in order of appearance, and how many cells have them. Of equally frequent ones, the first are kept. */
function keepMostFrequent(words: readonly (readonly [string, number])[]) {
  const order = words.map((_, index) => index).filter((index) => fits(words[index]?.[0] ?? ''));
  const best = order.toSorted((a, b) => (words[b]?.[1] ?? 0) - (words[a]?.[1] ?? 0));
  const kept = best.slice(0, LIKELIHOOD_LIMITS.categories).sort((a, b) => a - b);
  return {
    labels: kept.map((index) => words[index]?.[0] ?? ''),
    kept: kept.reduce((sum, index) => sum + (words[index]?.[1] ?? 0), 0),
  };
}

const fits = (word: string): boolean => word.length <= LIKELIHOOD_LIMITS.nameCharacters;

const findCells = (labels: readonly string[]): CodeCells =>
  labels.length > 0 && labels.every(isNumberText) ? 'number' : 'word';
