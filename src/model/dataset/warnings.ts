import type { BinarizationName, LikelihoodName, LikelihoodSpec } from '../spec/likelihood.ts';
import type { ColumnProfile } from './profile.ts';

/** Real columns of which this share is exactly 0 are hardly Gaussian. */
const MANY_ZEROS = 0.25;
const MOST_NAMES = 5;
const DENSITIES: ReadonlySet<LikelihoodName> = new Set(['gaussian', 'continuous_bernoulli', 'mixed']);

interface Situation {
  readonly columns: readonly ColumnProfile[];
  readonly likelihood: LikelihoodSpec | null;
  readonly binarization: BinarizationName;
}
type Warning = (situation: Situation) => string | null;

const grey: Warning = ({ columns, likelihood, binarization }) => {
  const found = columns.filter(({ kind }) => kind === 'grey');
  if (likelihood?.family !== 'bernoulli' || binarization !== 'none' || found.length === 0) return null;
  return `${named(found)} grey values under a Bernoulli without binarization: the score is no log probability and cannot be compared with one of black and white data.`;
};

const constants: Warning = ({ columns, likelihood }) => {
  const found = columns.filter(({ kind }) => kind === 'constant');
  if (found.length === 0) return null;
  const unbounded = likelihood !== null && DENSITIES.has(likelihood.family);
  const detail = unbounded ? ', and a density at one value grows until its floor' : '';
  return `${named(found)} one value alone: nothing can be learned from it${detail}.`;
};

const missing: Warning = ({ columns, likelihood }) => {
  const found = columns.filter(({ kind, missing: share }) => share > 0 && kind !== 'empty');
  if (found.length === 0) return null;
  const most = Math.max(...found.map((column) => column.missing));
  const handled = likelihood?.family === 'mixed' ? '' : '; only the likelihood mixed can be trained on them';
  return `${named(found)} missing values (up to ${(100 * most).toFixed(1)} % of the rows)${handled}.`;
};

const zeros: Warning = ({ columns }) => {
  const real = columns.filter(({ kind }) => kind === 'real');
  const found = real.filter((column) => column.zeros > MANY_ZEROS);
  return found.length === 0 ? null : `${named(found)} many values that are exactly 0: no Gaussian has that.`;
};

const recoded: Warning = ({ columns }) => {
  const found = columns.filter(({ labels }) => labels?.some((label, code) => label !== String(code)));
  return found.length === 0
    ? null
    : `${named(found)} labels: they are stored as codes 0, 1, ... in the order listed.`;
};

const unusable: Warning = ({ columns }) => {
  const found = columns.filter(({ kind }) => kind === 'text' || kind === 'empty');
  return found.length === 0
    ? null
    : `${named(found)} nothing that can be learned (free text, or no value): leave out.`;
};

const WARNINGS: readonly Warning[] = [grey, constants, missing, zeros, recoded, unusable];

/** What to know before this likelihood is trained on these columns, in plain sentences. */
export function warningsFor(
  columns: readonly ColumnProfile[],
  likelihood: LikelihoodSpec | null,
  binarization: BinarizationName,
): string[] {
  return WARNINGS.flatMap((warning) => warning({ columns, likelihood, binarization }) ?? []);
}

function named(columns: readonly ColumnProfile[]): string {
  const names = columns.slice(0, MOST_NAMES).map(({ name }) => name);
  const others = columns.length - names.length;
  const list = others > 0 ? `${names.join(', ')} and ${others} more` : names.join(', ');
  return columns.length === 1 ? `Column ${list} has` : `${columns.length} columns (${list}) have`;
}
