import * as tf from '@tensorflow/tfjs';
import type { ColumnFamily, ColumnLikelihoodSpec, ColumnSpec } from '../../specification/likelihood.ts';
import { bernoulli } from './bernoulli.ts';
import { codes } from './codes.ts';
import { gaussian } from './gaussian.ts';
import type { LikelihoodFamily } from './likelihood.ts';
import { logNormal } from './log-normal.ts';
import { poisson } from './poisson.ts';

type SpecOf<Family extends ColumnFamily> = Extract<ColumnLikelihoodSpec, { family: Family }>;

interface ColumnRules<Family extends ColumnFamily> {
  /** One family for all columns of this kind that share {@link ColumnRules.setting}. */
  readonly family: (columns: readonly SpecOf<Family>[]) => LikelihoodFamily;
  readonly setting: (column: SpecOf<Family>) => number;
  /** What the encoder is shown as 0 (or all zeros): it stands where a value is missing. */
  readonly filler: (column: SpecOf<Family>) => number;
}
type RulesTable = { readonly [Family in ColumnFamily]: ColumnRules<Family> };

const nothing = () => 0;

const RULES: RulesTable = {
  gaussian: {
    family: (columns) =>
      gaussian({
        family: 'gaussian',
        mean: 'free',
        variance: 'per_element',
        ...realColumns(columns),
      }),
    setting: (column) => column.minimum_standard_deviation,
    filler: ({ transform }) => transform?.shift ?? 0,
  },
  log_normal: {
    family: (columns) => logNormal(realColumns(columns)),
    setting: (column) => column.minimum_standard_deviation,
    filler: ({ transform }) => Math.exp(transform?.shift ?? 0),
  },
  bernoulli: { family: bernoulli, setting: nothing, filler: nothing },
  /** Counts may be large: the encoder sees log(1 + x). */
  poisson: {
    family: () => ({ ...poisson(), encoderInput: (x) => tf.log1p(x) }),
    setting: nothing,
    filler: nothing,
  },
  categorical: {
    family: (columns) => codes(columns.map(({ categories }) => categories)),
    setting: nothing,
    filler: () => -1,
  },
};

/** Columns of one kind, handled at once: their positions in a row, and the family of these columns alone. */
export interface Part {
  readonly columns: readonly number[];
  readonly family: LikelihoodFamily;
}

export function partsOf(columns: readonly ColumnSpec[]): Part[] {
  const kinds = new Map<string, number[]>();
  columns.forEach(({ likelihood }, i) => {
    const key = `${likelihood.family} ${rulesOf(likelihood).setting(likelihood)}`;
    kinds.set(key, [...(kinds.get(key) ?? []), i]);
  });
  return Array.from(kinds.values(), (positions) => {
    const specs = positions.flatMap((i) => columns[i]?.likelihood ?? []);
    const [first] = specs;
    if (!first) throw new RangeError('a part has at least one column');
    return { columns: positions, family: rulesOf(first).family(specs) };
  });
}

/** What stands for a missing value of this column. */
export function fillerOf({ likelihood }: ColumnSpec): number {
  return rulesOf(likelihood).filler(likelihood);
}

function rulesOf(likelihood: ColumnLikelihoodSpec): ColumnRules<ColumnFamily> {
  return RULES[likelihood.family] as ColumnRules<ColumnFamily>;
}

type RealColumn = SpecOf<'gaussian'> | SpecOf<'log_normal'>;

function realColumns(columns: readonly RealColumn[]) {
  const minimum_standard_deviation = columns[0]?.minimum_standard_deviation ?? 0;
  if (columns.every(({ transform }) => !transform)) return { minimum_standard_deviation };
  const shift = columns.map(({ transform }) => transform?.shift ?? 0);
  const scale = columns.map(({ transform }) => transform?.scale ?? 1);
  return { minimum_standard_deviation, transform: { shift, scale } };
}
