import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printTable } from './report.js';
import { VEGA_TABLES, vegaPath } from './tables/collection.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/**
 * Runs `aevb try FILE`, without an option, on real tables of vega-datasets: rows, roles, floor, bound and seconds of the whole
 * command. Option: --table FILE (repeatable).
 */
export async function run(files = readFiles(process.argv.slice(3))) {
  const rows = files.map((file) => {
    const cells = tryTable(file);
    process.stderr.write(`${cells.join(' | ')}\n`);
    return cells;
  });
  printTable(['table', 'rows', 'roles', 'floor', 'bound', 'gain', 'seconds'], rows);
}

function readFiles(words) {
  const files = words.filter((_, i) => i % 2 === 1);
  return files.length > 0 ? files : VEGA_TABLES;
}

function tryTable(file) {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-try-'));
  try {
    const started = performance.now();
    const { status, stdout } = spawnSync(process.execPath, [MAIN, 'try', vegaPath(file)], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const seconds = (performance.now() - started) / 1000;
    if (status !== 0) throw new Error(`aevb try ${file} ended with ${status}: ${stdout}`);
    return [file, ...readOutcome(join(folder, `${parse(file).name}-aevb`, 'data')), seconds.toFixed(0)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readOutcome(data) {
  const dataset = readOnly(join(data, 'datasets'), 'dataset.json');
  const { comparison } = readOnly(join(data, 'models'), 'model.json');
  const { bound, independent, gain } = comparison;
  return [
    String(dataset.rows),
    countRoles(dataset.table.columns),
    write(independent),
    write(bound),
    `${write(gain)}${comparison.above_floor ? '' : ' (not clear)'}`,
  ];
}

const write = ({ mean, standard_error: error }) => `${mean.toFixed(2)} ± ${error.toFixed(2)}`;

function countRoles(columns) {
  const counts = new Map();
  for (const { role } of columns) counts.set(role, (counts.get(role) ?? 0) + 1);
  return [...counts].map(([role, count]) => `${count} ${role}`).join(', ');
}

/** The record of the only data set or model that the user made. */
function readOnly(folder, file) {
  const [id] = readdirSync(folder).filter((name) => /^(ds|model)_/.test(name));
  return JSON.parse(readFileSync(join(folder, id, file), 'utf8'));
}
