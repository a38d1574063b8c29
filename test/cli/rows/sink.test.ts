import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createColumn } from '../../../src/cli/rows/row-columns.ts';
import { checkColumns, chooseTarget } from '../../../src/cli/rows/output-name.ts';
import { openSink } from '../../../src/cli/rows/sink.ts';
import type { Cell } from '../../../src/model/table.ts';
import { decodeNpy } from '../../../src/store/formats/npy.ts';
import { openStored, readTable } from '../../store/formats/opening.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const { signal } = new AbortController();
const NUMBERS = [createColumn('a', 'number'), createColumn('b', 'number', ',')];

async function open(path: string, columns = NUMBERS) {
  return openSink(await chooseTarget(path), { columns, delimiter: ';', signal });
}

async function write(name: string, pieces: readonly Cell[][][], columns = NUMBERS): Promise<Buffer> {
  const folder = await temporaryFolder();
  const sink = await open(join(folder, name), columns);
  for (const rows of pieces) await sink.write(rows);
  await sink.finish();
  expect(await readdir(folder)).toEqual([name]);
  return readFile(join(folder, name));
}

describe('rows written to a file', () => {
  const pieces = [[[1, 2.5]], [], [[3, null]]];

  test('are CSV with the delimiter and decimal signs of the table', async () => {
    expect((await write('x.csv', pieces)).toString()).toBe('a;b\n1;2,5\n3;\n');
    expect((await write('x.CSV', [])).toString()).toBe('a;b\n');
  });

  test.each(['x.jsonl', 'x.ndjson'])('are objects: %s', async (name) => {
    expect((await write(name, pieces)).toString()).toBe('{"a":1,"b":2.5}\n{"a":3,"b":null}\n');
  });

  test.each([1, 9, 12_345])('are counted in the head of an NPY file: %i', async (count) => {
    const rows = Array.from({ length: count }, (_, i) => [i, -i]);
    const { shape, data } = decodeNpy(await write('x.npy', [rows]), { maxValues: 100_000 });
    expect(shape).toEqual([count, 2]);
    expect(data.at(-2)).toBe(count - 1);
  });

  test('are row groups of many rows in Parquet', async () => {
    const columns = [createColumn('n', 'number'), createColumn('t', 'text')];
    const many = Array.from({ length: 300 }, (_, i) =>
      Array.from({ length: 1000 }, (_row, j): Cell[] => [1000 * i + j, `t${j}`]),
    );
    const read = await readTable(openStored(await write('x.parquet', many, columns)));
    expect(read.rows).toHaveLength(300_000);
    expect(read.rows.at(-1)).toEqual([299_999, 't999']);
  });

  test('leave an older file as it was until they are whole', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'x.csv');
    await writeFile(path, 'old');
    const sink = await open(path);
    await sink.write([[1, 2]]);
    expect(await readFile(path, 'utf8')).toBe('old');
    await sink.abandon();
    expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual(['old', ['x.csv']]);
    const next = await open(path);
    await next.write([[1, 2]]);
    await next.finish();
    expect(await readFile(path, 'utf8')).toBe('a;b\n1;2\n');
  });
});

describe('the name of the output', () => {
  test.each([
    ['x.txt', '--output must end in .csv, .jsonl, .ndjson, .npy, .parquet'],
    ['x', 'found "x"'],
    ['missing-folder/x.csv', 'There is no folder missing-folder.'],
  ])('%s is refused', async (path, message) => {
    await expect(chooseTarget(path)).rejects.toThrow(message);
  });

  test('that is a folder is refused', async () => {
    const folder = await temporaryFolder();
    const sink = await open(join(folder, 'x.csv'));
    await sink.finish();
    await expect(chooseTarget(folder)).rejects.toThrow('--output must end in');
  });

  test('.npy goes with numbers only', () => {
    const target = { path: 'x.npy', format: 'npy' } as const;
    checkColumns(target, NUMBERS);
    expect(() => {
      checkColumns(target, [...NUMBERS, createColumn('who', 'text')]);
    }).toThrow('A .npy file holds numbers only, but column who is text');
  });
});
