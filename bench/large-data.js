import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createClient } from './client.js';
import { printTable } from './report.js';
import { listChildren, readPeak } from './processes.js';
import { startRedis } from './redis.js';
import { startService, stopService } from './service.js';

const SIDE = 28;
const SMALL_ROWS = 60_000;
const CHUNK_ROWS = 4096;
const POLL_MS = 200;

/**
 * Uploads images of 28 x 28 bytes that together are larger than what is kept in memory, and trains the MNIST model on them and on 60,000
 * of the same kind, in turns. On a Redis that the bench starts. Options: --rows N (default 6,000,000), --steps N (default 1,500).
 */
export async function run(options = readOptions(process.argv.slice(3))) {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-large-'));
  const redis = await startRedis(folder);
  const environment = {
    AEVB_QUEUE_URL: redis.url,
    AEVB_DATA_DIR: join(folder, 'data'),
    AEVB_MAX_UPLOAD_BYTES: String(2 ** 36),
    AEVB_MAX_DATASET_BYTES: String(2 ** 36),
    AEVB_UPLOAD_PARSE_TIMEOUT_MS: '3600000',
    AEVB_REQUEST_TIMEOUT_MS: '3600000',
  };
  const api = await startService('api', environment);
  const worker = await startService('worker', environment);
  try {
    const client = createClient(api.url);
    const small = await upload(api.url, SMALL_ROWS);
    const large = await upload(api.url, options.rows);
    const uploadPeak = readPeak(api.child.pid);
    const rates = { small: [], large: [] };
    const peaks = { small: 0, large: 0 };
    for (let round = 0; round < 3; round++) {
      for (const [name, { id }] of Object.entries({ small, large })) {
        const { rate, peak } = await train(client, worker.child.pid, id, options.steps);
        rates[name].push(rate);
        peaks[name] = Math.max(peaks[name], peak);
      }
    }
    const rows = Object.entries({ small, large }).map(([name, { rows: count, seconds }]) => [
      `${count} rows, ${((count * SIDE ** 2) / 1e9).toFixed(2)} GB`,
      seconds.toFixed(1),
      median(rates[name]).toFixed(1),
      Math.max(...rates[name]).toFixed(1),
      peaks[name].toFixed(0),
    ]);
    printTable(['', 'upload, s', 'steps/s, median of 3', 'best', 'training process, peak MB'], rows);
    const share = median(rates.large) / median(rates.small);
    process.stdout.write(
      `\nlarge / small: ${share.toFixed(2)}; API, peak after the uploads: ${uploadPeak.toFixed(0)} MB\n`,
    );
  } finally {
    await Promise.all([stopService(api), stopService(worker)]);
    redis.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readOptions(words) {
  const options = { rows: 6_000_000, steps: 1500 };
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i].slice(2);
    if (!(name in options)) throw new Error(`unknown option ${words[i]}`);
    options[name] = Number(words[i + 1]);
  }
  return options;
}

async function upload(url, rows) {
  const started = performance.now();
  const response = await fetch(`${url}/datasets?name=images`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: Readable.toWeb(Readable.from(writeImages(rows))),
    duplex: 'half',
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return { id: answer.id, rows, seconds: (performance.now() - started) / 1000 };
}

/** An IDX file of images: bright spots on black, at places that depend on the row. */
function* writeImages(rows) {
  const header = Buffer.alloc(16);
  [0x00000803, rows, SIDE, SIDE].forEach((value, i) => header.writeUInt32BE(value, i * 4));
  yield header;
  for (let first = 0; first < rows; first += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - first);
    const bytes = Buffer.alloc(count * SIDE ** 2);
    for (let row = 0; row < count; row++) {
      const [x, y] = [3 + (((first + row) * 7) % 22), 3 + (((first + row) * 13) % 22)];
      for (let dy = -2; dy <= 2; dy++) {
        const start = row * SIDE ** 2 + (y + dy) * SIDE + x - 2;
        bytes.fill(255 - 40 * Math.abs(dy), start, start + 5);
      }
    }
    yield bytes;
  }
}

/** Steps per second between the first progress and the last, which leaves out the start and the checks of all rows. */
async function train(client, pid, dataset, steps) {
  const { id } = await client.post('/jobs', {
    dataset_id: dataset,
    model: { latent_size: 20, likelihood: { family: 'bernoulli' } },
    training: { steps, validate_every_steps: steps, validation_fraction: 0, keep_checkpoints: 1 },
  });
  let [first, last, peak] = [null, null, 0];
  for (;;) {
    const job = await client.get(`/jobs/${id}`);
    if (job.state === 'failed') throw new Error(JSON.stringify(job.error));
    for (const child of listChildren(pid)) peak = Math.max(peak, readPeak(child));
    const step = job.progress?.step ?? 0;
    if (step > 0 && step < steps && step !== last?.step) {
      last = { step, at: performance.now() };
      first ??= last;
    }
    if (job.state === 'succeeded') break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return { rate: ((last.step - first.step) * 1000) / (last.at - first.at), peak };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
