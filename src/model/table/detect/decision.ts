import type { Role } from '../schema.ts';
import type { Facts } from './facts.ts';
import type { WordEvidence } from './word-evidence.ts';

/** A role, and why, in a clause about the column. */
export interface Decision {
  readonly role: Role;
  readonly reason: string;
}

/** Null if the rule says nothing about such a column. */
export type Rule = (facts: Facts) => Decision | null;

export const decideIf = (condition: boolean, role: Role, reason: () => string): Decision | null =>
  condition ? { role, reason: reason() } : null;

/** The first rule that applies decides. */
export function applyRules(rules: readonly Rule[], facts: Facts): Decision | null {
  for (const rule of rules) {
    const decision = rule(facts);
    if (decision !== null) return decision;
  }
  return null;
}

export const formatShare = (share: number): string =>
  share > 0.995 && share < 1 ? 'over 99 %' : `${(100 * share).toFixed(0)} %`;

/** How many of the values are different. */
export function describeDifferent({ counts, counted, distinctShare }: WordEvidence): string {
  const values = counts === null ? `first ${counted} values` : 'values';
  if (distinctShare < 1) return `${formatShare(distinctShare)} of the ${values} are different`;
  return counts === null ? `the ${values} are all different` : 'all values are different';
}
