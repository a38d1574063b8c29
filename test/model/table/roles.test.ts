import { describe, expect, it } from 'vitest';
import { createTableDetector, type Cell, type Role } from '../../../src/model/table.ts';

/** Cells of one column: those given, over and over, `rows` in all. */
const repeat = (cells: readonly Cell[], rows = 60): Cell[] =>
  Array.from({ length: rows }, (_, i) => cells[i % cells.length] ?? null);
const build = (rows: number, of: (row: number) => Cell): Cell[] =>
  Array.from({ length: rows }, (_, i) => of(i));
/** Whole numbers without a pattern. */
const scramble = (row: number, below: number): number => ((row + 1) * 7919) % below;

interface Case {
  readonly what: string;
  readonly name?: string;
  readonly cells: readonly Cell[];
  readonly role: Role;
  readonly reason: RegExp;
}

const CASES: readonly Case[] = [
  // Numbers
  {
    what: 'decimal numbers',
    cells: repeat(['1.5', '2.25', '-3']),
    role: 'number',
    reason: /^numbers from -3 to 2.25$/,
  },
  {
    what: 'few whole numbers',
    name: 'cylinders',
    cells: repeat([4, 6, 8, 8, 4, 3]),
    role: 'number',
    reason: /^whole numbers from 3 to 8$/,
  },
  {
    what: 'years',
    name: 'year',
    cells: build(60, (i) => 1950 + i),
    role: 'number',
    reason: /^whole numbers from 1950/,
  },
  {
    what: 'ages, which are spread evenly',
    name: 'years_old',
    cells: build(90, (i) => scramble(i, 91)),
    role: 'number',
    reason: /^whole numbers/,
  },
  {
    what: 'money',
    cells: repeat(['$1,200', '$850.50', '($20)']),
    role: 'number',
    reason: /^numbers from -20 to 1200 with \$$/,
  },
  { what: 'percent', cells: repeat(['12 %', '7.5%']), role: 'number', reason: /with %$/ },
  {
    what: 'decimal commas',
    cells: repeat(['1,5', '2,25', '1.000,75']),
    role: 'number',
    reason: /^numbers from 1.5 to 1000.75$/,
  },
  { what: 'one value', cells: repeat([7]), role: 'number', reason: /^every value is 7$/ },
  {
    what: 'rounded numbers',
    cells: repeat([0, 500, 0, 1500, 0, 0, 250]),
    role: 'number',
    reason: /^whole numbers/,
  },
  {
    what: 'numbers and a few words',
    cells: [...repeat([1.5, 2.5, 9], 60), 'unknown', 'see note'],
    role: 'number',
    reason: /; "unknown", "see note" read as missing$/,
  },
  {
    what: 'a target that is a quantity',
    name: 'target',
    cells: build(200, (i) => 100 + i * 0.37),
    role: 'number',
    reason: /^numbers/,
  },
  // Counts
  {
    what: 'counts',
    name: 'visits',
    cells: repeat([0, 1, 0, 2, 1, 0, 3, 0, 1, 5, 0, 0]),
    role: 'count',
    reason: /^whole numbers from 0 to 5, distributed like counts$/,
  },
  // Flags
  { what: '0 and 1', cells: repeat(['0', '1', '1']), role: 'flag', reason: /^every value is 0 or 1$/ },
  { what: '0.0 and 1.0', cells: repeat(['0.0', '1.0']), role: 'flag', reason: /^every value is 0 or 1$/ },
  {
    what: 'yes and no',
    cells: repeat(['yes', 'no', 'no', '']),
    role: 'flag',
    reason: /^every value is yes or no$/,
  },
  { what: 'Y and N', cells: repeat(['Y', 'N']), role: 'flag', reason: /^every value is Y or N$/ },
  { what: 'ja and nein', cells: repeat(['ja', 'nein']), role: 'flag', reason: /ja or nein/ },
  { what: 'oui and non', cells: repeat(['oui', 'non']), role: 'flag', reason: /oui or non/ },
  { what: 'on and off', cells: repeat(['on', 'off']), role: 'flag', reason: /on or off/ },
  {
    what: 'true and false of JSON',
    cells: repeat([true, false, null]),
    role: 'flag',
    reason: /^every value is true or false$/,
  },
  // Categories
  {
    what: 'words',
    cells: repeat(['red', 'green', 'blue']),
    role: 'category',
    reason: /^3 different words, such as red$/,
  },
  {
    what: 'two words',
    cells: repeat(['male', 'female']),
    role: 'category',
    reason: /^two words: male and female$/,
  },
  {
    what: 'codes by name',
    name: 'zip',
    cells: repeat([10115, 80331, 50667]),
    role: 'category',
    reason: /^the name suggests codes/,
  },
  {
    what: 'codes with leading zeros',
    cells: repeat(['007', '012', '100']),
    role: 'category',
    reason: /^codes of 3 digits, some with leading zeros: 3 different$/,
  },
  {
    what: 'ids that repeat',
    name: 'shop_id',
    cells: repeat([12, 9, 44]),
    role: 'category',
    reason: /^the name says id, and values repeat: 3 different$/,
  },
  {
    what: 'numbers and many words',
    cells: repeat(['12', 'A7', 'B9', '40']),
    role: 'category',
    reason: /^4 different words/,
  },
  {
    what: 'too many words to keep',
    cells: build(6000, (i) => `w${scramble(i, 2003)}`),
    role: 'category',
    reason: /^2003 different words: the 1024 most frequent are 5\d % of the values, the rest becomes other$/,
  },
  // Datetimes
  {
    what: 'dates',
    cells: build(60, (i) => `2024-01-${String((i % 28) + 1).padStart(2, '0')}`),
    role: 'datetime',
    reason: /^dates$/,
  },
  {
    what: 'dates with times',
    cells: repeat(['2024-01-31T09:30:00Z', '2024-02-01T10:00:05Z']),
    role: 'datetime',
    reason: /^dates with times$/,
  },
  {
    what: 'the day first',
    cells: repeat(['31/1/2024', '1/2/2024']),
    role: 'datetime',
    reason: /the day before the month/,
  },
  {
    what: 'the month first',
    cells: repeat(['1/31/2024', '1/2/2024']),
    role: 'datetime',
    reason: /the month before the day/,
  },
  { what: 'months', cells: repeat(['2024-01', '2024-02']), role: 'datetime', reason: /^dates$/ },
  {
    what: 'seconds since 1970',
    name: 'created_at',
    cells: build(60, (i) => 1_700_000_000 + 61 * i),
    role: 'datetime',
    reason: /^the name suggests a time, and the numbers are seconds since 1970$/,
  },
  {
    what: 'the same without such a name',
    name: 'x',
    cells: build(60, (i) => 1_700_000_000 + 61 * i),
    role: 'number',
    reason: /^whole numbers/,
  },
  {
    what: 'dates of eight digits',
    name: 'date',
    cells: repeat(['20240131', '20240229']),
    role: 'datetime',
    reason: /dates such as 20240131$/,
  },
  // Ids
  {
    what: 'numbers of rows',
    name: 'x',
    cells: build(60, (i) => i + 1),
    role: 'id',
    reason: /^whole numbers that count up from 1 to 60/,
  },
  {
    what: 'ids of orders',
    name: 'order_id',
    cells: build(60, (i) => 50_000 + scramble(i, 9973)),
    role: 'id',
    reason: /^the name says id, and all values are different$/,
  },
  {
    what: 'short texts that all differ',
    cells: build(60, (i) => `AB-${scramble(i, 9973)}`),
    role: 'id',
    reason: /^all values are different$/,
  },
  {
    what: 'numbers beyond 2^53',
    cells: build(60, (i) => `98765432109876543${i + 10}`),
    role: 'id',
    reason: /different/,
  },
  // Texts
  {
    what: 'long texts',
    cells: build(60, (i) => `This customer, number ${i}, wrote a rather long story about a delivery`),
    role: 'text',
    reason: /^texts of \d+ characters on average, and all values are different$/,
  },
  {
    what: 'names, some twice',
    cells: build(60, (i) => `car ${scramble(i, 41)}`),
    role: 'text',
    reason: /^68 % of the values are different$/,
  },
  {
    what: 'dates and words',
    cells: repeat(['2024-01-31', 'never', 'soon']),
    role: 'text',
    reason: /^a mixture of dates and words$/,
  },
  // Others
  {
    what: 'a label',
    name: 'target',
    cells: repeat([0, 1, 2]),
    role: 'label',
    reason: /^the name says that it is to be predicted; with the role category it is modelled$/,
  },
  {
    what: 'nothing',
    cells: repeat(['', 'NA', null, '?', '-', '#N/A', '\\N', 'None', 'nan']),
    role: 'ignore',
    reason: /^no row has a value$/,
  },
];

function detect(name: string, cells: readonly Cell[]) {
  const detector = createTableDetector({ names: [name], overrides: {} });
  for (const cell of cells) detector.add([cell]);
  return detector.finish();
}

describe('the role of a column', () => {
  it.each(CASES)('$what: $role', ({ name = 'x', cells, role, reason }) => {
    const { schema, problems } = detect(name, cells);
    expect(problems).toEqual([]);
    expect(schema.columns[0]).toMatchObject({ name, role });
    expect(schema.columns[0]?.reason).toMatch(reason);
  });

  it('is the same when all cells are text', () => {
    for (const { name = 'x', cells, role } of CASES) {
      const texts = cells.map((cell) => (typeof cell === 'number' ? String(cell) : cell));
      expect(detect(name, texts).schema.columns[0]?.role).toBe(role);
    }
  });
});

it('a table of more words than are counted keeps within its memory and says text', () => {
  const detector = createTableDetector({ names: null, overrides: {} });
  for (let row = 0; row < 40_000; row++) detector.add([`word ${row}`]);
  expect(detector.finish().schema.columns[0]).toMatchObject({ name: 'column_1', role: 'id' });
});

it('words that all rows repeat are categories however late they repeat', () => {
  const detector = createTableDetector({ names: ['shop'], overrides: {} });
  for (let row = 0; row < 40_000; row++) detector.add([`shop ${row % 8000}`]);
  expect(detector.finish().schema.columns[0]).toMatchObject({ role: 'category' });
});
