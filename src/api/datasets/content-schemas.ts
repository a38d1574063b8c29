import type { Readable } from 'node:stream';
import Type, { type Static, type TUnsafe } from 'typebox';
import { ROLES, type Role } from '../../model/table.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../model/specification.ts';
import { OUTPUTS } from '../../store/formats/output/output.ts';
import { BINARY_TYPE, type CSV_TYPE, JSON_TYPE, toMediaType } from '../http/media.ts';
import { allowNull, closed } from '../http/schemas.ts';
import { DataRows, PICTURE_FIELDS } from '../inference/schemas.ts';

const chooseFormat = <const Name extends string>(names: readonly Name[], description: string) =>
  Type.Unsafe<Name>({ type: 'string', enum: [...names], description });

const from = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  default: 0,
  description: 'The first row, counted from 0.',
});
const countRows = (usual: number, maximum: number) =>
  Type.Integer({ minimum: 1, maximum, default: usual, description: 'Maximum number of rows.' });

export const RowsQuery = Type.Object(
  {
    from,
    limit: countRows(100, 1_000_000),
    format: Type.Optional(
      chooseFormat(['json', ...OUTPUT_FORMATS], 'Default: what the Accept header prefers, otherwise json.'),
    ),
  },
  closed,
);
export type RowsQuery = Static<typeof RowsQuery>;

export const DatasetRows = Type.Object(
  {
    dataset_id: Type.String(),
    rows: Type.Integer({ description: 'All rows of the data set. Test rows are the last ones.' }),
    from: Type.Integer({ description: 'The number of the first row of `data`.' }),
    columns: Type.Optional(
      Type.Array(Type.String(), {
        description:
          'Tables: the columns that are shown. Text and ignored columns are not kept, and of labels only the first column.',
      }),
    ),
    data: Type.Array(DataRows.items, {
      description:
        'Cells of tables in their units and words; the numbers of arrays, one flat list for each row. null is a missing value.',
    }),
    has_more: Type.Boolean({ description: 'Whether there are rows after these.' }),
  },
  { ...closed, title: 'DatasetRows' },
);
export type DatasetRows = Static<typeof DatasetRows>;

const FILE_NOTES: Readonly<Record<OutputFormat, string>> = {
  csv: 'UTF-8 with a header; a missing value is an empty cell.',
  jsonl: 'One object for each row.',
  npy: 'float32; NaN is a missing value. Arrays keep their shape. Tables need columns without words.',
  parquet: 'Columns of numbers, flags and texts.',
};
const FILES = Object.fromEntries(
  OUTPUT_FORMATS.map((name) => {
    const isText = name === 'csv' || name === 'jsonl';
    const schema = Type.Unsafe<Readable>({
      type: 'string',
      ...(!isText && { format: 'binary' }),
      description: FILE_NOTES[name],
    });
    return [toMediaType(OUTPUTS[name].mediaType), { schema }];
  }),
) as Record<typeof CSV_TYPE, { schema: TUnsafe<Readable> }>;

export const ROWS_ANSWER = {
  description: 'Rows. The link header leads to the next ones.',
  content: { [JSON_TYPE]: { schema: DatasetRows }, ...FILES },
};

export const DOWNLOAD_FORMATS = [...OUTPUT_FORMATS, 'source'] as const;
export type DownloadFormat = OutputFormat | 'source';

export const DownloadQuery = Type.Object(
  {
    format: Type.Unsafe<DownloadFormat>({
      type: 'string',
      enum: [...DOWNLOAD_FORMATS],
      default: 'csv',
      description: 'source: the upload as it came, byte for byte, which is kept if it is a table.',
    }),
  },
  closed,
);
export type DownloadQuery = Static<typeof DownloadQuery>;

export const DOWNLOAD_ANSWER = {
  description: 'The whole data set as a file.',
  content: {
    ...FILES,
    [BINARY_TYPE]: { schema: Type.Unsafe({ type: 'string', format: 'binary', description: 'The upload.' }) },
  },
};

export const PreviewQuery = Type.Object(
  { from, count: countRows(64, 10_000), zoom: PICTURE_FIELDS.zoom },
  closed,
);
export type PreviewQuery = Static<typeof PreviewQuery>;

export const PREVIEW_ANSWER = {
  description: 'The images row by row in a nearly square grid.',
  // Documented as files are, for which generated clients have a type; its media type is image/png.
  content: {
    [BINARY_TYPE]: {
      schema: Type.Unsafe<Buffer>({ type: 'string', format: 'binary', description: 'The grid, a PNG.' }),
    },
  },
};

const NumberOrNull = allowNull(Type.Number());
const CellOrNull = (description: string) =>
  Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Null()], { description });

const Statistics = Type.Object(
  {
    name: Type.String(),
    role: allowNull(Type.Unsafe<Role>({ type: 'string', enum: [...ROLES] }), {
      description: 'null for columns of arrays.',
    }),
    missing: Type.Number({ description: 'Share of the rows without a value.' }),
    distinct: allowNull(Type.Integer(), {
      description:
        'Number of different values; null if there are many, or for columns that are not modelled.',
    }),
    mean: CellOrNull('Of numbers and datetimes.'),
    standard_deviation: NumberOrNull,
    unit: allowNull(Type.String(), {
      description:
        'The currency or percent sign of numbers; days or seconds for standard_deviation of datetimes.',
    }),
    minimum: CellOrNull('Of numbers and datetimes.'),
    maximum: CellOrNull('As minimum.'),
    words: allowNull(
      Type.Array(
        Type.Object(
          {
            word: CellOrNull('As cells hold it.'),
            share: allowNull(Type.Number(), {
              description: 'Share of the values; null if it is not known.',
            }),
          },
          closed,
        ),
      ),
      { description: 'Of flags, categories and labels: at most 20, the most frequent ones first.' },
    ),
    other_share: Type.Number({ description: 'Share of the values whose word is too rare to be kept.' }),
  },
  { ...closed, title: 'ColumnStatistics' },
);

export const DatasetStatistics = Type.Object(
  {
    dataset_id: Type.String(),
    rows: Type.Integer({
      description: 'Rows that the statistics are about: test rows have no part in them.',
    }),
    test_rows: Type.Integer(),
    columns: Type.Array(Statistics, {
      description:
        'One entry for each column of a table or of rows with one axis; otherwise one entry for all values together. Empty for data sets stored before profiles existed.',
    }),
  },
  { ...closed, title: 'DatasetStatistics' },
);
export type DatasetStatistics = Static<typeof DatasetStatistics>;
