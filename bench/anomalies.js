import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from './client.js';
import { printTable } from './report.js';
import { startService, stopService } from './service.js';
import { readSklearnTables, readVegaTable, toCsv, VEGA_TABLES } from './tables/collection.js';
import { plant } from './tables/plant.js';

const PEERS = fileURLToPath(new URL('./peers/anomalies.py', import.meta.url));
const ROWS_AT_ONCE = 250;
const ALARM_RATES = [0.1, 0.05, 0.01];

/**
 * Plants anomalies in new rows of real tables, trains on the others with {"dataset_id": ...} alone, and compares the area under
 * the ROC curve of POST /score with that of four peers. Also prints the share of ordinary new rows that are flagged.
 * Options: --table NAME (repeatable), --python PROGRAM (one that has scikit-learn and PyOD), --seed N, --training JSON (fields of
 * the order's `training`, in place of defaults).
 */
export async function run(options = readOptions(process.argv.slice(3))) {
  const all = [...VEGA_TABLES.map(readVegaTable), ...readSklearnTables(options.python)];
  const chosen = all.filter(({ name }) => options.tables.length === 0 || options.tables.includes(name));
  const planted = chosen.map((table) => ({ ...table, ...plant(table, options.seed) }));
  const ours = await scoreAll(planted, options.training);
  const peers = scoreByPeers(planted, options.python);
  printResults(planted, ours, peers);
  printKinds(planted, ours);
  printFlagged(planted, ours);
}

function readOptions(words) {
  const tables = [];
  const options = { python: 'python3', seed: 1, training: {} };
  for (let i = 0; i < words.length; i += 2) {
    if (words[i] === '--table') tables.push(words[i + 1]);
    else if (words[i] === '--python') options.python = words[i + 1];
    else if (words[i] === '--seed') options.seed = Number(words[i + 1]);
    else if (words[i] === '--training') options.training = JSON.parse(words[i + 1]);
    else throw new Error(`unknown option ${words[i]}`);
  }
  return { ...options, tables };
}

async function scoreAll(planted, training) {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-anomalies-'));
  const service = await startService('serve', { AEVB_DATA_DIR: folder });
  try {
    const client = createClient(service.url);
    const results = [];
    for (const table of planted) {
      const result = await scoreTable(client, table, training);
      process.stderr.write(
        `${table.name}: AUC ${result.auc.toFixed(3)} after ${result.seconds.toFixed(0)} s\n`,
      );
      results.push(result);
    }
    return results;
  } finally {
    await stopService(service);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function scoreTable(client, { name, columns, train, fresh, labels }, training) {
  const started = performance.now();
  const csv = toCsv(columns, train);
  const dataset = await client.upload(`/datasets?name=${encodeURIComponent(name)}`, csv, 'text/csv');
  const job = await client.train({ dataset_id: dataset.id, training });
  const seconds = (performance.now() - started) / 1000;
  const [scores, pValues] = [[], []];
  for (let start = 0; start < fresh.length; start += ROWS_AT_ONCE) {
    const data = fresh.slice(start, start + ROWS_AT_ONCE).map((row) => toObject(columns, row));
    const answer = await client.post('/score', { model_id: job.model_id, data, columns: false });
    scores.push(...answer.score);
    pValues.push(...answer.p_value);
  }
  return { job, scores, pValues, seconds, auc: measureAuc(scores, labels) };
}

/** Cells as text, as a file has them; an empty cell is missing. */
const toObject = (columns, row) =>
  Object.fromEntries(columns.map((name, i) => [name, row[i] === '' ? null : row[i]]));

/** The probability that an anomalous row scores above an ordinary one; ties count half. */
export function measureAuc(scores, labels) {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let [rankSum, position] = [0, 0];
  while (position < order.length) {
    let end = position;
    while (end < order.length && scores[order[end]] === scores[order[position]]) end += 1;
    const rank = (position + 1 + end) / 2;
    for (; position < end; position++) rankSum += labels[order[position]] * rank;
  }
  const positives = labels.reduce((sum, label) => sum + label, 0);
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (labels.length - positives));
}

function scoreByPeers(planted, python) {
  const input = planted
    .map(({ name, kinds, train, fresh, labels }) => JSON.stringify({ name, kinds, train, fresh, labels }))
    .join('\n');
  const { status, stdout } = spawnSync(python, [PEERS], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) {
    process.stdout.write(`${python} has no scikit-learn or PyOD: no peers\n\n`);
    return new Map();
  }
  const lines = stdout.trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line)).map((result) => [result.name, result]));
}

function printResults(planted, ours, peers) {
  const methods = Object.keys(peers.values().next().value?.auc ?? {});
  const rows = planted.map(({ name, train, columns }, i) => {
    const auc = peers.get(name)?.auc ?? {};
    return [ours[i].auc, ...methods.map((method) => auc[method])].reduce(
      (cells, value) => [...cells, value.toFixed(3)],
      [name, String(train.length), String(columns.length), ours[i].seconds.toFixed(0)],
    );
  });
  const mean = (column) => rows.reduce((sum, row) => sum + Number(row[column]), 0) / rows.length;
  const means = ['mean', '', '', '', ...[...methods, ''].map((_, i) => mean(i + 4).toFixed(3))];
  printTable(['table', 'rows', 'columns', 'seconds', 'aevb', ...methods], [...rows, means]);
}

/** The area for each kind of anomaly alone, beside all ordinary rows. */
function printKinds(planted, ours) {
  const kinds = ['swapCells', 'shiftNumber', 'changeWord'];
  const rows = planted.map(({ name, how }, i) => [
    name,
    ...kinds.map((kind) => {
      const chosen = how.flatMap((own, row) => (own === kind || own === 'ordinary' ? [row] : []));
      if (!how.includes(kind)) return '';
      return measureAuc(
        chosen.map((row) => ours[i].scores[row]),
        chosen.map((row) => Number(how[row] === kind)),
      ).toFixed(3);
    }),
  ]);
  printTable(['aevb alone', 'swapped cells', 'shifted number', 'changed word'], rows);
}

/** The share of ordinary new rows whose p-value is at most the alarm rate, and how far off that is in standard errors. */
function printFlagged(planted, ours) {
  const rows = planted.map(({ name, labels }, i) => {
    const ordinary = ours[i].pValues.filter((_, row) => labels[row] === 0);
    const cells = ALARM_RATES.map((rate) => {
      const share = ordinary.filter((p) => p !== null && p <= rate).length / ordinary.length;
      const error = Math.sqrt((rate * (1 - rate)) / ordinary.length);
      return `${(100 * share).toFixed(1)} % (${((share - rate) / error).toFixed(1)})`;
    });
    return [name, String(ordinary.length), ...cells];
  });
  printTable(['table', 'ordinary rows', ...ALARM_RATES.map((rate) => `alarm rate ${rate}`)], rows);
}
