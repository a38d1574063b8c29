import Type, { type Static } from 'typebox';
import { DatasetProfile, TestProfile } from '../../model/dataset.ts';
import { DataSize, orNull, RowShape, Sha256, Timestamp, wholeNumber } from './record-fields.ts';
import { recordFormat, type Migration } from './record-format.ts';

export const DATASET_FORMATS = ['idx', 'npy', 'csv'] as const;
export type DatasetFormat = (typeof DATASET_FORMATS)[number];

export const BYTES_PER_VALUE = { uint8: 1, float32: 4 } as const;
export type Dtype = keyof typeof BYTES_PER_VALUE;

/** dataset.json: what is known about a data set. Rows have a fixed size and are row-major; test rows, if any, come last. */
export const DatasetRecord = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    created_at: Timestamp,
    format: Type.Unsafe<DatasetFormat>({ type: 'string', enum: [...DATASET_FORMATS] }),
    rows: wholeNumber(1, 'All rows, including test rows.'),
    test_rows: wholeNumber(0, 'How many of the last rows are test rows.'),
    row_shape: RowShape,
    data_size: DataSize,
    dtype: Type.Unsafe<Dtype>({
      type: 'string',
      enum: Object.keys(BYTES_PER_VALUE),
      description: 'How values are stored.',
    }),
    scale: Type.Number({ description: 'A value is what is stored * scale.' }),
    minimum: Type.Number({ description: 'The smallest value (after scaling) that is not missing.' }),
    maximum: Type.Number({ description: 'The largest value (after scaling) that is not missing.' }),
    header: orNull(Type.Boolean(), {
      description: 'Whether the first row of a CSV file was taken as column names; null for other files.',
    }),
    sha256: Sha256,
    bytes: wholeNumber(1, 'Size of all rows as stored.'),
    profile: orNull(DatasetProfile, {
      description:
        'What the values look like, without those of test rows; null for data sets stored before profiles existed.',
    }),
    test_profile: orNull(TestProfile, {
      description:
        'What the test rows hold; null if there are none, or for data sets stored when profile covered them too.',
    }),
  },
  { additionalProperties: false },
);
export type DatasetRecord = Static<typeof DatasetRecord>;

/** Version 1 had neither a header nor a profile. */
const addHeaderAndProfile: Migration = (older) => ({ header: null, profile: null, ...older });

/** In version 2 the profile was made of all rows. */
const addTestProfile: Migration = (older) => ({ test_profile: null, ...older });

export const datasetFormat = recordFormat('dataset.json', DatasetRecord, [
  addHeaderAndProfile,
  addTestProfile,
]);
