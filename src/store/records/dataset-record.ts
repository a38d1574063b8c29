import Type, { type Static } from 'typebox';
import { DatasetProfile, TestProfile } from '../../model/dataset.ts';
import { allowNull } from '../../model/specification.ts';
import { ROLES, TableSchema, type Role } from '../../model/table.ts';
import { ARRAY_FORMATS, TABLE_FORMATS } from '../formats/file.ts';
import { DataSize, RowShape, Sha256, Timestamp, wholeNumber } from './record-fields.ts';
import { recordFormat, type Migration } from './record-format.ts';

export const DATASET_FORMATS = [...ARRAY_FORMATS, ...TABLE_FORMATS] as const;
export type DatasetFormat = (typeof DATASET_FORMATS)[number];

/** Roles by name of the column. */
export const ChosenRoles = Type.Unsafe<Readonly<Record<string, Role>>>({
  type: 'object',
  title: 'ChosenRoles',
  additionalProperties: { type: 'string', enum: [...ROLES] },
});

/** The stored bytes of the upload, and what was said of them: all that it takes to read them again. */
export const DatasetSource = Type.Object(
  {
    sha256: Sha256,
    bytes: wholeNumber(1, 'Size of the upload as it came.'),
    encoding: allowNull(Type.String(), { description: 'The encoding that was named; null if none was.' }),
    columns: ChosenRoles,
  },
  { additionalProperties: false, title: 'DatasetSource' },
);

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
    header: allowNull(Type.Boolean(), {
      description: 'Whether the first row of a CSV file was taken as column names; null for other files.',
    }),
    sha256: Sha256,
    bytes: wholeNumber(1, 'Size of all rows as stored.'),
    table: allowNull(TableSchema, {
      description:
        'The columns of a table and their roles; null for arrays and data sets stored before roles existed.',
    }),
    derived_from: allowNull(Type.String(), {
      description:
        'The data set from whose upload this one was made with other roles; null if it was uploaded.',
    }),
    source: allowNull(DatasetSource, {
      description: 'The upload, which is kept if it is a table; otherwise null.',
    }),
    profile: allowNull(DatasetProfile, {
      description:
        'What the values look like, without those of test rows; null for data sets stored before profiles existed.',
    }),
    test_profile: allowNull(TestProfile, {
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

/** In version 3 columns had no roles, and uploads were not kept. */
const addTable: Migration = (older) => ({ table: null, derived_from: null, source: null, ...older });

export const datasetFormat = recordFormat('dataset.json', DatasetRecord, [
  addHeaderAndProfile,
  addTestProfile,
  addTable,
]);
