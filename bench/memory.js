import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPeak } from './processes.js';
import { startRedis } from './redis.js';
import { printTable } from './report.js';
import { startService, stopService } from './service.js';

const POLL_MS = 250;

/**
 * Measures the resident memory of each process while MNIST trains for one epoch: first the API and a worker on Redis, then
 * `serve` with the embedded queue.
 */
export async function run() {
  const rows = [];
  if (spawnSync('redis-server', ['--version']).status === 0) rows.push(...(await measureOnRedis()));
  else process.stdout.write('redis-server is not installed: skipping the Redis part\n\n');
  rows.push(...(await measureEmbedded()));
  printTable(['process', 'peak resident MB'], rows);
}

async function measureOnRedis() {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-memory-'));
  const redis = await startRedis(folder);
  const environment = { AEVB_DATA_DIR: folder, AEVB_QUEUE_URL: redis.url };
  const worker = await startService('worker', environment);
  const api = await startService('api', environment);
  try {
    const childPid = await trainOneEpoch(api.url);
    return [
      ['api on Redis', readPeak(api.child.pid).toFixed(0)],
      ['worker on Redis (parent of the processes below)', readPeak(worker.child.pid).toFixed(0)],
      ['training process, MNIST', childPid.peak.toFixed(0)],
    ];
  } finally {
    await Promise.all([stopService(api), stopService(worker)]);
    redis.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureEmbedded() {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-memory-'));
  const serve = await startService('serve', { AEVB_DATA_DIR: folder });
  try {
    const child = await trainOneEpoch(serve.url);
    return [
      ['serve with the embedded queue, first start', readPeak(serve.child.pid).toFixed(0)],
      ['training process, MNIST', child.peak.toFixed(0)],
    ];
  } finally {
    await stopService(serve);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Trains, then encodes a row. Reads the training process's peak while it runs. */
async function trainOneEpoch(url) {
  const body = JSON.stringify({ dataset_id: 'mnist', training: { epochs: 1 } });
  const job = await (
    await fetch(`${url}/jobs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  ).json();
  let most = 0;
  for (;;) {
    const { state, progress, error } = await (await fetch(`${url}/jobs/${job.id}`)).json();
    if (progress) most = Math.max(most, readPeak(progress.pid));
    if (state === 'succeeded') return { peak: most };
    if (state === 'failed') throw new Error(error.message);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
