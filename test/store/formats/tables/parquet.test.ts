import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { codeOf, errorOf } from '../../support.ts';
import { openBytes, openStored, readTable } from '../opening.ts';

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];

const write = (columnData: Columns, rowGroupSize = 1000): Buffer =>
  Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize }));

const COLUMNS: Columns = [
  { name: 'name', data: ['a', 'é', null], type: 'STRING' },
  { name: 'amount', data: [1.5, NaN, -2], type: 'DOUBLE' },
  { name: 'id', data: [9007199254740993n, 5n, -1n], type: 'INT64' },
  { name: 'paid', data: [true, false, null], type: 'BOOLEAN' },
  { name: 'when', data: [new Date(0), new Date('2024-02-29T12:30:00Z'), null], type: 'TIMESTAMP' },
  { name: 'tags', data: [{ a: 1 }, null, [2, 3]], type: 'JSON' },
];

describe('parquet', () => {
  it('reads numbers, texts, flags, times and structures', async () => {
    for (const opened of [openBytes(write(COLUMNS)), openStored(write(COLUMNS))]) {
      expect(await readTable(opened)).toEqual({
        format: 'parquet',
        header: null,
        width: 6,
        names: ['name', 'amount', 'id', 'paid', 'when', 'tags'],
        rows: [
          ['a', 1.5, '9007199254740993', true, '1970-01-01T00:00:00.000Z', '{"a":1}'],
          ['é', null, 5, false, '2024-02-29T12:30:00.000Z', null],
          [null, -2, -1, null, null, '[2,3]'],
        ],
        numbers: [1, 2, 3],
      });
    }
  });

  it('reads many row groups in batches', async () => {
    const values = Int32Array.from({ length: 25_000 }, (_, i) => i);
    const file = await openStored(write([{ name: 'i', data: values }], 7000));
    const sizes: number[] = [];
    let next = 0;
    if (file.kind !== 'table') throw new Error('no table');
    for await (const { rows, numbers } of file.batches) {
      sizes.push(rows.length);
      rows.forEach(([value], i) => {
        expect([value, numbers[i]]).toEqual([next, next + 1]);
        next += 1;
      });
    }
    expect([next, Math.max(...sizes)]).toEqual([25_000, 1000]);
  });

  it('refuses more rows than the limit', async () => {
    const limits = { maxUploadBytes: 2 ** 20, maxDatasetBytes: 2 ** 20, maxRows: 2 };
    expect(await codeOf(readTable(openStored(write(COLUMNS), { limits })))).toBe('too_large');
  });

  it.each<[string, Buffer, string]>([
    ['the beginning alone', write(COLUMNS).subarray(0, 100), 'found no PAR1 at the end'],
    ['a few bytes', Buffer.from('PAR1'), 'At byte 4: found the end of the data'],
    [
      'a footer longer than the file',
      Buffer.from('PAR1\0\0\0\0\xff\xff\xff\x7fPAR1', 'latin1'),
      'found a footer of 2147483647 bytes',
    ],
    ['an empty footer', Buffer.from('PAR1\0\0\0\0\0\0\0\0PAR1', 'latin1'), 'At '],
  ])('refuses %s', async (_, bytes, message) => {
    const error = await errorOf(readTable(openStored(bytes)));
    expect(error?.code).toBe('data_invalid');
    expect(error?.message).toContain(message);
  });

  it('answers any damaged byte with rows or an AppError', async () => {
    const bytes = write(COLUMNS);
    for (const bits of [0x41, 0x80, 0xff]) {
      for (let at = 4; at < bytes.length; at++) {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ bits;
        await codeOf(readTable(openStored(damaged)));
      }
    }
  });
});
