import {
  rulesOfColumn,
  type ColumnLikelihoodSpec,
  type ColumnSpec,
} from '../../specification/likelihoods/mixed.ts';
import type { RobustFields } from '../../specification/likelihoods/robust.ts';
import type { ColumnMathematics, LikelihoodFamily } from './likelihood.ts';
import { withOther } from './other.ts';
import { requireNumber } from './outlier-sources.ts';
import { withOutliers } from './outliers.ts';
import { MATHEMATICS } from './table.ts';

/** Columns of one kind, handled at once: their positions in a row, and the family of these columns alone. */
export interface Part {
  readonly columns: readonly number[];
  readonly family: LikelihoodFamily;
  /** Number of decoder outputs for them. */
  readonly outputs: number;
}

export function partsOf(columns: readonly ColumnSpec[]): Part[] {
  const kinds = new Map<string, number[]>();
  columns.forEach(({ likelihood }, i) => {
    const setting = mathematicsOf(likelihood).setting?.(likelihood) ?? 0;
    const key = `${likelihood.family} ${setting} ${listRobustFields(likelihood).join(' ')}`;
    kinds.set(key, [...(kinds.get(key) ?? []), i]);
  });
  return Array.from(kinds.values(), (positions) => {
    const specs = positions.flatMap((i) => columns[i]?.likelihood ?? []);
    const [first] = specs;
    if (!first) throw new RangeError('a part has at least one column');
    const outputs = specs.reduce((sum, spec) => sum + rulesOfColumn(spec).sizes(spec).output, 0);
    return { columns: positions, family: createFamily(specs, first), outputs };
  });
}

const listRobustFields = ({ outliers, other }: RobustFields): string[] => [
  ...(outliers ? ['outliers'] : []),
  ...(other ? ['other'] : []),
];

/** The family of columns that share everything `first` has; without robust fields, nothing is added to it. */
function createFamily(specs: readonly ColumnLikelihoodSpec[], first: ColumnLikelihoodSpec): LikelihoodFamily {
  const { family, outliers, standIn, filler } = mathematicsOf(first);
  const asked: RobustFields = first;
  const robust = asked.outliers && outliers ? withOutliers(family(specs), outliers(specs)) : family(specs);
  if (!asked.other) return robust;
  const shares = specs.map(({ other }: RobustFields) => requireNumber(other?.share));
  return withOther(robust, { shares, standIns: specs.map((spec) => standIn ?? filler?.(spec) ?? 0) });
}

/** Placeholder for a missing value of this column. */
export function fillerOf({ likelihood }: ColumnSpec): number {
  return mathematicsOf(likelihood).filler?.(likelihood) ?? 0;
}

function mathematicsOf({ family }: ColumnLikelihoodSpec): ColumnMathematics<ColumnLikelihoodSpec> {
  return MATHEMATICS[family].column as ColumnMathematics<ColumnLikelihoodSpec>;
}
