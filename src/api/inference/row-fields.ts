import Type, { type Static, type TProperties } from 'typebox';
import { ARRAY_BODY } from '../http/media.ts';
import { Checkpoint, PUBLISHED, closed } from '../http/schemas.ts';

/** The fields of requests that hold rows, in one of several forms. */

export const MAX_STORED_ROWS = 10_000;

export const modelId = Type.String({ minLength: 1, maxLength: 100 });

/** Rows are checked by hand (src/api/inference/rows.ts): a schema validator is too slow for a million numbers. */
const defineRows = (description: string, items: object) =>
  Type.Unsafe<unknown[]>({
    type: 'array',
    minItems: 1,
    description,
    [PUBLISHED]: { items },
  });
/** An array inside a row, if rows are nested. */
const NESTED = { type: 'array', items: {} };
const NUMBERS = { type: 'array', items: { anyOf: [{ type: 'number' }, NESTED] } };
const CELL = { anyOf: ['number', 'string', 'boolean', 'null'].map((type) => ({ type })) };

const data = defineRows(
  'Rows, each flat (data_size numbers) or nested as in row_shape. A row of a table is an array of all columns in the order of the file, or of those that the model uses, or an object with column names as keys. Write values as in the file; null or an absent field is a missing value.',
  {
    anyOf: [
      { type: 'array', items: { anyOf: [CELL, NESTED] } },
      { type: 'object', title: 'RowByName', additionalProperties: CELL },
    ],
  },
);

const defineBase64 = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));
const defineShape = (description: string) =>
  Type.Optional(
    Type.Array(Type.Integer({ minimum: 1, maximum: 2 ** 31 }), { minItems: 2, maxItems: 8, description }),
  );
const defineElement = <const Name extends string>(names: readonly Name[], description: string) =>
  Type.Optional(Type.Unsafe<Name>({ type: 'string', enum: [...names], description }));

export const defineDatasetRow = (description: string) =>
  Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, description });

/** Rows of data: exactly one of data, data_base64 and rows. */
export const SENT_ROWS = {
  data: Type.Optional(data),
  data_base64: defineBase64(
    'Rows as one array instead of `data`: its little-endian bytes in row-major order as base64 (RFC 4648). NaN is a missing value. For tables whose columns hold no words or dates.',
  ),
  shape: defineShape(
    'Of data_base64: [rows, ...row_shape] or [rows, data_size]; for tables [rows, columns], all of the file or those that the model uses.',
  ),
  dtype: defineElement(
    ['float32', 'uint8'],
    "Of data_base64. uint8 is multiplied by the data set's `scale`, as at its upload; float32 is taken as it is. Default: float32.",
  ),

  rows: Type.Optional(
    Type.Array(defineDatasetRow('Row number, counted from 0.'), {
      minItems: 1,
      maxItems: MAX_STORED_ROWS,
      description: "Rows of the model's data set, instead of `data`.",
    }),
  ),
};

/** Points of latent space: exactly one of latents and latents_base64. */
export const SENT_LATENTS = {
  latents: Type.Optional(defineRows('Points z, latent_size numbers each.', NUMBERS)),
  latents_base64: defineBase64(
    'Points as one array instead of `latents`: its little-endian float32 bytes in row-major order as base64 (RFC 4648).',
  ),
  shape: defineShape('Of latents_base64: [points, latent_size].'),
  dtype: defineElement(['float32'], 'Of latents_base64. Default: float32.'),
};

export type RowFields = Static<Type.TObject<typeof SENT_ROWS>>;
export type LatentFields = Static<Type.TObject<typeof SENT_LATENTS>>;

/** These cannot be in the query beside an NPY file. */
export const JSON_FIELDS = [...new Set(Object.keys({ ...SENT_ROWS, ...SENT_LATENTS })), 'given', 'hidden'];

export const defineRequest = <Fields extends TProperties>(fields: Fields) =>
  Type.Object({ model_id: modelId, checkpoint: Checkpoint, ...fields }, closed);

/** A request whose rows can also be an NPY file in place of the body. */
export const defineRowRequest = <Fields extends TProperties>(fields: Fields) =>
  Type.Object(
    { model_id: modelId, checkpoint: Checkpoint, ...fields },
    { ...closed, [ARRAY_BODY]: JSON_FIELDS },
  );
