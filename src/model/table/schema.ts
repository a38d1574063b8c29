import Type, { type Static } from 'typebox';
import { LIKELIHOOD_LIMITS } from '../specification/limits.ts';
import { allowNull, closed, tagged, type Variant } from '../specification/schema.ts';

/** What a column of a table is for. Ids, texts, labels and ignored columns are not modelled. */
export const ROLES = [
  'number',
  'count',
  'flag',
  'category',
  'datetime',
  'id',
  'text',
  'label',
  'ignore',
] as const;
export type Role = (typeof ROLES)[number];

/** Units of time, from the coarsest to the finest. */
export const TIME_UNITS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

/** What is modelled of a datetime. */
export const TIME_PARTS = ['time', 'hour', 'weekday', 'month'] as const;
export type TimePart = (typeof TIME_PARTS)[number];

/** The kind of cell that a code stands for. */
const CODE_CELLS = ['word', 'number', 'boolean'] as const;

const choice = <const Names extends readonly string[]>(names: Names, description: string) =>
  Type.Unsafe<Names[number]>({ type: 'string', enum: [...names], description });
const word = Type.String({ minLength: 1, maxLength: LIKELIHOOD_LIMITS.nameCharacters });
const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

const common = {
  name: word,
  reason: Type.String({ description: 'Why the column has this role, in a clause.' }),
  missing: share('Share of the rows without a value.'),
};

const alsoMissing = Type.Array(word, {
  maxItems: 16,
  description: 'Words that mean a missing value in this column only.',
});

const numberFields = {
  ...common,
  format: Type.Object(
    {
      decimal: choice(['.', ','], 'The decimal separator.'),
      grouping: allowNull(choice(['.', ',', ' ', "'", '_'], 'The thousands separator.'), {
        description: 'The thousands separator; null if no cell has one.',
      }),
      unit: allowNull(Type.String({ maxLength: 8 }), {
        description:
          'The currency or percent sign that cells have; null without one. Values are as written: 12 % is 12.',
      }),
    },
    { ...closed, description: 'How numbers are written as text.' },
  ),
  decimals: Type.Integer({ minimum: 0, maximum: 20, description: 'Largest number of decimal places.' }),
  offset: Type.Number({
    description: 'A value is stored as value - offset. Not 0 only if float32 would merge different values.',
  }),
  also_missing: alsoMissing,
};

const labels = (minItems: number, maxItems: number, description: string) =>
  Type.Array(word, { minItems, maxItems, description });
const codeCells = choice(
  CODE_CELLS,
  'What cells hold and answers return: words, numbers, or true and false.',
);

const categoryFields = {
  ...common,
  labels: labels(0, LIKELIHOOD_LIMITS.categories, 'The words for codes 0, 1, ..., in order of appearance.'),
  cells: codeCells,
  other_share: share('Share of the values whose word is not among the labels: too rare to be kept.'),
};

const FIELDS = {
  number: numberFields,
  count: numberFields,
  flag: { ...common, labels: labels(2, 2, 'The words for no (0) and yes (1).'), cells: codeCells },
  category: categoryFields,
  datetime: {
    ...common,
    order: choice(['dmy', 'mdy'], 'Whether 1/2/2020 is the first of February or the second of January.'),
    epoch: allowNull(choice(['second', 'millisecond'], 'Unit.'), {
      description: 'Unit of cells that are numbers since 1970.',
    }),
    unit: choice(TIME_UNITS, 'The coarsest unit of which every value is a whole number.'),
    written: choice(TIME_UNITS, 'The last unit that answers write.'),
    zone: allowNull(Type.String({ pattern: '^(Z|[+-]\\d\\d:\\d\\d)$' }), {
      description: 'The time zone that every cell names (Z if they differ); null if cells name none.',
    }),
    offset: Type.Number({
      description:
        'Where the stored time is 0: days since 1970 if unit is day or coarser, otherwise seconds since 1970; in the local time of zone.',
    }),
    parts: Type.Array(choice(TIME_PARTS, 'Part'), {
      minItems: 1,
      maxItems: TIME_PARTS.length,
      description:
        'What is modelled: the time itself, and hour, weekday and month if the range is long enough.',
    }),
    also_missing: alsoMissing,
  },
  id: common,
  text: common,
  label: categoryFields,
  ignore: common,
} as const;

/** One column of the file: its role, and what reading and writing its cells needs. */
export const TableColumn = tagged('TableColumn', 'role', FIELDS);
export type TableColumn = Static<typeof TableColumn>;
export type ColumnWithRole<Name extends Role> = Variant<TableColumn, 'role', Name>;

/** How the cells of a table become the numbers of a data set, and back. */
export const TableSchema = Type.Object(
  {
    columns: Type.Array(TableColumn, {
      minItems: 1,
      maxItems: LIKELIHOOD_LIMITS.columns,
      description: 'Every column of the file, in its order.',
    }),
    missing_marks: Type.Array(Type.String({ maxLength: LIKELIHOOD_LIMITS.nameCharacters }), {
      maxItems: 100,
      description:
        'Words that mean a missing value, in upper or lower case. An empty cell is always missing.',
    }),
  },
  { ...closed, title: 'TableSchema' },
);
export type TableSchema = Static<typeof TableSchema>;
