import iconv from 'iconv-lite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../support.ts';
import { readText } from './opening.ts';

const TEXT = 'name,city\nJosé,Zürich\nØrsted,東京😀\n';
const WESTERN = 'name,price\nJosé,5 €\n';

describe('text', () => {
  it.each<[string, Uint8Array, string | undefined, string]>([
    ['UTF-8', Buffer.from(TEXT), undefined, TEXT],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeff' + TEXT), undefined, TEXT],
    ['UTF-16 little-endian', iconv.encode('\ufeff' + TEXT, 'utf-16le'), undefined, TEXT],
    ['UTF-16 big-endian', iconv.encode('\ufeff' + TEXT, 'utf-16be'), undefined, TEXT],
    ['UTF-32 little-endian', iconv.encode('\ufeff' + TEXT, 'utf-32le'), undefined, TEXT],
    ['UTF-32 big-endian', iconv.encode('\ufeff' + TEXT, 'utf-32be'), undefined, TEXT],
    ['UTF-16 without a mark', iconv.encode(TEXT, 'utf-16le'), 'UTF-16LE', TEXT],
    ['UTF-16 big-endian without a mark', iconv.encode(TEXT, 'utf-16be'), 'utf-16be', TEXT],
    ['a mark against the setting', Buffer.from('\ufeff' + TEXT), 'windows-1252', TEXT],
    ['Windows-1252', iconv.encode(WESTERN, 'windows-1252'), 'windows-1252', WESTERN],
    ['ISO 8859-15', iconv.encode(WESTERN, 'iso-8859-15'), 'ISO-8859-15', WESTERN],
    ['Shift JIS', iconv.encode('city,n\n東京,1\n', 'shift_jis'), 'Shift_JIS', 'city,n\n東京,1\n'],
    ['GB 18030', iconv.encode('city,n\n北京,1\n', 'gb18030'), 'gb18030', 'city,n\n北京,1\n'],
  ])('reads %s wherever it is cut', async (_, bytes, encoding, text) => {
    const expected = text
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    for (const pieceBytes of [1, 2, 3, 5, 7, 1000]) {
      const table = await readText(bytes, { pieceBytes, ...(encoding === undefined ? {} : { encoding }) });
      expect([table.names, ...table.rows]).toEqual(expected);
    }
  });

  it.each<[string, Uint8Array, string | undefined, string]>([
    [
      'Windows-1252 as UTF-8',
      iconv.encode('a,b\n1,x\n2,José\n', 'windows-1252'),
      undefined,
      'row 3, column 2 (b): found byte 0xe9, which is not valid utf-8',
    ],
    [
      'a lone continuation byte',
      Buffer.from([...Buffer.from('a,b\n1,'), 0x80, 0x0a]),
      undefined,
      'row 2, column 2 (b): found byte 0x80',
    ],
    [
      'an encoded surrogate',
      Buffer.from([...Buffer.from('a,b\n1,'), 0xed, 0xa0, 0x80]),
      undefined,
      'row 2, column 2 (b): found byte 0xed',
    ],
    [
      'an incomplete character at the end',
      Buffer.from('a,b\n1,é').subarray(0, -1),
      undefined,
      'row 2, column 2 (b): found byte 0xc3',
    ],
    [
      'half a pair in UTF-16',
      iconv.encode('\ufeffa,b\n1,\ud800x\n', 'utf-16le'),
      undefined,
      'row 2, column 2 (b)',
    ],
    [
      'an odd byte in UTF-16',
      iconv.encode('\ufeffa,b\n1,2', 'utf-16le').subarray(0, -1),
      undefined,
      'row 2, column 2 (b)',
    ],
    [
      'what Windows-1252 does not have',
      Buffer.from([...Buffer.from('a,b\n1,'), 0x81, 0x0a]),
      'windows-1252',
      'row 2, column 2 (b): found what follows, which is not valid windows-1252',
    ],
    ['UTF-8 as ASCII', Buffer.from('a,b\n"é",1\n'), 'us-ascii', 'row 2, column 1 (a)'],
  ])('names row and column of %s', async (_, bytes, encoding, message) => {
    for (const pieceBytes of [1, 3, 1000]) {
      const error = await errorOf(
        readText(bytes, { pieceBytes, ...(encoding === undefined ? {} : { encoding }) }),
      );
      expect(error?.code).toBe('data_invalid');
      expect(error?.message).toContain(message);
    }
  });

  it.each(['utf-99', 'base64', 'hex', ''])('refuses the encoding %j', async (encoding) => {
    const error = await errorOf(readText('a,b\n1,2\n', { encoding }));
    expect(error?.problems[0]?.pointer).toBe('/encoding');
  });

  it('finds the first invalid byte of any UTF-8 text', async () => {
    const letters = fc.string({ unit: fc.constantFrom(...Array.from('aéß東😀')) });
    await fc.assert(
      fc.asyncProperty(
        letters,
        fc.constantFrom(0x80, 0xc0, 0xff, 0xfe),
        letters,
        async (before, byte, after) => {
          const bytes = Buffer.concat([
            Buffer.from(`a,b\n1,${before}`),
            Buffer.from([byte]),
            Buffer.from(`${after}\n`),
          ]);
          const error = await errorOf(readText(bytes, { pieceBytes: 5 }));
          expect(error?.message).toContain(`row 2, column 2 (b): found byte 0x${byte.toString(16)}`);
        },
      ),
    );
  });
});
