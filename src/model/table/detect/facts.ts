import { readNumber, type DecimalSeparator } from '../numbers.ts';
import type { ColumnEvidence } from './column-evidence.ts';
import { readName, type NameHints } from './names.ts';
import type { NumberEvidence } from './number-evidence.ts';
import type { WordEvidence } from './word-evidence.ts';

/** What the rules for roles look at. */
export interface Facts {
  readonly name: string;
  readonly hints: NameHints;
  readonly rows: number;
  readonly evidence: ColumnEvidence;
  readonly decimal: DecimalSeparator;
  /** The numbers, read with that separator. */
  readonly numbers: NumberEvidence;
  /** All cells as words, except times. */
  readonly words: WordEvidence;
  /** Words among numbers or times that mean a missing value; null if there are too many for that. */
  readonly alsoMissing: readonly string[] | null;
}

/** A few words in a column of numbers or times mean that the value is missing: 'unknown', 'see below'. */
const [MOST_MISSING_WORDS, MOST_MISSING_SHARE] = [16, 0.1];

export function gatherFacts(
  name: string,
  rows: number,
  evidence: ColumnEvidence,
  decimal: DecimalSeparator,
): Facts {
  return {
    name,
    hints: readName(name),
    rows,
    evidence,
    decimal,
    numbers: decimal === ',' ? (evidence.comma ?? evidence.dot) : evidence.dot,
    words: evidence.mergeWords(),
    alsoMissing: findMissingWords(evidence),
  };
}

/** The separator that the cells prove, or null if they leave it open. */
export function findDecimal({ dotOnly, commaOnly }: ColumnEvidence): DecimalSeparator | null {
  if (dotOnly.count === 0 && commaOnly.count === 0) return null;
  return commaOnly.count > dotOnly.count ? ',' : '.';
}

function findMissingWords({ filled, places, words }: ColumnEvidence): string[] | null {
  if (places.word.count === 0) return [];
  if (places.word.count > MOST_MISSING_SHARE * filled || words.long > 0) return null;
  const isWord = (text: string): boolean => readNumber(text, '.') === null && readNumber(text, ',') === null;
  const found = [...(words.counts?.keys() ?? [])].filter(isWord);
  return words.counts === null || found.length > MOST_MISSING_WORDS ? null : found;
}
