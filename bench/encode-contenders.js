import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from './client.js';
import { findFreePort, startRedis } from './redis.js';
import { startService } from './service.js';

/** Enough for weights that are not the initial ones. */
const STEPS = 200;
const START_LIMIT_MS = 60_000;
const locate = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * A contender is {name, pids, json, raw}: the processes to stop while others have their turn, and the addresses that take rows as JSON
 * and as bytes. `npy`: the bytes need the header of an NPY file. `modelId`: the field that its JSON needs.
 */

/** `serve` of a built checkout, and the model that it has trained. */
export async function startServe(folder, name, { tree } = {}) {
  const data = mkdtempSync(join(folder, 'data-'));
  const service = await startService('serve', { AEVB_DATA_DIR: data }, tree ? { folder: tree } : {});
  const { model_id } = await createClient(service.url).train({
    dataset_id: 'mnist',
    training: { steps: STEPS },
  });
  return { ...describeService(name, service.url, model_id), pids: [service.child.pid], data };
}

/** The API and a worker on a Redis of their own, which share the data folder of a `serve`. */
export async function startOnRedis(folder, { data, modelId }) {
  const redis = await startRedis(folder);
  const environment = { AEVB_DATA_DIR: data, AEVB_QUEUE_URL: redis.url };
  const worker = await startService('worker', environment);
  const api = await startService('api', environment);
  const pids = [redis.pid, worker.child.pid, api.child.pid];
  return { ...describeService('aevb api + worker, Redis', api.url, modelId), pids };
}

function describeService(name, url, modelId) {
  return { name, modelId, npy: true, json: `${url}/encode`, raw: `${url}/encode?model_id=${modelId}` };
}

/** A server that is a script: its words, then PORT and `more`. */
async function startScript(name, program, words, more = []) {
  const port = await findFreePort();
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ORT_DISABLE_TELEMETRY: '1' };
  const stdio = ['ignore', 'ignore', 'inherit'];
  const child = spawn(program, [...words, String(port), ...more], { env, stdio });
  process.once('exit', () => child.kill('SIGKILL'));
  await waitForPort(child, port, name);
  const url = `http://127.0.0.1:${port}`;
  return { name, pids: [child.pid], child, json: `${url}/encode`, raw: `${url}/encode-raw` };
}

export function startCeiling({ data, modelId }) {
  return startScript('ceiling', process.execPath, [locate('encode-ceiling.js'), data, modelId]);
}

/** The same server with 1 and with 2 threads. */
export async function startPeer(name, python, script, parameters) {
  const words = [locate(`peers/${script}`), parameters];
  const start = (threads) => startScript(`${name}, ${threads}`, python, words, [threads[0]]);
  return [await start('1 thread'), await start('2 threads')];
}

async function waitForPort(child, port, name) {
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await canConnect(port))) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`${name} did not start`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function canConnect(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
