import type { Role } from '../schema.ts';
import { buildCategory, buildFlag, buildLabel } from './build-codes.ts';
import { buildDatetime } from './build-datetime.ts';
import { buildCount, buildNumber } from './build-number.ts';
import type { ColumnBuilder } from './build.ts';
import type { Facts } from './facts.ts';

/** An exhaustive table: each role knows what the schema needs of its columns. */
const BUILDERS: { readonly [Name in Role]: ColumnBuilder<Name> } = {
  number: buildNumber,
  count: buildCount,
  flag: buildFlag,
  category: buildCategory,
  datetime: buildDatetime,
  label: buildLabel,
  id: (_facts, common) => ({ column: { ...common, role: 'id' }, problems: [] }),
  text: (_facts, common) => ({ column: { ...common, role: 'text' }, problems: [] }),
  ignore: (_facts, common) => ({ column: { ...common, role: 'ignore' }, problems: [] }),
};

export function buildColumn(facts: Facts, role: Role, reason: string) {
  const { rows, name } = facts;
  return BUILDERS[role](facts, { name, reason, missing: rows === 0 ? 0 : countMissing(facts) / rows });
}

/** Cells without a value, among them words that mean so. */
function countMissing({ evidence, alsoMissing, rows }: Facts): number {
  const words = (alsoMissing ?? []).reduce((sum, word) => sum + (evidence.words.counts?.get(word) ?? 0), 0);
  return rows - evidence.filled + words;
}
