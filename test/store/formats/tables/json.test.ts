import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf, errorOf } from '../../support.ts';
import { openStored, readTable, readText } from '../opening.ts';

describe('json and json_lines', () => {
  it.each<[string, string, string, unknown]>([
    [
      'an array',
      'json',
      '[{"a":1,"b":"x"},{"a":2.5,"b":null}]',
      {
        names: ['a', 'b'],
        rows: [
          [1, 'x'],
          [2.5, null],
        ],
      },
    ],
    [
      'lines',
      'json_lines',
      '{"a":1,"b":"x"}\n{"a":2.5,"b":null}\n',
      {
        names: ['a', 'b'],
        rows: [
          [1, 'x'],
          [2.5, null],
        ],
      },
    ],
    [
      'a pretty array',
      'json',
      '\n[\n  {\n    "a": true\n  },\n  {\n    "a": false\n  }\n]\n',
      { rows: [[true], [false]] },
    ],
    [
      'Windows lines and blank ones',
      'json_lines',
      '{"a":1}\r\n\r\n{"a":2}',
      { rows: [[1], [2]], numbers: [1, 3] },
    ],
    [
      'keys that come later',
      'json',
      '[{"a":1},{"b":2,"a":3},{"c":4}]',
      {
        names: ['a', 'b', 'c'],
        rows: [
          [1, null, null],
          [3, 2, null],
          [null, null, 4],
        ],
      },
    ],
    [
      'brackets, quotes and escapes in texts',
      'json',
      '[{"a":"]}[{,"},{"a":"\\"]\\\\"},{"a":"\\u00e9"}]',
      { rows: [[']}[{,'], ['"]\\'], ['é']] },
    ],
    [
      'objects and arrays in cells',
      'json',
      '[{"a":{"b":[1,2]}},{"a":[]}]',
      { rows: [['{"b":[1,2]}'], ['[]']] },
    ],
    [
      'numbers beyond 2^53',
      'json',
      '[{"a":9007199254740993,"b":0.12345678901234567,"c":"9007199254740993"}]',
      { rows: [['9007199254740993', 0.12345678901234567, '9007199254740993']] },
    ],
    [
      'NaN',
      'json_lines',
      '{"a":NaN,"b":"NaN"}\n{"a":1,"b":"x"}\n',
      {
        rows: [
          [null, 'NaN'],
          [1, 'x'],
        ],
      },
    ],
    [
      'keys that every object inherits',
      'json',
      '[{"constructor":1,"toString":"x"},{}]',
      {
        rows: [
          [1, 'x'],
          [null, null],
        ],
      },
    ],
    ['a byte order mark', 'json', '\ufeff[{"a":1}]', { rows: [[1]] }],
  ])('reads %s', async (_, format, text, expected) => {
    for (const pieceBytes of [1, 2, 3, 1000]) {
      expect(await readText(text, { pieceBytes })).toMatchObject({
        format,
        header: null,
        ...(expected as object),
      });
    }
    expect(await readTable(openStored(text))).toMatchObject(expected as object);
  });

  it.each<[string, string, string[]]>([
    [
      'rows that are no objects',
      '[{"a":1},2,[3],null,"x",{"a":6}]',
      ['row 2: found a number; allowed: an object; 3 more at row 3, row 4, row 5'],
    ],
    [
      'lines that are no JSON',
      '{"a":1}\n{"a":}\n{"a":3}\n{"b"\n',
      [
        expect.stringMatching(
          /^row 2: found text that is no JSON \(.*; allowed: an object; 1 more at row 4$/,
        ) as string,
      ],
    ],
    [
      'names that cannot be',
      '[{"a":1,"__proto__":2}]',
      [
        'row 1, column 2: found the name __proto__; allowed: another name: rows sent as JSON objects cannot have it',
      ],
    ],
  ])('lists all problems: %s', async (_, text, problems) => {
    const error = await errorOf(readText(text));
    expect(error?.problems.map(({ pointer, detail }) => `${pointer}: ${detail}`)).toEqual(problems);
  });

  it.each<[string, string, string]>([
    ['an array without an end', '[{"a":1},{"a":2}', 'At row 2: found the end of the data'],
    ['text after the array', '[{"a":1}] x', 'At after row 1: found other text'],
    ['an empty array', '[]', 'At row 1: found no row'],
    ['empty objects', '[{},{}]', 'At row 1: found no object with a key'],
    [
      'numbers',
      '[1,2,3]',
      'At row 1: found no object with a key; allowed: an array of objects, or one whole object on each line',
    ],
    ['one object around all', '{"data":[{"a":1}]}', 'At row 1: found one object around everything'],
    ['one object over several lines', '{\n  "a": 1,\n  "b": 2\n}\n', 'At row 1'],
  ])('refuses %s', async (_, text, message) => {
    const error = await errorOf(readText(text));
    expect(error?.code).toBe('data_invalid');
    expect(error?.message).toContain(message);
  });

  it('names row and column of invalid bytes', async () => {
    const bytes = Buffer.concat([
      Buffer.from('[{"a":1},{"a":2,"city":"Z'),
      Buffer.from([0xfc]),
      Buffer.from('rich"}]'),
    ]);
    expect((await errorOf(readText(bytes)))?.message).toContain('At row 2, column city: found byte 0xfc');
  });

  it('refuses a row of millions of characters', async () => {
    const text = `[{"a":"${'x'.repeat(5_000_000)}"}]`;
    expect((await errorOf(readText(text, { pieceBytes: 2 ** 16 })))?.message).toContain(
      'At row 1: found more than',
    );
    expect(await codeOf(readText('['.repeat(1_000_000), { pieceBytes: 2 ** 16 }))).toBe('data_invalid');
  });

  it('reads back any values', async () => {
    const cell = fc.oneof(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
      fc.boolean(),
      fc.constant(null),
    );
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async (values, lines) => {
        const objects = values.map(([a, b]) => ({ a, b }));
        const text = lines
          ? objects.map((each) => JSON.stringify(each)).join('\n')
          : JSON.stringify(objects, null, 1);
        const table = await readText(text, { format: lines ? 'json_lines' : 'json', pieceBytes: 5 });
        expect(table.rows).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });
});
