import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';

/**
 * Real tables as people publish them: of the npm package vega-datasets, and of scikit-learn where python3 has it. A table is
 * { name, columns: names, rows: cells as text, '' if missing }.
 */

const DATA = fileURLToPath(new URL('../../node_modules/vega-datasets/data', import.meta.url));
const EXPORT = fileURLToPath(new URL('../peers/export_tables.py', import.meta.url));

/** Tables of vega-datasets that have at least 100 rows and columns that depend on each other. */
export const VEGA_TABLES = [
  'airports.csv',
  'birdstrikes.csv',
  'cars.json',
  'flights-2k.json',
  'football.json',
  'gapminder.json',
  'gapminder-health-income.csv',
  'movies.json',
  'penguins.json',
  'seattle-weather.csv',
  'sp500-2000.csv',
  'stocks.csv',
  'unemployment-across-industries.json',
  'us-employment.csv',
  'weather.csv',
  'windvectors.csv',
];

export const vegaPath = (file) => join(DATA, file);

export function readVegaTable(file) {
  const text = readFileSync(vegaPath(file), 'utf8');
  const name = file.replace(/\.\w+$/, '');
  return file.endsWith('.json') ? { name, ...fromObjects(JSON.parse(text)) } : { name, ...fromCsv(text) };
}

/** digits, breast cancer, wine and diabetes, and samples of them; [] where `python` has no scikit-learn. */
export function readSklearnTables(python) {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-tables-'));
  try {
    const { status } = spawnSync(python, [EXPORT, folder], { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) return [];
    const files = readdirSync(folder).sort();
    return files.map((file) => ({
      name: file.replace(/\.csv$/, ''),
      ...fromCsv(readFileSync(join(folder, file), 'utf8')),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fromCsv(text) {
  const [columns, ...rows] = parse(text, { relax_column_count: true });
  return { columns, rows };
}

function fromObjects(objects) {
  const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  const toText = (value) => (value === null || value === undefined ? '' : String(value));
  return { columns, rows: objects.map((object) => columns.map((name) => toText(object[name]))) };
}

/** RFC 4180. */
export function toCsv(columns, rows) {
  const quote = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return [columns, ...rows].map((row) => row.map(quote).join(',')).join('\n') + '\n';
}
