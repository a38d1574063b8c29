import type { BinarizationName } from '../specification/binarization.ts';
import { isDensity, isShared, takesBinarization, type LikelihoodSpec } from '../specification/likelihood.ts';
import type { ColumnProfile, DatasetProfile } from './profile.ts';

/** A Gaussian does not suit a real column if a larger share than this is exactly 0. */
const MANY_ZEROS = 0.25;
const MOST_NAMES = 5;
/** A number before any letter: a price, a share, a date, or a number with a decimal comma. */
const LIKE_A_NUMBER = /^[^\p{L}\d]*\d/u;

interface Situation {
  readonly profile: DatasetProfile;
  readonly likelihood: LikelihoodSpec | null;
  readonly binarization: BinarizationName;
}
type Warning = (situation: Situation) => string | null;

const warnOfGrey: Warning = ({ profile, likelihood, binarization }) => {
  const found = profile.columns.filter(({ kind }) => kind === 'grey');
  if (likelihood === null || !takesBinarization(likelihood)) return null;
  if (binarization !== 'none' || found.length === 0) return null;
  return `${describeColumns(profile, found)} grey values under a Bernoulli without binarization: the score is not a log probability and cannot be compared with one for black-and-white data. Set training.binarization to turn them into zeros and ones.`;
};

const warnOfConstants: Warning = ({ profile, likelihood }) => {
  const found = profile.columns.filter(({ kind }) => kind === 'constant');
  if (found.length === 0) return null;
  const unbounded = likelihood !== null && isDensity(likelihood);
  const detail = unbounded
    ? ', and the density there grows until the minimum standard deviation stops it'
    : '';
  return `${describeColumns(profile, found)} only one value: nothing can be learned from it${detail}.`;
};

const warnOfMissing: Warning = ({ profile, likelihood }) => {
  const found = profile.columns.filter(({ kind, missing: share }) => share > 0 && kind !== 'empty');
  if (found.length === 0) return null;
  const most = Math.max(...found.map((column) => column.missing));
  const handled =
    likelihood && !isShared(likelihood) ? '' : '; only the likelihood mixed can be trained on them';
  return `${describeColumns(profile, found)} missing values (up to ${(100 * most).toFixed(1)} % of the rows)${handled}.`;
};

const warnOfZeros: Warning = ({ profile }) => {
  const real = profile.columns.filter(({ kind }) => kind === 'real');
  const found = real.filter((column) => column.zeros > MANY_ZEROS);
  if (found.length === 0) return null;
  return `${describeColumns(profile, found)} many values that are exactly 0, which a Gaussian does not explain.`;
};

const warnOfNumbersAsWords: Warning = ({ profile }) => {
  const found = profile.columns.filter(
    ({ role, labels }) => role === undefined && labels?.some((label) => LIKE_A_NUMBER.test(label)),
  );
  if (found.length === 0) return null;
  return `${describeColumns(profile, found)} words that look like numbers or dates: they become categories without an order. A column is read as numbers only if every cell is a number, such as 12.5, or empty.`;
};

const warnOfEmpty: Warning = ({ profile }) => {
  const found = profile.columns.filter(({ kind }) => kind === 'empty');
  return found.length === 0 ? null : `${describeColumns(profile, found)} no value: nothing can be learned.`;
};

const WARNINGS: readonly Warning[] = [
  warnOfGrey,
  warnOfConstants,
  warnOfMissing,
  warnOfZeros,
  warnOfNumbersAsWords,
  warnOfEmpty,
];

/** Warnings for whoever trains this likelihood on these data, in full sentences. */
export function warningsFor(
  profile: DatasetProfile,
  likelihood: LikelihoodSpec | null,
  binarization: BinarizationName,
): string[] {
  return WARNINGS.flatMap((warning) => warning({ profile, likelihood, binarization }) ?? []);
}

function describeColumns(
  { per_column: perColumn }: DatasetProfile,
  columns: readonly ColumnProfile[],
): string {
  if (!perColumn) return 'The data have';
  const names = columns.slice(0, MOST_NAMES).map(({ name }) => name);
  const others = columns.length - names.length;
  const list = others > 0 ? `${names.join(', ')} and ${others} more` : names.join(', ');
  return columns.length === 1 ? `Column ${list} has` : `${columns.length} columns (${list}) have`;
}
