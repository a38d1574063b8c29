import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from './client.js';
import { listChildren, readPeak } from './processes.js';
import { startRedis } from './redis.js';
import { printTable } from './report.js';
import { killService, startService, stopService } from './service.js';
import { writeTable } from './upload.js';

const LOOP = fileURLToPath(new URL('./bulk-loop.js', import.meta.url));
const POLL_MS = 50;
const STEPS = 2000;
/** Share of the rows after which the worker is killed. */
const KILLED_AT = 0.4;
const ORDERS = {
  score: { alarm_rate: 0.01 },
  encode: { format: 'npy' },
  impute: {},
};

/**
 * Scores, encodes and fills in a table of a million rows and twenty mixed columns by jobs: with one worker of one thread, with two, and
 * with one that is killed with SIGKILL in the middle and started again. Beside it one process that calls the compiled functions on the
 * same rows in a loop, and writes nothing. Latents are written as NPY, the others as CSV with all columns. Options: --rows N, --task NAME. On a Redis that the bench starts.
 */
export async function run(options = readOptions(process.argv.slice(3))) {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-bulk-'));
  const redis = await startRedis(folder);
  const environment = {
    AEVB_DATA_DIR: join(folder, 'data'),
    AEVB_QUEUE_URL: redis.url,
    AEVB_THREADS: '1',
    AEVB_MAX_DATASET_BYTES: String(2 ** 33),
  };
  const api = await startService('api', environment);
  let workers = [await startService('worker', environment)];
  try {
    const client = createClient(api.url);
    const model = await train(client, api.url, folder, options.rows);
    const rows = [];
    for (const task of options.tasks) {
      const bare = await loop(environment.AEVB_DATA_DIR, model, task);
      const one = await work(client, api.url, model, task, workers);
      workers.push(await startService('worker', environment));
      const two = await work(client, api.url, model, task, workers);
      await stopService(workers.pop());
      const killed = await work(client, api.url, model, task, workers, async () => {
        await killService(workers.pop());
        workers = [await startService('worker', environment)];
      });
      const rate = (seconds) => Math.round(options.rows / seconds);
      rows.push([
        task,
        String(rate(bare)),
        String(rate(one.seconds)),
        (one.seconds / bare).toFixed(2),
        String(rate(two.seconds)),
        (one.seconds / two.seconds).toFixed(2),
        killed.sha256 === one.sha256 && two.sha256 === one.sha256 ? 'the same' : 'DIFFERENT',
        Math.max(one.peak, two.peak).toFixed(0),
      ]);
    }
    printTable(
      [
        '',
        'loop, rows/s',
        'job',
        'time x loop',
        'two workers',
        'x faster',
        'bytes after a kill',
        'process, MB',
      ],
      rows,
    );
  } finally {
    await Promise.all([api, ...workers].map(stopService));
    redis.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readOptions(words) {
  const options = { rows: 1_000_000, tasks: Object.keys(ORDERS) };
  for (let i = 0; i < words.length; i += 2) {
    if (words[i] === '--rows') options.rows = Number(words[i + 1]);
    else if (words[i] === '--task') options.tasks = [words[i + 1]];
    else throw new Error(`unknown option ${words[i]}`);
  }
  return options;
}

async function train(client, url, folder, rows) {
  const file = join(folder, 'table.csv');
  await writeTable(file, rows);
  const response = await fetch(`${url}/datasets?name=bulk`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: Readable.toWeb(createReadStream(file)),
    duplex: 'half',
  });
  const dataset = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(dataset));
  const { model_id: id } = await client.train({ dataset_id: dataset.id, training: { steps: STEPS } });
  return id;
}

/** Seconds of the loop alone. */
async function loop(dataDir, model, task) {
  const { stdout } = await promisify(execFile)(process.execPath, [LOOP, dataDir, model, task]);
  return Number(stdout);
}

async function work(client, url, model, task, workers, disturb = null) {
  const { id } = await client.post('/jobs', { type: task, model_id: model, ...ORDERS[task] });
  let [peak, seconds, isDisturbed] = [0, 0, disturb === null];
  for (;;) {
    const { state, progress, error, ...job } = await client.get(`/jobs/${id}`);
    if (state === 'failed') throw new Error(JSON.stringify(error));
    if (state === 'succeeded') {
      seconds = (Date.parse(job.finished_at) - Date.parse(job.created_at)) / 1000;
      break;
    }
    for (const pid of workers.flatMap(({ child }) => listChildren(child.pid)))
      peak = Math.max(peak, readPeak(pid));
    if (!isDisturbed && progress !== null && progress.rows_done > KILLED_AT * progress.rows) {
      isDisturbed = true;
      await disturb();
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  if (!isDisturbed) throw new Error('the job was over before its worker was killed: give it more rows');
  const hash = createHash('sha256');
  for await (const piece of (await fetch(`${url}/jobs/${id}/result`)).body) hash.update(piece);
  await fetch(`${url}/jobs/${id}/result`, { method: 'DELETE' });
  return { seconds, peak, sha256: hash.digest('hex') };
}
