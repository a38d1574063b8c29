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
    ['a byte order mark', '\ufeff1,2\n', [1, 2]],
    ['blank lines at the end', '1,2\n\n\n', [1, 2]],
    ['spaces and quotes', ' 1 ,"2"\n', [1, 2]],
    ['all ways to write numbers', '-1,+2\n.5,5.\n1e3,2.5E-1\n', [-1, 2, 0.5, 5, 1000, 0.25]],
  ])('reads %s', async (_, text, values) => {
    expect(await readUpload(text)).toEqual({ format: 'csv', dtype: 'float32', rowShape: [2], values });
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
    ['text in the first row of numbers', '1,x\n3,4\n', 'At row 1, column 2: found "x"'],
    ['a second header', 'a,b\nc,d\n', 'At row 2, column 1: found "c"'],
    ['an empty cell', '1,2\n3,\n', 'At row 2, column 2: found an empty cell'],
    ['an empty cell in the first row', '1,\n3,4\n', 'At row 1, column 2: found an empty cell'],
    ['a blank line between', '1,2\n\n3,4\n', 'At row 2: found an empty line'],
    ['a thousand blank lines at the end', `1,2${'\n'.repeat(1000)}`, 'At row 2: found an empty line'],
    ['NaN', '1,2\nnan,4\n', 'At row 2, column 1: found "nan"'],
    ['a first row of NaN', 'nan,NaN\n1,2\n', 'At row 1, column 1: found "nan"'],
    ['infinity', '1,2\n3,-Infinity\n', 'At row 2, column 2: found "-Infinity"'],
    ['a number beyond float32', '1,2\n3,1e39\n', 'At row 2, column 2: found "1e39"'],
    ['hexadecimal', '1,0x10\n', 'At row 1, column 2: found "0x10"'],
    ['decimal commas', '1;2\n3;4\n', 'At row 2, column 1: found "3;4"'],
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
    const text = fc.string({ unit: fc.constantFrom(...Array.from('0123456789.,-+e"\n\r x')) });
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, fc.string({ unit: 'binary' })), async (given) => {
        await codeOf(readUpload(given));
      }),
      { numRuns: 200 },
    );
  });
});
