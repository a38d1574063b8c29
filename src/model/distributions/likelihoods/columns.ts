import {
  rulesOfColumn,
  type ColumnLikelihoodSpec,
  type ColumnSpec,
} from '../../specification/likelihoods/mixed.ts';
import type { ColumnMathematics, LikelihoodFamily } from './likelihood.ts';
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
    const key = `${likelihood.family} ${mathematicsOf(likelihood).setting?.(likelihood) ?? 0}`;
    kinds.set(key, [...(kinds.get(key) ?? []), i]);
  });
  return Array.from(kinds.values(), (positions) => {
    const specs = positions.flatMap((i) => columns[i]?.likelihood ?? []);
    const [first] = specs;
    if (!first) throw new RangeError('a part has at least one column');
    const outputs = specs.reduce((sum, spec) => sum + rulesOfColumn(spec).sizes(spec).output, 0);
    return { columns: positions, family: mathematicsOf(first).family(specs), outputs };
  });
}

/** Placeholder for a missing value of this column. */
export function fillerOf({ likelihood }: ColumnSpec): number {
  return mathematicsOf(likelihood).filler?.(likelihood) ?? 0;
}

function mathematicsOf({ family }: ColumnLikelihoodSpec): ColumnMathematics<ColumnLikelihoodSpec> {
  return MATHEMATICS[family].column as ColumnMathematics<ColumnLikelihoodSpec>;
}
