import Type, { type Static } from 'typebox';
import { BINARIZATIONS, ChosenLikelihood, type BinarizationName } from '../../model/specification.ts';
import { DATASET_FORMATS, DatasetRecord, type DatasetFormat } from '../../store/records/dataset-record.ts';
import { DEFAULT_MISSING_MARKS, ROLES } from '../../model/table.ts';
import { FORM_TYPE } from '../http/media.ts';
import { PUBLISHED, closed, allowNull } from '../http/schemas.ts';

export const MAX_NAME = 200;

export const UploadQuery = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_NAME,
        description: 'Default: the name of the file in a form, otherwise unnamed.',
      }),
    ),
    format: Type.Optional(
      Type.Unsafe<DatasetFormat>({
        type: 'string',
        enum: [...DATASET_FORMATS],
        description: 'Default: recognised from the first bytes.',
      }),
    ),
    scale: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1e12,
        description:
          'A value is stored * scale. Default: 1/255 for uint8 with values above 1, else 1. A table with a scale is read as an array of numbers, without roles.',
      }),
    ),
    test_rows: Type.Optional(
      Type.Integer({ minimum: 0, description: 'How many of the last rows are test rows. Default 0.' }),
    ),
    header: Type.Unsafe<'auto' | 'true' | 'false'>({
      type: 'string',
      enum: ['auto', 'true', 'false'],
      default: 'auto',
      description:
        'CSV: whether the first row names the columns. auto: it does if its cells are words or empty.',
    }),
    columns: Type.Optional(
      Type.String({
        maxLength: 2 ** 18,
        description: `Tables: roles of columns in place of those that are detected, as JSON, such as {"order_id":"id"}. Roles: ${ROLES.join(', ')}.`,
      }),
    ),
    encoding: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 40,
        description:
          'CSV and JSON: the encoding, such as windows-1252. Default: the charset of the content type, otherwise UTF-8.',
      }),
    ),
    missing: Type.Optional(
      Type.String({
        maxLength: 10_000,
        description: `Tables: words that mean a missing value, separated by commas. Empty cells are always missing. Default: ${DEFAULT_MISSING_MARKS.join(', ')}.`,
      }),
    ),
  },
  closed,
);
export type UploadQuery = Static<typeof UploadQuery>;

export const ChangeQuery = Type.Object(
  {
    name: Type.Optional(
      Type.String({ minLength: 1, maxLength: MAX_NAME, description: 'Default: that of the data set.' }),
    ),
  },
  closed,
);

/** The body is the raw file; the store checks its bytes. */
export const UploadBody = {
  description:
    'The file, gzip-compressed or not, or a form with the file and settings as fields. Tables (CSV, JSON Lines, a JSON array of objects, Parquet) have columns with roles. Arrays (NPY, NPZ, IDX, a ZIP file of PNG images) have rows of numbers; NaN is a missing value.',
  content: {
    'application/octet-stream': {
      schema: Type.Unsafe({ [PUBLISHED]: { type: 'string', format: 'binary' } }),
    },
    [FORM_TYPE]: {
      schema: Type.Unsafe({
        [PUBLISHED]: {
          type: 'object',
          required: ['file'],
          properties: { file: { type: 'string', format: 'binary' } },
        },
      }),
    },
  },
};

export const Dataset = Type.Omit(DatasetRecord, ['profile', 'test_profile', 'table'], {
  title: 'Dataset',
  ...closed,
  description: 'A data set.',
});
export type Dataset = Static<typeof Dataset>;

const Proposal = Type.Object(
  {
    likelihood: allowNull(ChosenLikelihood, {
      description: 'Used by `POST /jobs` if the request names none; null if none suits.',
    }),
    binarization: Type.Unsafe<BinarizationName>({
      type: 'string',
      enum: [...BINARIZATIONS],
      description: 'Only a suggestion: training.binarization is none unless you set it.',
    }),
    reasons: Type.Array(Type.String()),
  },
  { ...closed, title: 'DatasetProposal' },
);

export const DatasetDetails = Type.Object(
  {
    ...DatasetRecord.properties,
    proposal: allowNull(Proposal),
    warnings: Type.Array(Type.String(), {
      description: 'What you should know before you train the proposed likelihood on these data.',
    }),
  },
  {
    title: 'DatasetDetails',
    ...closed,
    description:
      'A data set, what its values look like, and the likelihood of a job that does not name one. Data sets stored by versions that did not look have neither profile nor proposal.',
  },
);
export type DatasetDetails = Static<typeof DatasetDetails>;
