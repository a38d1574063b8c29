import { expect, test } from 'vitest';
import type { Client } from '../../../src/cli/client.ts';
import { createFiller } from '../../../src/cli/impute/filler.ts';
import { fillRows } from '../../../src/cli/impute/impute.ts';
import { describeModelled, describeOther } from '../../../src/cli/rows/row-columns.ts';
import type { RowFile } from '../../../src/cli/rows/made-rows.ts';
import type { LikelihoodSpec } from '../../../src/model/specification.ts';
import type { Cell, TableColumn, TableSchema } from '../../../src/model/table.ts';

const number = (name: string): TableColumn => ({
  name,
  role: 'number',
  reason: 'a test',
  missing: 0.1,
  format: { decimal: ',', grouping: null, unit: null },
  decimals: 1,
  offset: 0,
  also_missing: [],
});
const TABLE: TableSchema = {
  columns: [
    { name: 'id', role: 'id', reason: 'a test', missing: 0 },
    number('a'),
    number('b'),
    number('whole'),
    number('elsewhere'),
  ],
  missing_marks: ['NA'],
};
const gaussian = (name: string, missing: boolean) => ({
  name,
  likelihood: { family: 'gaussian' as const },
  missing,
});
const MODEL = {
  id: 'model_1',
  model: {
    likelihood: {
      family: 'mixed',
      columns: [
        gaussian('a', true),
        gaussian('b', true),
        gaussian('whole', false),
        gaussian('elsewhere', true),
      ],
    } as LikelihoodSpec,
  },
};

/** Fills every gap with 1.5 in `a`, 2.5 in `b`. */
function answering(sent: object[]): Pick<Client, 'postJson'> {
  return {
    postJson: async <Answer>(_: string, body: object): Promise<Answer> => {
      const { data } = body as { data: Record<string, Cell>[] };
      sent.push(body);
      const isGap = (row: Record<string, Cell>, name: string) =>
        ['', 'NA', null].some((gap) => gap === (row[name] ?? null));
      return {
        columns: ['a', 'b', 'whole', 'elsewhere'],
        data: data.map(() => [1.5, 2.5, 3.5, 4.5]),
        cells: data.map((row) =>
          ['a', 'b', 'elsewhere'].filter((name) => isGap(row, name)).map((column) => ({ column })),
        ),
      } as Answer;
    },
  };
}

async function fill(rows: readonly Cell[][], lacking: readonly string[] = []) {
  const names = ['id', 'a', 'note', 'b', 'whole', 'elsewhere'].filter((name) => !lacking.includes(name));
  const sent: object[] = [];
  const file = {
    table: TABLE,
    lacking,
    columns: names.map((name) => {
      const column = TABLE.columns.find((own) => own.name === name);
      return column === undefined || name === 'id'
        ? describeOther(name, [], false)
        : describeModelled(column, TABLE.missing_marks);
    }),
    input: {
      names,
      delimiter: ';',
      batches: (async function* () {
        yield { rows, numbers: rows.map((_, i) => i + 2) };
      })(),
      throwIfAny: () => undefined,
      close: async () => undefined,
    },
  } as unknown as RowFile;
  const source = fillRows(file, MODEL as never, createFiller(answering(sent), MODEL as never, TABLE, null));
  const found = [];
  for await (const piece of source.pieces) found.push(...piece.rows);
  return { rows: found, sent, source };
}

test('gaps are filled where they are, and named; only rows with gaps are sent', async () => {
  const { rows, sent, source } = await fill([
    ['x1', '1,0', 'n', '2', '3', '4'],
    ['x2', 'NA', 'n', '', '3', '4'],
    ['x3', '1', '', '2', '3', '4'],
  ]);
  expect(source.columns.map(({ name }) => name)).toEqual([
    'id',
    'a',
    'note',
    'b',
    'whole',
    'elsewhere',
    'imputed',
  ]);
  expect(rows).toEqual([
    ['x1', '1,0', 'n', '2', '3', '4', null],
    ['x2', 1.5, 'n', 2.5, '3', '4', 'a, b'],
    ['x3', '1', '', '2', '3', '4', null],
  ]);
  expect(sent).toEqual([
    {
      model_id: 'model_1',
      data: [{ id: 'x2', a: 'NA', note: 'n', b: '', whole: '3', elsewhere: '4' }],
    },
  ]);
  expect(source.listNotes()).toEqual([]);
});

test('rows that cannot be understood stay as they are', async () => {
  const { rows, sent, source } = await fill([
    ['x1', 'abc', 'n', '', '3', '4'],
    ['x2', '1', 'n', '2', '', '4'],
  ]);
  expect(rows).toEqual([
    ['x1', 'abc', 'n', '', '3', '4', null],
    ['x2', '1', 'n', '2', '', '4', null],
  ]);
  expect(sent).toEqual([]);
  expect(source.listNotes()).toEqual([
    expect.stringContaining('This model can fill in only a, b, elsewhere: no value was missing'),
  ]);
});

test('columns that the file lacks are added', async () => {
  const { rows, source } = await fill([['x1', '1', 'n', '2', '3']], ['elsewhere']);
  expect(source.columns.map(({ name }) => name).slice(-2)).toEqual(['elsewhere', 'imputed']);
  expect(rows).toEqual([['x1', '1', 'n', '2', '3', 4.5, 'elsewhere']]);
});
