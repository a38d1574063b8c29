import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf, errorOf } from '../support.ts';
import { readUpload } from './reading.ts';

describe('csv', () => {
  it.each([
    ['plain rows', '1,2\n3,4\n', [1, 2, 3, 4]],
    ['a header', 'height,width\n1,2\n', [1, 2]],
    ['a quoted header', '"a, b","c"\n1,2\n', [1, 2]],
    ['no line break at the end', '1,2\n3,4', [1, 2, 3, 4]],
    ['Windows line breaks', '1,2\r\n3,4\r\n', [1, 2, 3, 4]],
    ['old Macintosh line breaks', '1,2\r3,4\r', [1, 2, 3, 4]],
    ['Windows line breaks after others', 'a,b\n1,2\r\n3,4\n', [1, 2, 3, 4]],
    ['other line breaks after Windows ones', 'a,b\r\n1,2\n3,4\r5,6', [1, 2, 3, 4, 5, 6]],
    ['line breaks in quotes', '"a\nb","c\r\nd"\r\n1,"2"\n"3",4\r', [1, 2, 3, 4]],
    ['a byte order mark', '\ufeff1,2\n', [1, 2]],
    ['blank lines at the end', '1,2\n\n\n', [1, 2]],
    ['spaces and quotes', ' 1 ,"2"\n', [1, 2]],
    ['all ways to write numbers', '-1,+2\n.5,5.\n1e3,2.5E-1\n', [-1, 2, 0.5, 5, 1000, 0.25]],
  ])('reads %s', async (_, text, values) => {
    expect(await readUpload(text)).toMatchObject({ format: 'csv', dtype: 'float32', rowShape: [2], values });
  });

  it('reads mixed line breaks wherever the file is cut into pieces', async () => {
    const text = 'a,b\r\n1,2\n3,4\r5,6\r\n7,8';
    for (let pieceBytes = 1; pieceBytes <= 8; pieceBytes++) {
      expect((await readUpload(text, { pieceBytes })).values).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it('keeps line breaks inside quotes as part of a word', async () => {
    const { labels } = await readUpload('name\n"a\r\nb"\r\n"c\nd"\n"a\r\nb"\r');
    expect(labels).toEqual([['a\r\nb', 'c\nd']]);
  });

  it('reads one column', async () => {
    expect(await readUpload('x\n1\n2\n')).toMatchObject({ rowShape: [1], values: [1, 2] });
  });

  it('reads many rows and the widest row', async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => `${i},${-i}`).join('\n');
    const { values } = await readUpload(rows, { pieceBytes: 1000 });
    expect(values.slice(-4)).toEqual([39_998, -39_998, 39_999, -39_999]);
    const wide = await readUpload(Array(65_536).fill('-1.2345678901234567e-01').join(','), {
      pieceBytes: 65_536,
      limits: { maxUploadBytes: 2 ** 24 },
    });
    expect(wide.rowShape).toEqual([65_536]);
  });

  it.each([
    ['a short row', '1,2\n3\n', 'At row 2, column 2: found 1 columns; allowed: 2'],
    ['a long row', 'a,b\n1,2\n3,4,5\n', 'At row 3, column 3: found 3 columns'],
    ['a header of another width', 'a\n1,2\n', 'At row 2, column 2'],
    ['text among numbers', '1,2\n3,x\n', 'At row 2, column 2: found "x"'],
    [
      'a word in a named column of numbers',
      'age\n1\n?\n',
      'At row 3, column 1 (age): found "?"; allowed: a number',
    ],
    [
      'two columns of one name',
      'a,b,a\n1,2,3\n',
      'At row 1, column 3: found the name "a", which column 1 has',
    ],
    [
      'a name that JSON objects cannot have',
      'a,__proto__\n1,2\n',
      'At row 1, column 2: found the name __proto__',
    ],
    ['a long name', `${'x'.repeat(201)}\n1\n`, 'At row 1, column 1: found a name of 201 characters'],
    ['a long word', `1,a\n2,${'x'.repeat(201)}\n`, 'At row 2, column 2: found a text of 201 characters'],
    ['a blank line between', '1,2\n\n3,4\n', 'At row 2: found an empty line'],
    ['a thousand blank lines at the end', `1,2${'\n'.repeat(1000)}`, 'At row 2: found an empty line'],
    ['infinity', '1,2\n3,-Infinity\n', 'At row 2, column 2: found "-Infinity"'],
    ['a number beyond float32', '1,2\n3,1e39\n', 'At row 2, column 2: found "1e39"'],
    ['hexadecimal', '1,0x10\n', 'At row 1, column 2: found "0x10"'],
    [
      'hexadecimal alone',
      '0x10\n0x11\n',
      'At row 1, column 1: found "0x10"; allowed: a finite float32 number',
    ],
    ['semicolons', '1;2\n3;4\n', 'At row 1: found cells separated by semicolons or tabs'],
    ['an open quote', '1,2\n"3,4\n', 'At row 2: found text that is no CSV (CSV_QUOTE_NOT_CLOSED)'],
    ['only a header', 'a,b\n', 'At row 2: found no row below the header'],
    ['only blank lines', '\n\n', 'At row 1: found no row'],
    ['nothing', '', 'At byte 0: found nothing'],
    ['bytes that are no text', 'a\u0001b', 'At byte 0: found 0x610162; allowed: idx, npy, csv'],
    ['UTF-16', Buffer.from('1,2\n', 'utf16le'), 'At byte 0'],
  ])('refuses %s', async (_, text, message) => {
    const error = await errorOf(readUpload(text));
    expect(error?.code).toBe('data_invalid');
    expect(error?.message).toContain(message);
  });

  it.each<[string, string, boolean | undefined, boolean, number[]]>([
    ['names', 'a,b\n1,2\n', undefined, true, [1, 2]],
    ['names, one of them empty', ',b\n0,2\n', undefined, true, [0, 2]],
    ['numbers', '1,2\n', undefined, false, [1, 2]],
    ['a number and a word', '2020,b\n2021,b\n', undefined, false, [2020, 0, 2021, 0]],
    ['a missing value and a word', 'NA,b\n3,b\n', undefined, false, [NaN, 0, 3, 0]],
    ['numbers that are names', '2020,2021\n1,2\n', true, true, [1, 2]],
    ['words that are data', 'b,c\nc,c\n', false, false, [0, 0, 1, 0]],
  ])('takes a first row of %s as it looks or as it is told to', async (_, text, asked, header, values) => {
    const read = await readUpload(text, asked === undefined ? {} : { header: asked });
    expect(read).toMatchObject({ header, values });
  });

  it('keeps the names of the columns', async () => {
    expect((await readUpload(' height ,,"a, b"\n1,2,3\n')).names).toEqual(['height', 'column_2', 'a, b']);
  });

  it('reads words as codes in the order of their appearance', async () => {
    const read = await readUpload('size,n\nS,1\n38,2\n L ,3\nS,4\n');
    expect(read).toMatchObject({ values: [0, 1, 1, 2, 2, 3, 0, 4], labels: [['S', '38', 'L'], null] });
  });

  it.each([
    ['no,yes', 'yes\nno\nyes\n', [1, 0, 1]],
    ['False,True', 'True\nfalse\nTRUE\n', [1, 0, 1]],
    ['NO,YES', 'YES\nYES\n', [1, 1]],
    ['no,yes,maybe', 'yes\nmaybe\nno\n', [1, 2, 0]],
    ['no,yes,true', 'no\ntrue\n', [0, 2]],
  ])('reads flags as 0 and 1: %s', async (labels, text, values) => {
    expect(await readUpload(text, { header: false })).toMatchObject({ labels: [labels.split(',')], values });
  });

  it.each(['', ' ', 'NA', 'na', 'NaN', 'nan', 'null', 'NULL', 'n/a'])(
    'reads %j as a missing value',
    async (cell) => {
      const { values, labels } = await readUpload(`a,b\n${cell},x\n1,${cell}\n`);
      expect([values, labels]).toEqual([
        [NaN, 0, 1, NaN],
        [null, ['x']],
      ]);
    },
  );

  it('refuses free text: more different words than a column may have, and than a file may have', async () => {
    const column = (count: number) => Array.from({ length: count }, (_, i) => `1,w${i}`).join('\n');
    expect((await readUpload(column(1024))).labels?.[1]).toHaveLength(1024);
    const error = await errorOf(readUpload(column(1025)));
    expect(error?.message).toContain(
      'At row 1025, column 2: found "w1024", one word more; allowed: at most 1024',
    );
    const wide = Array.from({ length: 200 }, (_, row) =>
      Array.from({ length: 60 }, (_, i) => `${row}`.padEnd(100 + i, 'x')).join(','),
    );
    const limits = { maxUploadBytes: 2 ** 24 };
    expect(await codeOf(readUpload(wide.join('\n'), { pieceBytes: 65_536, header: false, limits }))).toBe(
      'too_large',
    );
  });

  it('refuses words in rows too wide for columns of their own', async () => {
    const cells = Array<string>(4097).fill('1');
    const text = [cells.join(','), [...cells.slice(1), 'x'].join(',')].join('\n');
    expect(await codeOf(readUpload(text, { pieceBytes: 65_536 }))).toBe('data_invalid');
    expect(
      (
        await readUpload(cells.map((_, i) => `c${i}`).join(',') + '\n' + cells.join(','), {
          pieceBytes: 65_536,
        })
      ).names,
    ).toBeNull();
  });

  it('refuses a cell of a million digits in good time and names only its start', async () => {
    const error = await errorOf(readUpload(`1\n${'1'.repeat(500_000)}x\n`, { pieceBytes: 65_536 }));
    expect(error?.code).toBe('data_invalid');
    expect(error?.message.length).toBeLessThan(200);
  });

  it('refuses rows, row widths and line lengths beyond the limits', async () => {
    const wide = Array(65_537).fill('1').join(',');
    expect(await codeOf(readUpload(wide, { pieceBytes: 65_536 }))).toBe('too_large');
    // Empty cells are no characters: a parser that counts those alone would hold any number of them.
    expect(await codeOf(readUpload(','.repeat(3_000_000), { pieceBytes: 65_536 }))).toBe('too_large');
    expect(await codeOf(readUpload('1,2\n3,4\n', { limits: { maxDatasetBytes: 15 } }))).toBe('too_large');
    expect(await codeOf(readUpload('1,2\n3,4\n', { limits: { maxDatasetBytes: 16 } }))).toBe('no error');
    const long = { pieceBytes: 2 ** 20, limits: { maxUploadBytes: 2 ** 24 } };
    expect(await codeOf(readUpload(`"${'x'.repeat(2 ** 23)}`, long))).toBe('data_invalid');
  });

  it('reads back any float32 numbers', async () => {
    const row = fc.tuple(
      ...Array.from({ length: 3 }, () => fc.float({ noNaN: true, noDefaultInfinity: true })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1 }), async (rows) => {
        const { values } = await readUpload(rows.map((cells) => cells.join(',')).join('\n'));
        expect(values).toEqual(rows.flat().map((value) => value + 0));
      }),
    );
  });

  it('answers any text with rows or an AppError', async () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('0123456789.,-+e"\n\r xNAyes')) });
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, fc.string({ unit: 'binary' })), async (given) => {
        await codeOf(readUpload(given));
      }),
      { numRuns: 200 },
    );
  });
});
