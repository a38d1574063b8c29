import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from './client.js';
import { createRows } from './encode-loads.js';
import { findQuantile, runClosedLoop } from './loads.js';
import { printTable } from './report.js';
import { killService, startService } from './service.js';
import { SocketClient, writeRequest } from './socket-client.js';

const CLIENTS = 8;
const ROWS = 16;
const POLL_MS = 100;
/** Writes a checkpoint every 100 steps, and keeps fewer than it writes, so that they are removed under load too. */
const TRAINING = { epochs: 10_000, validate_every_steps: 100, keep_checkpoints: 20 };

/**
 * Asks for `POST /encode` of a model for --seconds N while it trains, so that new checkpoints take over all the time. Each answer names
 * its checkpoint (x-aevb-digest, step). Afterwards the bench asks for each checkpoint that is left by its step, and compares bit for bit.
 */
export async function run() {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '60' } },
    allowPositionals: true,
  });
  const folder = mkdtempSync(join(tmpdir(), 'aevb-swap-'));
  const service = await startService('serve', { AEVB_DATA_DIR: folder });
  try {
    const client = createClient(service.url);
    const job = await client.post('/jobs', { dataset_id: 'mnist', training: TRAINING });
    await waitForCheckpoint(client, job.model_id);
    const checkpoints = new Map();
    const requests = createRows(ROWS).map((row) => ({ model_id: job.model_id, data: [row] }));
    // The first one waits for the inference process to start.
    await client.post('/encode', requests[0]);
    const records = await load(service.url, requests, Number(values.seconds), checkpoints);
    await client.post(`/jobs/${job.id}/cancel`, {});
    await waitForEnd(client, job.id);
    report(records, checkpoints, await compare(service.url, requests, checkpoints));
  } finally {
    await killService(service);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function waitForCheckpoint(client, id) {
  while ((await client.get(`/models/${id}`).catch(() => ({ checkpoints: [] }))).checkpoints.length === 0)
    await new Promise((done) => setTimeout(done, POLL_MS));
}

async function waitForEnd(client, id) {
  while (!['succeeded', 'failed', 'cancelled'].includes((await client.get(`/jobs/${id}`)).state))
    await new Promise((done) => setTimeout(done, POLL_MS));
}

/**
 * Counts an answer by digest, row and values. `checkpoints`: for each digest the steps that its answers named, and for each row how many
 * answers had which values.
 */
function countAnswer(checkpoints, row, { head, body }) {
  const [, digest = 'none'] = /\r\nx-aevb-digest: *(\S+)/.exec(head) ?? [];
  const entry = checkpoints.get(digest) ?? { steps: new Set(), rows: new Map() };
  checkpoints.set(digest, entry);
  entry.steps.add(JSON.parse(body).step);
  const values = entry.rows.get(row) ?? new Map();
  entry.rows.set(row, values);
  const text = readValues(body);
  values.set(text, (values.get(text) ?? 0) + 1);
}

/** The numbers as text: the service writes each float32 with the fewest digits that tell it from all others. */
function readValues(body) {
  const { mean, standard_deviation } = JSON.parse(body);
  return JSON.stringify([mean, standard_deviation]);
}

function load(url, requests, seconds, checkpoints) {
  const encoded = requests.map((request) => writeRequest(url, '/encode', JSON.stringify(request)));
  let sent = 0;
  return runClosedLoop(url, CLIENTS, seconds, () => {
    const row = sent++ % ROWS;
    const onAnswer = (answer) => {
      if (answer.status === 200) countAnswer(checkpoints, row, answer);
    };
    return { bytes: encoded[row], onAnswer };
  });
}

/** Counts answers that equal those of their checkpoint, those that do not, and those whose checkpoint is gone. */
async function compare(url, requests, checkpoints) {
  const client = new SocketClient(url);
  const count = { equal: 0, different: 0, gone: 0, checked: 0 };
  for (const [digest, { steps, rows }] of checkpoints) {
    const [step] = steps;
    let isLeft = false;
    for (const [row, values] of rows) {
      const body = JSON.stringify({ ...requests[row], checkpoint: step });
      const answer = await client.send(writeRequest(url, '/encode', body));
      isLeft ||= answer.status === 200;
      const isSame = answer.status === 200 && answer.head.includes(digest) && steps.size === 1;
      const expected = isSame ? readValues(answer.body) : null;
      for (const [text, times] of values) {
        if (answer.status === 404) count.gone += times;
        else count[text === expected ? 'equal' : 'different'] += times;
      }
    }
    count.checked += isLeft ? 1 : 0;
  }
  client.close();
  return count;
}

function report(records, checkpoints, { equal, different, gone, checked }) {
  const good = records.filter(({ status }) => status === 200);
  const ms = good.map((record) => record.ms);
  const unstable = [...checkpoints.values()].flatMap(({ rows }) =>
    [...rows.values()].filter((values) => values.size > 1),
  );
  printTable(
    [`${CLIENTS} clients, one row each, while the model trains`, ''],
    [
      ['requests', String(records.length)],
      ['not answered 200', String(records.length - good.length)],
      ['p50 ms', findQuantile(ms, 0.5).toFixed(2)],
      ['p99 ms', findQuantile(ms, 0.99).toFixed(2)],
      ['slowest, ms', findQuantile(ms, 1).toFixed(0)],
      ['checkpoints that answered', String(checkpoints.size)],
      ['rows to which one checkpoint gave more than one answer', String(unstable.length)],
      ['checkpoints still there afterwards', String(checked)],
      ['answers equal to those of their checkpoint, bit for bit', String(equal)],
      ['answers that differ', String(different)],
      ['answers whose checkpoint is gone', String(gone)],
    ],
  );
}
