import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createChains } from './chain.js';
import { createClient } from './client.js';
import { printTable } from './report.js';
import { startService, stopService } from './service.js';
import { readVegaTable, toCsv } from './tables/collection.js';
import { splitTable } from './tables/split.js';

const PEERS = fileURLToPath(new URL('./peers/imputation.py', import.meta.url));
const TABLES = [
  'birdstrikes.csv',
  'cars.json',
  'gapminder-health-income.csv',
  'movies.json',
  'penguins.json',
  'seattle-weather.csv',
];
const HIDDEN_SHARE = 0.3;
const MOST_ROWS = 200;
const ROWS_AT_ONCE = 100;
const COVERED = 0.9;

/**
 * Hides cells of new rows of real tables, 30 % at random and then each column as a whole, and compares what POST /impute fills in
 * with means and modes and with two imputers of scikit-learn. Options: --table FILE (repeatable), --python PROGRAM, --seed N,
 * --training JSON (fields of the order's `training`, in place of defaults), --samples N (draws of z per row), --chain N (also compares
 * with Markov chains of N rounds of encoding and decoding, on the same models).
 */
export async function run(options = readOptions(process.argv.slice(3))) {
  const files = TABLES.filter((file) => options.tables.length === 0 || options.tables.includes(file));
  const tasks = files.map((file) => prepare(readVegaTable(file), options.seed));
  const ours = await imputeAll(tasks, options);
  const peers = imputeByPeers(tasks, options.python);
  for (const setting of ['random', 'column']) {
    process.stdout.write(setting === 'random' ? '30 % of the cells hidden\n\n' : 'One column hidden\n\n');
    printErrors(tasks, ours, peers, setting);
    if (options.chain > 0) printChains(tasks, ours, setting);
  }
}

function readOptions(words) {
  const tables = [];
  const options = { python: 'python3', seed: 1, training: {}, samples: 64, chain: 0 };
  for (let i = 0; i < words.length; i += 2) {
    const [name, value] = [words[i], words[i + 1]];
    if (name === '--table') tables.push(value);
    else if (name === '--python') options.python = value;
    else if (name === '--seed') options.seed = Number(value);
    else if (name === '--samples') options.samples = Number(value);
    else if (name === '--chain') options.chain = Number(value);
    else if (name === '--training') options.training = JSON.parse(value);
    else throw new Error(`unknown option ${name}`);
  }
  return { ...options, tables };
}

/** Rows with hidden cells: { row: cells, hidden: indices of the hidden columns, truth: the cells, setting }. */
function prepare({ name, columns, rows }, seed) {
  const { train, fresh, kinds, random } = splitTable({ columns, rows }, seed);
  const usable = kinds.flatMap(({ kind }, i) => (kind === 'number' || kind === 'word' ? [i] : []));
  const seen = fresh.slice(0, MOST_ROWS);
  const hide = (row, hidden, setting) => ({
    setting,
    hidden,
    truth: row,
    row: row.map((cell, i) => (hidden.includes(i) ? '' : cell)),
  });
  const isKnown = (row) => (i) =>
    row[i] !== '' && (kinds[i].kind === 'number' || kinds[i].words.includes(row[i]));
  const queries = [
    ...seen.map((row) =>
      hide(
        row,
        usable.filter(isKnown(row)).filter(() => random() < HIDDEN_SHARE),
        'random',
      ),
    ),
    ...usable.flatMap((column) =>
      seen.filter((row) => isKnown(row)(column)).map((row) => hide(row, [column], 'column')),
    ),
  ];
  return { name, columns, kinds, train, queries };
}

async function imputeAll(tasks, options) {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-imputation-'));
  const service = await startService('serve', { AEVB_DATA_DIR: folder });
  const chains = options.chain > 0 ? createChains(folder, options.chain) : null;
  try {
    const client = createClient(service.url);
    const results = [];
    for (const task of tasks) {
      results.push(await imputeTable({ client, chains }, task, options));
      process.stderr.write(`${task.name}: ${task.queries.length} rows\n`);
    }
    return results;
  } finally {
    await chains?.dispose();
    await stopService(service);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What was filled in by importance weights, and by the chains if there are any: of each row { column: { value, low, high } }. */
async function imputeTable({ client, chains }, { name, columns, train, queries }, { training, samples }) {
  const dataset = await client.upload(
    `/datasets?name=${encodeURIComponent(name)}`,
    toCsv(columns, train),
    'text/csv',
  );
  const { model_id: id } = await client.train({ dataset_id: dataset.id, training });
  const [weighted, chained] = [
    { rows: [], seconds: 0 },
    { rows: [], seconds: 0 },
  ];
  for (let start = 0; start < queries.length; start += ROWS_AT_ONCE) {
    const data = queries
      .slice(start, start + ROWS_AT_ONCE)
      .map(({ row }) =>
        Object.fromEntries(columns.map((column, i) => [column, row[i] === '' ? null : row[i]])),
      );
    await addTimed(weighted, () => fillByService(client, { model_id: id, data, samples }));
    if (chains !== null) await addTimed(chained, () => chains.fill(id, data));
  }
  const order = ({ rows, seconds }) => ({ ...readCells(columns, rows), seconds });
  return { ...order(weighted), ...(chains && { chained: order(chained) }) };
}

async function addTimed(result, fill) {
  const started = performance.now();
  result.rows.push(...(await fill()));
  result.seconds += (performance.now() - started) / 1000;
}

async function fillByService(client, request) {
  const { cells } = await client.post('/impute', request);
  return cells.map((own) =>
    Object.fromEntries((own ?? []).map(({ column, expected }) => [column, expected])),
  );
}

/** { filled: rows of cells, intervals: for each row and column [low, high] }. */
function readCells(columns, rows) {
  const each = (read) => rows.map((expected) => columns.map((column) => read(expected[column] ?? {})));
  return {
    filled: each(({ median, likeliest }) => median ?? likeliest?.[0]?.value ?? null),
    intervals: each(({ low, high }) => [low ?? NaN, high ?? NaN]),
  };
}

function imputeByPeers(tasks, python) {
  const input = tasks
    .map(({ name, kinds, train, queries }) =>
      JSON.stringify({
        name,
        kinds: kinds.map(({ kind }) => kind),
        train,
        queries: queries.map(({ row }) => row),
      }),
    )
    .join('\n');
  const { status, stdout } = spawnSync(python, [PEERS], { input, encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (status !== 0) {
    process.stdout.write(`${python} has no scikit-learn: no peers\n\n`);
    return new Map();
  }
  const results = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return new Map(results.map((result) => [result.name, result.filled]));
}

/** Root mean square errors in standard deviations of the column, and shares of wrong words, each averaged over columns. */
function measure({ kinds, queries }, filled, setting) {
  const perColumn = kinds.map(() => []);
  queries.forEach(({ hidden, truth, setting: own }, row) => {
    if (own !== setting) return;
    for (const column of hidden) {
      const found = filled[row]?.[column];
      const { kind, deviation } = kinds[column];
      const error =
        kind === 'number'
          ? ((Number(found ?? NaN) - Number(truth[column])) / deviation) ** 2
          : Number(String(found) !== String(truth[column]));
      perColumn[column].push(error);
    }
  });
  const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const numbers = perColumn.filter((errors, i) => kinds[i].kind === 'number' && errors.length > 0);
  const words = perColumn.filter((errors, i) => kinds[i].kind === 'word' && errors.length > 0);
  return {
    numbers: numbers.length > 0 ? average(numbers.map((errors) => Math.sqrt(average(errors)))) : NaN,
    words: words.length > 0 ? average(words.map(average)) : NaN,
  };
}

/** The share of hidden numbers inside their interval, and how far off that is in binomial standard errors. */
function measureCoverage({ kinds, queries }, { intervals }, setting) {
  let [inside, count] = [0, 0];
  queries.forEach(({ hidden, truth, setting: own }, row) => {
    if (own !== setting) return;
    for (const column of hidden) {
      if (kinds[column].kind !== 'number') continue;
      const [low, high] = intervals[row]?.[column] ?? [];
      const value = Number(truth[column]);
      count += 1;
      if (value >= low && value <= high) inside += 1;
    }
  });
  if (count === 0) return '';
  const error = Math.sqrt((COVERED * (1 - COVERED)) / count);
  return `${((100 * inside) / count).toFixed(1)} % (${((inside / count - COVERED) / error).toFixed(1)})`;
}

function printErrors(tasks, ours, peers, setting) {
  const methods = ['aevb', ...Object.keys(peers.values().next().value ?? {})];
  const show = (value) => (Number.isNaN(value) ? '' : value.toFixed(3));
  const ranks = new Map(methods.map((method) => [method, []]));
  const rows = tasks.flatMap((task, i) => {
    const all = methods.map((method) =>
      measure(task, method === 'aevb' ? ours[i].filled : peers.get(task.name)[method], setting),
    );
    return ['numbers', 'words'].flatMap((kind) => {
      const errors = all.map((result) => result[kind]);
      if (errors.some(Number.isNaN)) return [];
      errors.forEach((error, m) => {
        ranks.get(methods[m]).push(1 + errors.filter((other) => other < error).length);
      });
      const covered = kind === 'numbers' ? measureCoverage(task, ours[i], setting) : '';
      return [[task.name, kind, ...errors.map(show), covered]];
    });
  });
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const last = ['mean rank', '', ...methods.map((method) => mean(ranks.get(method)).toFixed(2)), ''];
  printTable(['table', 'error of', ...methods, 'inside 90 %'], [...rows, last]);
}

/** Errors and coverage of the two refinements of q(z|what is known), on the same models. */
function printChains(tasks, ours, setting) {
  const rows = tasks.flatMap((task, i) => {
    const both = [ours[i], ours[i].chained];
    const errors = both.map(({ filled }) => measure(task, filled, setting));
    return ['numbers', 'words']
      .filter((kind) => !errors.some((error) => Number.isNaN(error[kind])))
      .map((kind) => [
        task.name,
        kind,
        ...errors.map((error) => error[kind].toFixed(3)),
        ...both.map((own) => (kind === 'numbers' ? measureCoverage(task, own, setting) : '')),
      ]);
  });
  printTable(['table', 'error of', 'weights', 'chain', 'weights inside 90 %', 'chain inside 90 %'], rows);
  const seconds = ours.map(({ seconds: own, chained }) => [own, chained.seconds]);
  const [weights, chain] = [0, 1].map((i) => seconds.reduce((sum, own) => sum + own[i], 0));
  process.stdout.write(
    `Seconds for both settings: weights ${weights.toFixed(0)}, chain ${chain.toFixed(0)}\n\n`,
  );
}
