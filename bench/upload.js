import { execFileSync, spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createClient } from './client.js';
import { printTable } from './report.js';
import { startService, stopService } from './service.js';

const ROWS = 1_000_000;
const POLL_MS = 250;
const STEPS = 2000;
const CITIES = ['Aachen', 'Bergen', 'Cork', 'Delft', 'Esbjerg', 'Faro', 'Ghent', 'Haarlem'];

const READ_WITH_PANDAS = `
import sys, time, pandas
started = time.perf_counter()
pandas.read_csv(sys.argv[1])
print(time.perf_counter() - started)
`;

/**
 * Uploads a CSV file of a million rows and twenty mixed columns and trains on it; prints the rate beside pandas.read_csv and the
 * peak resident memory of the API and of the training process. Options: --rows N, --python PROGRAM (one that has pandas).
 * The API and the worker are processes of their own, on Redis.
 */
export async function run(options = readOptions(process.argv.slice(3))) {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-upload-'));
  const file = join(folder, 'table.csv');
  await writeTable(file, options.rows);
  const redis = options.redis;
  const environment = {
    AEVB_DATA_DIR: join(folder, 'data'),
    AEVB_QUEUE_URL: redis,
    AEVB_QUEUE_PREFIX: 'aevb-upload-bench',
  };
  const worker = await startService('worker', environment);
  const api = await startService('api', environment);
  try {
    const uploaded = await upload(api, file);
    const trained = await train(api, uploaded.id);
    report(file, uploaded, trained, options.python);
  } finally {
    await Promise.all([stopService(api), stopService(worker)]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function readOptions(words) {
  const options = { rows: ROWS, python: 'python3', redis: 'redis://127.0.0.1:6379' };
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i].slice(2);
    if (!(name in options)) throw new Error(`unknown option ${words[i]}`);
    options[name] = name === 'rows' ? Number(words[i + 1]) : words[i + 1];
  }
  return options;
}

/** Numbers, money, counts, flags, words, dates and ids; some cells are missing. */
async function writeTable(file, rows) {
  const out = createWriteStream(file);
  const numbers = Array.from({ length: 8 }, (_, i) => `x${i + 1}`);
  out.write(
    [
      'id',
      'ordered_at',
      'city',
      'express',
      'price',
      'items',
      ...numbers,
      'a',
      'b',
      'c',
      'd',
      'e',
      'note',
    ].join(',') + '\n',
  );
  let text = '';
  for (let i = 0; i < rows; i++) {
    text += `${writeRow(i)}\n`;
    if (text.length > 2 ** 20) {
      if (!out.write(text)) await once(out, 'drain');
      text = '';
    }
  }
  out.end(text);
  await once(out, 'finish');
}

function writeRow(i) {
  const wave = Math.sin(i * 0.37) + Math.sin(i * 1.7) / 2;
  const date = new Date(Date.UTC(2020, 0, 1) + i * 97_000).toISOString().slice(0, 19);
  const numbers = Array.from({ length: 8 }, (_, k) =>
    (i + k) % 53 === 0 ? '' : (wave * (k + 1) + Math.sin(i * (k + 2) * 0.91)).toFixed(4),
  );
  const more = [i % 7, (i * 31) % 101, Math.round(50 + 20 * wave), (i % 1000) / 8, (i * 17) % 13];
  const price = `$${(20 + 10 * wave).toFixed(2)}`;
  return [
    `o-${i}`,
    date,
    CITIES[i % 8],
    i % 3 === 0 ? 'yes' : 'no',
    price,
    i % 9,
    ...numbers,
    ...more,
    `row ${i}`,
  ].join(',');
}

async function upload(api, file) {
  const { size } = statSync(file);
  const started = performance.now();
  const watching = watchMemory([api.child.pid]);
  const response = await fetch(`${api.url}/datasets?name=million`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: Readable.toWeb(createReadStream(file)),
    duplex: 'half',
  });
  const answer = await response.json();
  if (response.status !== 201) throw new Error(JSON.stringify(answer));
  const seconds = (performance.now() - started) / 1000;
  return { id: answer.id, megabytes: size / 1e6, seconds, peak: watching.stop() };
}

async function train(api, id) {
  const client = createClient(api.url);
  const job = await client.post('/jobs', { dataset_id: id, training: { steps: STEPS } });
  let peak = 0;
  for (;;) {
    const { state, progress, error } = await client.get(`/jobs/${job.id}`);
    if (progress) peak = Math.max(peak, readResident(progress.pid));
    if (state === 'succeeded') return { peak, apiPeak: readResident(api.child.pid) };
    if (state === 'failed') throw new Error(JSON.stringify(error));
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function watchMemory(pids) {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, ...pids.map(readResident));
  };
  const timer = setInterval(look, 50);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return peak;
    },
  };
}

/** VmHWM, the peak of the process so far, in MB; 0 if it has ended. */
function readResident(pid) {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) / 1000;
  } catch {
    return 0;
  }
}

function report(file, uploaded, trained, python) {
  const rows = [
    ['upload, detection and storage', `${(uploaded.megabytes / uploaded.seconds).toFixed(1)} MB/s`],
  ];
  if (spawnSync(python, ['-c', 'import pandas']).status === 0) {
    const seconds = Number(execFileSync(python, ['-c', READ_WITH_PANDAS, file], { encoding: 'utf8' }));
    rows.push(['pandas.read_csv of the same file', `${(uploaded.megabytes / seconds).toFixed(1)} MB/s`]);
  }
  rows.push(
    ['size of the file', `${uploaded.megabytes.toFixed(0)} MB`],
    ['API, peak during the upload', `${uploaded.peak.toFixed(0)} MB`],
    ['API, peak in all', `${Math.max(uploaded.peak, trained.apiPeak).toFixed(0)} MB`],
    ['training process, peak', `${trained.peak.toFixed(0)} MB`],
  );
  printTable(['a table of a million rows and twenty columns', 'measured'], rows);
}
