import { escapeControls } from '../terminal.ts';

/** What of a row cannot be understood. */
export interface BadCell {
  /** Null if the row as a whole cannot be understood. */
  readonly column: string | null;
  readonly found: string;
  readonly allowed: string;
}

/** What the service answers about a row, or why it has no answer. */
export type RowOutcome<Found extends object> = Found | Unread;

export interface Unread {
  readonly problems: readonly BadCell[];
}

export const isRead = <Found extends object>(outcome: RowOutcome<Found>): outcome is Found =>
  !('problems' in outcome);

/** Why a row has no answer: `row 5, price: found "abc"; allowed: a number` */
export function describeProblems(number: number, problems: readonly BadCell[]): string {
  const texts = problems.map(
    ({ column, found, allowed }) =>
      `${column === null ? '' : `${column}: `}found ${found}; allowed: ${allowed}`,
  );
  return escapeControls(`row ${number}, ${texts.join('; ') || 'too many problems to list'}`);
}
