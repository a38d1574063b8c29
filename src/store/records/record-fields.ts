import Type from 'typebox';
import { allowNull } from '../../model/specification.ts';

/** Fields that several records have. Their descriptions are published by the API, whose answers are made of records. */

export const Timestamp = Type.String({ format: 'date-time', description: 'RFC 3339, UTC.' });

export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const NatsPerRow = allowNull(Type.Number({ description: 'Nats per row.' }));

export const wholeNumber = (minimum: number, description: string) =>
  Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER, description });

export const RowShape = Type.Array(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), {
  minItems: 1,
  description: 'Shape of one row, such as [28, 28]. Rows with 2 axes are images.',
});

export const DataSize = wholeNumber(1, 'Values in one row: the product of row_shape.');

/** Steps are numbered with at most this many digits. */
export const STEP_DIGITS = 12;
export const Step = Type.Integer({
  minimum: 0,
  maximum: 10 ** STEP_DIGITS - 1,
  description: 'Training steps (updates of the parameters) done so far.',
});
