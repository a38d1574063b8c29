import { Agent, request } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startService, stopService } from './service.js';
import { printTable } from './report.js';

const OWN = fileURLToPath(new URL('..', import.meta.url));
const ROW = Array.from({ length: 784 }, (_, i) => (i % 7) / 8);
const LOADS = [
  { clients: 1, requests: 200 },
  { clients: 32, requests: 640 },
];
const ROUNDS = 5;

/**
 * Measures the latency of `POST /encode` for one row of 784 JSON numbers, with `serve` and the MNIST model 784-500-20.
 * `--against FOLDER` also measures another built checkout of this project; the two alternate round by round.
 */
export async function run() {
  const { values } = parseArgs({ options: { against: { type: 'string' } }, allowPositionals: true });
  const trees = [{ name: 'this tree', folder: OWN }];
  if (values.against) trees.push({ name: 'against', folder: resolve(values.against) });
  const contenders = [];
  try {
    for (const tree of trees) contenders.push(await startWithModel(tree));
    const rows = [];
    for (const load of LOADS) rows.push(...(await measure(contenders, load)));
    printTable(['', 'clients', 'p50 ms', 'p99 ms', 'requests/s'], rows);
  } finally {
    for (const { service, data } of contenders) {
      await stopService(service);
      rmSync(data, { recursive: true, force: true });
    }
  }
}

async function startWithModel({ name, folder }) {
  const data = mkdtempSync(join(tmpdir(), 'aevb-encode-'));
  const service = await startService('serve', { AEVB_DATA_DIR: data }, { folder });
  const { id, model_id } = await call(service.url, 'POST', '/jobs', {
    dataset_id: 'mnist',
    training: { epochs: 1 },
  });
  for (;;) {
    const { state, error } = await call(service.url, 'GET', `/jobs/${id}`);
    if (state === 'succeeded') break;
    if (state === 'failed') throw new Error(error.message);
    await new Promise((done) => setTimeout(done, 250));
  }
  return { name, data, service, body: JSON.stringify({ model_id, data: [ROW] }) };
}

async function call(url, method, path, body) {
  const sent = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  return (await fetch(url + path, { method, ...sent })).json();
}

/** Runs a warm-up round, then alternates between contenders. Pools the latencies; takes the median of the rates. */
async function measure(contenders, { clients, requests }) {
  const results = contenders.map(() => ({ ms: [], rates: [] }));
  for (let round = -1; round < ROUNDS; round++) {
    for (const [i, { service, body }] of contenders.entries()) {
      const started = performance.now();
      const ms = await sendRequests(service.url, body, clients, requests);
      const seconds = (performance.now() - started) / 1000;
      if (round < 0) continue;
      results[i].ms.push(...ms);
      results[i].rates.push(requests / seconds);
    }
  }
  return results.map(({ ms, rates }, i) => [
    contenders[i].name,
    String(clients),
    computeQuantile(ms, 0.5).toFixed(2),
    computeQuantile(ms, 0.99).toFixed(2),
    computeQuantile(rates, 0.5).toFixed(0),
  ]);
}

async function sendRequests(url, body, clients, requests) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const ms = [];
  let left = requests;
  const client = async () => {
    while (left-- > 0) {
      const started = performance.now();
      await sendEncode(agent, url, body);
      ms.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return ms;
}

function sendEncode(agent, url, body) {
  return new Promise((done, fail) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(`${url}/encode`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) done();
        else fail(new Error(`answered ${response.statusCode}`));
      });
    });
    sent.on('error', fail);
    sent.end(body);
  });
}

function computeQuantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
