import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../../support.ts';
import { openStored, readTable } from '../opening.ts';

const main = createRequire(import.meta.url).resolve('vega-datasets');
const folder = join(dirname(main), '..', 'data');
const LIMITS = { maxUploadBytes: 2 ** 26, maxDatasetBytes: 2 ** 26 };

/** Maps, graphs, and objects or arrays that are no rows. */
const NO_TABLES = [
  'annual-precip.json',
  'earthquakes.json',
  'londonBoroughs.json',
  'londonTubeLines.json',
  'miserables.json',
  'us-10m.json',
  'volcano.json',
  'world-110m.json',
];
const files = readdirSync(folder).filter((name) => /\.(?:csv|tsv|json)$/.test(name));
const open = (name: string) => readTable(openStored(readFileSync(join(folder, name)), { limits: LIMITS }));

/** Counted with a plain JSON parser, or as lines. */
function countRows(name: string): number {
  const text = readFileSync(join(folder, name), 'utf8');
  if (name.endsWith('.json')) return (JSON.parse(text) as unknown[]).length;
  return text.trimEnd().split(/\r\n|\n|\r/).length - 1;
}

describe('the tables of vega-datasets', () => {
  it.each(files.filter((name) => !NO_TABLES.includes(name)))('opens %s', async (name) => {
    const table = await open(name);
    expect(table.names).toHaveLength(table.width);
    expect(table.width).toBeGreaterThan(1);
    expect(table.rows).toHaveLength(countRows(name));
  });

  it('opens the Parquet file of 3 million flights', async () => {
    const file = await openStored(readFileSync(join(folder, 'flights-3m.parquet')), { limits: LIMITS });
    if (file.kind !== 'table') throw new Error('no table');
    for await (const { rows } of file.batches) {
      expect(file.names).toHaveLength(rows[0]?.length ?? 0);
      break;
    }
    await file.close();
  });

  it.each(NO_TABLES)('says that %s is no table', async (name) => {
    expect((await errorOf(open(name)))?.message).toContain('allowed: an array of objects');
  });

  it('says what an Arrow file and a picture are', async () => {
    expect((await errorOf(open('flights-200k.arrow')))?.message).toContain('found an Arrow or Feather file');
    expect((await errorOf(open('7zip.png')))?.message).toContain('found a single PNG image');
  });
});
