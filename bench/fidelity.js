import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from './client.js';
import { printTable } from './report.js';
import { startService, stopService } from './service.js';
import { vegaPath } from './tables/collection.js';

const PEERS = fileURLToPath(new URL('./peers/fidelity.py', import.meta.url));
const TABLES = ['cars.json', 'flights-2k.json', 'movies.json', 'seattle-weather.csv'];
const MOST_ROWS = 1000;
const SEED = 0;

/**
 * Trains real tables with defaults and prints how well GET /models/:id/fidelity tells validation rows from samples, beside two
 * classifiers of scikit-learn on the same rows and samples. Options: --table FILE (repeatable), --python PROGRAM.
 */
export async function run(options = readOptions(process.argv.slice(3))) {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-fidelity-'));
  const service = await startService('serve', { AEVB_DATA_DIR: join(folder, 'data') });
  const tasks = [];
  try {
    const client = createClient(service.url);
    for (const file of options.tables) tasks.push(await compare(client, file));
  } finally {
    await stopService(service);
    rmSync(folder, { recursive: true, force: true });
  }
  const peers = tellApartByPeers(tasks, options.python);
  const lines = tasks.map(({ name, rows, auc, error }) => {
    const { boosting, logistic } = peers.get(name);
    return [
      name,
      String(rows),
      `${auc.toFixed(3)} ± ${error.toFixed(3)}`,
      boosting.toFixed(3),
      logistic.toFixed(3),
    ];
  });
  printTable(['table', 'rows', 'AUC', 'GradientBoosting', 'LogisticRegression'], lines);
}

function readOptions(words) {
  const options = { tables: [], python: 'python3' };
  for (let i = 0; i < words.length; i += 2) {
    if (words[i] === '--table') options.tables.push(words[i + 1]);
    else if (words[i] === '--python') options.python = words[i + 1];
    else throw new Error(`unknown option ${words[i]}`);
  }
  return { ...options, tables: options.tables.length > 0 ? options.tables : TABLES };
}

async function compare(client, file) {
  const type = file.endsWith('csv') ? 'text/csv' : 'application/json';
  const { id, rows } = await client.upload(`/datasets?name=${file}`, readFileSync(vegaPath(file)), type);
  const { model_id: model } = await client.train({ dataset_id: id });
  const report = await client.get(`/models/${model}/fidelity?samples=${MOST_ROWS}&seed=${SEED}`);
  const held = await client.get(`/models/${model}/scatter?rows=validation&limit=${MOST_ROWS}`);
  const samples = await client.get(
    `/samples?model_id=${model}&count=${held.rows.length}&draw=sample&seed=${SEED}`,
  );
  const all = await client.get(`/datasets/${id}/rows?limit=${rows}`);
  const places = samples.columns.map((name) => all.columns.indexOf(name));
  const data = held.rows.map((row) => places.map((place) => all.data[row][place]));
  const own = { rows: report.rows, auc: report.auc, error: report.auc_standard_error };
  return { name: file, data, samples: samples.data, ...own };
}

function tellApartByPeers(tasks, python) {
  const input = tasks.map(({ name, data, samples }) => JSON.stringify({ name, data, samples })).join('\n');
  const { status, stdout, stderr } = spawnSync(python, [PEERS], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${python} needs scikit-learn and pandas: ${stderr}`);
  const lines = stdout.trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line)).map(({ name, auc }) => [name, auc]));
}
