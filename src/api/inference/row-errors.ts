import Type, { type Static } from 'typebox';
import { AppError } from '../../errors.ts';
import { allowNull, closed } from '../http/schemas.ts';

/** Why a row is not answered. */
export const RowError = Type.Object(
  {
    row: Type.Integer({ description: 'Position of the row in the request, counted from 0.' }),
    column: allowNull(Type.String({ description: 'null if the row as a whole cannot be understood.' })),
    found: Type.String(),
    allowed: Type.String(),
  },
  { ...closed, title: 'RowError' },
);
export type RowError = Static<typeof RowError>;

/** A row error with the place of its cell in the row, as a JSON pointer. */
export interface PlacedError extends RowError {
  readonly pointer: string;
}

/** What an answer says of rows and columns that were not used; nothing if there are none. */
export const UNUSED_FIELDS = {
  errors: Type.Optional(
    Type.Array(RowError, {
      description:
        'Rows that cannot be understood, if there are any. They are null in every list; all other rows are answered. If no row can be understood, the answer is 422.',
    }),
  ),
  ignored_columns: Type.Optional(
    Type.Array(Type.String(), {
      description: 'Columns that were sent, but that the model does not use, if there are any.',
    }),
  ),
};

/** Errors: validation_failed with one problem for each bad cell, at most MOST_PROBLEMS. */
export function refuseRows(errors: readonly PlacedError[]): AppError {
  const problems = errors.slice(0, MOST_PROBLEMS).map(({ pointer, column, found, allowed }) => ({
    pointer,
    detail: `found ${found}; allowed: ${allowed}${column === null ? '' : ` (column ${column})`}`,
  }));
  return AppError.of('validation_failed', { what: 'The request' }, { problems });
}
const MOST_PROBLEMS = 100;

/** Errors: validation_failed with one problem. */
export const refuseField = (pointer: string, detail: string): AppError =>
  AppError.of('validation_failed', { what: 'The request' }, { problems: [{ pointer, detail }] });
