import Type, { type Static } from 'typebox';
import { BINARIZATIONS, ChosenLikelihood, type BinarizationName } from '../../model/specification.ts';
import { DATASET_FORMATS, DatasetRecord, type DatasetFormat } from '../../store/records/dataset-record.ts';
import { PUBLISHED, closed, allowNull } from '../http/schemas.ts';

export const UploadQuery = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, default: 'unnamed' }),
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
        description: 'A value is stored * scale. Default: 1/255 for uint8 with values above 1, else 1.',
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
        'CSV: whether the first row names the columns. auto: it does if it has words and otherwise only empty cells.',
    }),
  },
  closed,
);
export type UploadQuery = Static<typeof UploadQuery>;

/** The body is the raw file; the store checks its bytes. */
export const UploadBody = {
  description:
    'The file: IDX, NPY or CSV, gzip-compressed or not. CSV: a column holds numbers or, if its first value is a word, categories; empty cells, NA, N/A, NaN and null are missing values, as is NaN in NPY and IDX.',
  content: {
    'application/octet-stream': {
      schema: Type.Unsafe({ [PUBLISHED]: { type: 'string', format: 'binary' } }),
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
    likelihood: Type.Union([ChosenLikelihood, Type.Null()], {
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
