import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DELIMITERS } from '../../../../src/store/formats/file.ts';
import { openFile } from '../../../../src/store/formats/open-file.ts';
import { codeOf, errorOf } from '../../support.ts';
import { openBytes, readText } from '../opening.ts';

describe('csv', () => {
  it.each<[string, string, string[][]]>([
    [
      'commas',
      'a,b\n1,2\n3,4\n',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    ['semicolons', 'a;b\n1;2\n', [['1', '2']]],
    [
      'semicolons and decimal commas',
      'a;b\n1,5;2,5\n3,25;4\n',
      [
        ['1,5', '2,5'],
        ['3,25', '4'],
      ],
    ],
    [
      'semicolons and decimal commas without a header',
      '1,5;2,5\n3,25;4,75\n',
      [
        ['1,5', '2,5'],
        ['3,25', '4,75'],
      ],
    ],
    ['tabs', 'a\tb\n1\t2\n', [['1', '2']]],
    ['pipes', 'a|b\n1|2,5\n', [['1', '2,5']]],
    [
      'commas in texts between tabs',
      'name\tn\nDoe, J.\t1\nRoe\t2\n',
      [
        ['Doe, J.', '1'],
        ['Roe', '2'],
      ],
    ],
    [
      'semicolons in quotes',
      'a,b\n"x;y",1\n"z;w",2\n',
      [
        ['x;y', '1'],
        ['z;w', '2'],
      ],
    ],
    ['Windows line ends', 'a,b\r\n1,2\r\n', [['1', '2']]],
    [
      'old Macintosh line ends',
      'a,b\r1,2\r3,4\r',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    [
      'mixed line ends',
      'a,b\r\n1,2\n3,4\r5,6',
      [
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ],
    ],
    ['line ends in quotes', 'a,b\n"x\r\ny","z\nw"\r\n', [['x\r\ny', 'z\nw']]],
    ['quotes', 'a,b\n"say ""hi""", "x" \n', [['say "hi"', 'x']]],
    ['quotes inside a cell', 'a,b\n5" disk,6"\n', [['5" disk', '6"']]],
    [
      'empty cells',
      'a,b,c\n,,\n"",x,\n',
      [
        ['', '', ''],
        ['', 'x', ''],
      ],
    ],
    ['spaces', 'a,b\n 1 , x y \n', [[' 1 ', ' x y ']]],
    ['no line end at the end', 'a,b\n1,2', [['1', '2']]],
    [
      'blank lines',
      '\na,b\n\n1,2\n \n3,4\n\n\n',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    ['blank lines after one column', 'a\n1\n2\n\n\n', [['1'], ['2']]],
    ['a byte order mark', '\ufeffa,b\n1,2\n', [['1', '2']]],
  ])('reads %s', async (_, text, rows) => {
    for (const pieceBytes of [1, 2, 3, 5, 1000]) {
      expect((await readText(text, { pieceBytes })).rows).toEqual(rows);
    }
  });

  it('counts header and blank lines as rows, and names the columns', async () => {
    const table = await readText('\n height ,,"a, b"\n1,2,3\n\n4,5,6\n');
    expect(table).toMatchObject({ names: ['height', 'column_2', 'a, b'], width: 3, numbers: [3, 5] });
  });

  it.each<[string, string, boolean | undefined, boolean, number]>([
    ['names', 'a,b\n1,2\n', undefined, true, 1],
    ['names, one of them empty', ',b\n0,2\n', undefined, true, 1],
    ['numbers', '1,2\n', undefined, false, 1],
    ['a number and a word', '2020,b\n2021,b\n', undefined, false, 2],
    ['numbers that are names', '2020,2021\n1,2\n', true, true, 1],
    ['words that are data', 'b,c\nc,c\n', false, false, 2],
  ])('takes a first row of %s as it looks or as it is told to', async (_, text, asked, header, rows) => {
    const table = await readText(text, asked === undefined ? {} : { header: asked });
    expect([table.header, table.rows.length]).toEqual([header, rows]);
  });

  it('takes the delimiter it is told', async () => {
    expect((await readText('a,b;c\n1,2;3\n', { delimiter: ';' })).names).toEqual(['a,b', 'c']);
  });

  it('passes rows on in batches while the file arrives', async () => {
    let arrived = 0;
    const rows = Array.from({ length: 100 }, (_, i) => `${i},${'x'.repeat(97)}\n`).join('');
    const source = async function* () {
      for (; arrived < 1000; arrived++) yield Buffer.from(rows);
    };
    const file = await openFile(source(), { limits: { maxUploadBytes: 2 ** 30, maxDatasetBytes: 2 ** 30 } });
    if (file.kind !== 'table') throw new Error('no table');
    for await (const batch of file.batches) {
      expect(batch.rows.length).toBeGreaterThanOrEqual(1000);
      break;
    }
    await file.close();
    expect(arrived).toBeLessThan(50);
  });

  it.each<[string, string, string[]]>([
    [
      'short and long rows',
      'a,b\n1\n1,2\n1,2,3\n4\n',
      [
        'row 2: found 1 column; allowed: 2, as in the first row; b is the first one missing; 1 more at row 5',
        'row 4: found 3 columns; allowed: 2, as in the first row',
      ],
    ],
    [
      'a quote that is not closed',
      'a,b\n1,2\n3,"4\n5,6\n',
      [
        'row 3: found a quote that is not closed; allowed: quotes around whole cells, each quote inside them doubled',
      ],
    ],
    [
      'text after a quote',
      'a,b\n"1"x,2\n3,4\n',
      [
        'row 2: found text after a closing quote; allowed: quotes around whole cells, each quote inside them doubled',
      ],
    ],
    [
      'two columns of one name',
      'a,b,a\n1,2,3\n',
      [
        'row 1, column 3: found the name "a", which column 1 has; allowed: a unique name; header=false if the first row is data',
      ],
    ],
    [
      'names that cannot be, and bad rows',
      `__proto__,${'x'.repeat(201)}\n1\n`,
      [
        'row 1, column 1: found the name __proto__; allowed: another name: rows sent as JSON objects cannot have it',
        'row 1, column 2: found a name of 201 characters; allowed: names of 200 at most',
        'row 2: found 1 column; allowed: 2, as in the first row; ' +
          'x'.repeat(201) +
          ' is the first one missing',
      ],
    ],
    [
      'blank lines in one column',
      'a\n1\n\n\n2\n',
      [
        'row 3: found an empty line; allowed: one only after the last row; for a missing value NA; 1 more at row 4',
      ],
    ],
  ])('lists all problems: %s', async (_, text, problems) => {
    const error = await errorOf(readText(text));
    expect(error?.code).toBe('data_invalid');
    expect(error?.problems.map(({ pointer, detail }) => `${pointer}: ${detail}`)).toEqual(problems);
  });

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'At byte 0: found nothing; allowed: CSV, JSON'],
    ['only a header', 'a,b\n', 'At row 2: found no row below the header'],
    ['only blank lines', '\n\n', 'At row 1: found no row'],
    ['bytes that are no text', 'a\u0001b', 'At byte 0: found 0x610162'],
    [
      'a quote that swallows the file',
      `a\n"${'x'.repeat(2 ** 23)}`,
      'At row 2: found more than 4194304 characters',
    ],
  ])('refuses %s', async (_, bytes, message) => {
    expect((await errorOf(readText(bytes, { pieceBytes: 2 ** 16 })))?.message).toContain(message);
  });

  it('refuses more rows, columns or characters than the limits', async () => {
    const one = gzipSync('1\n'.repeat(3_000_000));
    const limits = { maxUploadBytes: 2 ** 20, maxDatasetBytes: 2 ** 24, maxRows: 1_000_000 };
    expect((await errorOf(readText(one, { pieceBytes: 1000, limits })))?.message).toBe(
      'The table is larger than the limit of 1000000 rows.',
    );
    expect(await codeOf(readText(Array(65_537).fill('1').join(','), { pieceBytes: 2 ** 16 }))).toBe(
      'too_large',
    );
    expect(await codeOf(readText(','.repeat(3_000_000), { pieceBytes: 2 ** 16 }))).toBe('too_large');
    expect((await readText(Array(65_536).fill('-1.25').join(','), { pieceBytes: 2 ** 16 })).width).toBe(
      65_536,
    );
  });

  it('stops at the deadline and when it is aborted', async () => {
    const text = 'a,b\n' + '1,2\n'.repeat(100_000);
    const deadline = { at: Date.now() - 1, seconds: 5 };
    expect((await errorOf(readText(text, { deadline, pieceBytes: 1000 })))?.message).toBe(
      'The time that reading the file takes is larger than the limit of 5 seconds.',
    );
    const abort = new AbortController();
    const file = await openBytes(text, { signal: abort.signal, pieceBytes: 1000 });
    if (file.kind !== 'table') throw new Error('no table');
    const reason = new Error('the client is gone');
    const reading = (async () => {
      for await (const batch of file.batches) if (batch.rows.length > 0) abort.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
    await file.close();
  });

  it('reads back any cells in any delimiter', async () => {
    const cell = fc.string({ unit: fc.constantFrom(...Array.from('ab,;\t|"\n\r 1é')) });
    const row = fc.tuple(cell, cell, cell);
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1 }),
        fc.constantFrom(...DELIMITERS),
        async (rows, delimiter) => {
          const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const text = rows.map((cells) => cells.map(quote).join(delimiter)).join('\n');
          const table = await readText(text, { delimiter, header: false, pieceBytes: 3 });
          expect(table.rows).toEqual(rows);
        },
      ),
    );
  });

  it('answers any text with rows or an AppError', async () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('012,;|\t"\n\r xNA{}[]:')) });
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, fc.string({ unit: 'binary' })), async (given) => {
        await codeOf(readText(given));
      }),
      { numRuns: 300 },
    );
  });
});
