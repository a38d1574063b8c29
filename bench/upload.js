import { execFileSync, spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createClient } from './client.js';
import { startRedis } from './redis.js';
import { readPeak } from './processes.js';
import { printTable } from './report.js';
import { startService, stopService } from './service.js';

const ROWS = 1_000_000;
const POLL_MS = 250;
const STEPS = 2000;
/** Of Linux, a second. */
const CLOCK_TICKS = 100;
const CITIES = ['Aachen', 'Bergen', 'Cork', 'Delft', 'Esbjerg', 'Faro', 'Ghent', 'Haarlem'];

const READ_WITH_PANDAS = `
import sys, time, pandas
started, spent = time.perf_counter(), time.process_time()
pandas.read_csv(sys.argv[1])
print(time.perf_counter() - started, time.process_time() - spent)
`;

/**
 * Uploads a CSV file of a million rows and twenty mixed columns and trains on it; prints the rate beside pandas.read_csv, by the
 * clock and by processor time, and the peak resident memory of the API, the worker and its training process. Options: --rows N,
 * --python PROGRAM (one that has pandas). The API and the worker are processes of their own, on a Redis that the bench starts.
 */
export async function run(options = readOptions(process.argv.slice(3))) {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-upload-'));
  const file = join(folder, 'table.csv');
  await writeTable(file, options.rows);
  const redis = await startRedis(folder);
  const environment = {
    AEVB_DATA_DIR: join(folder, 'data'),
    AEVB_QUEUE_URL: redis.url,
  };
  const worker = await startService('worker', environment);
  const api = await startService('api', environment);
  try {
    const uploaded = await upload(api, file);
    const trained = await train(api, worker, uploaded.id);
    report(file, uploaded, trained, options.python);
  } finally {
    await Promise.all([stopService(api), stopService(worker)]);
    redis.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readOptions(words) {
  const options = { rows: ROWS, python: 'python3' };
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i].slice(2);
    if (!(name in options)) throw new Error(`unknown option ${words[i]}`);
    options[name] = name === 'rows' ? Number(words[i + 1]) : words[i + 1];
  }
  return options;
}

/** Numbers, money, counts, flags, words, dates and ids; some cells are missing. */
export async function writeTable(file, rows) {
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
  const spent = readProcessor(api.child.pid);
  const response = await fetch(`${api.url}/datasets?name=million`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: Readable.toWeb(createReadStream(file)),
    duplex: 'half',
  });
  const answer = await response.json();
  if (response.status !== 201) throw new Error(JSON.stringify(answer));
  const seconds = (performance.now() - started) / 1000;
  const processor = readProcessor(api.child.pid) - spent;
  return { id: answer.id, megabytes: size / 1e6, seconds, processor, peak: readPeak(api.child.pid) };
}

async function train(api, worker, id) {
  const client = createClient(api.url);
  const job = await client.post('/jobs', { dataset_id: id, training: { steps: STEPS } });
  let peak = 0;
  for (;;) {
    const { state, progress, error } = await client.get(`/jobs/${job.id}`);
    if (progress) peak = Math.max(peak, readPeak(progress.pid));
    if (state === 'succeeded') {
      return { peak, apiPeak: readPeak(api.child.pid), workerPeak: readPeak(worker.child.pid) };
    }
    if (state === 'failed') throw new Error(JSON.stringify(error));
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Seconds of processor time that a process has spent, in all its threads. */
function readProcessor(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

function report(file, uploaded, trained, python) {
  const rate = (seconds) => (uploaded.megabytes / seconds).toFixed(1);
  const rows = [
    ['upload, detection and storage, MB/s', rate(uploaded.seconds), rate(uploaded.processor), ''],
  ];
  if (spawnSync(python, ['-c', 'import pandas']).status === 0) {
    const printed = execFileSync(python, ['-c', READ_WITH_PANDAS, file], { encoding: 'utf8' });
    const [seconds, processor] = printed.split(' ').map(Number);
    rows.push(['pandas.read_csv of the same file, MB/s', rate(seconds), rate(processor), '']);
  }
  const memory = (name, megabytes, goal) => [name, megabytes.toFixed(0), '', goal];
  rows.push(
    memory('size of the file, MB', uploaded.megabytes, ''),
    memory('API, peak during the upload, MB', uploaded.peak, '300'),
    memory('API, peak in all, MB', trained.apiPeak, '300'),
    memory('training process, peak, MB', trained.peak, '700'),
    memory('worker that started it, peak, MB', trained.workerPeak, ''),
  );
  printTable(
    ['a table of a million rows and twenty columns', 'measured', 'per processor second', 'goal'],
    rows,
  );
}
