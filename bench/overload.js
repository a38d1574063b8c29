import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServe } from './encode-contenders.js';
import { createRows } from './encode-loads.js';
import { findQuantile, runClosedLoop, runOpenLoop } from './loads.js';
import { listTree, readResident, signalTree } from './processes.js';
import { printTable } from './report.js';
import { writeRequest } from './socket-client.js';

/** Clients at which the capacity is found. */
const CAPACITY_CLIENTS = 32;
const PROBE_CLIENTS = 8;
const WARM_UP_SECONDS = 2;
/** Of each figure without overload, and of the probe afterwards. */
const PROBE_SECONDS = 5;
/** Long enough for a p99 of some hundred requests. */
const WINDOW_MS = 250;
/** The service closes connections beyond 1024, by default. */
const MOST_CONNECTIONS = 1000;

/**
 * Offers `serve` more requests for `POST /encode` than it can answer: --times T (default 3) times what 32 clients get, at fixed times,
 * for --seconds N. Prints how long admitted requests took, how many were refused and how fast, the memory, and how soon the service was
 * back to normal.
 */
export async function run() {
  const { seconds, times } = readOptions();
  const folder = mkdtempSync(join(tmpdir(), 'aevb-overload-'));
  const serve = await startServe(folder, 'aevb serve');
  try {
    const body = JSON.stringify({ model_id: serve.modelId, data: createRows(1) });
    const bytes = writeRequest(serve.json, '/encode', body);
    const load = (clients, duration) => runClosedLoop(serve.json, clients, duration, () => ({ bytes }));
    await load(CAPACITY_CLIENTS, WARM_UP_SECONDS);
    const calm = {};
    for (const clients of [1, PROBE_CLIENTS, CAPACITY_CLIENTS])
      calm[clients] = await load(clients, PROBE_SECONDS);
    const capacity = calm[CAPACITY_CLIENTS].length / PROBE_SECONDS;
    const before = readMemory(serve);
    const ended = () => {
      const memory = readMemory(serve);
      return load(PROBE_CLIENTS, PROBE_SECONDS).then((records) => ({ records, memory }));
    };
    const options = { rate: times * capacity, seconds, bytes, most: MOST_CONNECTIONS, ended };
    const offered = await runOpenLoop(serve.json, options);
    report({ calm, capacity, offered, before, rate: options.rate, seconds });
  } finally {
    signalTree(serve.pids, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '60' }, times: { type: 'string', default: '3' } },
    allowPositionals: true,
  });
  return { seconds: Number(values.seconds), times: Number(values.times) };
}

/** Resident MB of the API and of the inference process. */
function readMemory({ pids }) {
  const [api, ...children] = listTree(pids).map(readResident);
  return { api, child: Math.max(...children) };
}

function report({ calm, capacity, offered, before, rate, seconds }) {
  const { records, unsent, connections, after } = offered;
  const admitted = records.filter(({ status }) => status === 200);
  const refused = records.filter(({ status }) => status === 429);
  const others = records.length - admitted.length - refused.length;
  const share = (some) => `${((100 * some.length) / records.length).toFixed(1)} %`;
  printTable(
    ['requests', 'number', 'a second', 'p50 ms', 'p99 ms'],
    [
      ...Object.entries(calm).map(([clients, some]) =>
        describe(`${clients} client${clients === '1' ? '' : 's'}, no overload`, some, PROBE_SECONDS),
      ),
      describe('overload, answered 200', admitted, seconds),
      describe('overload, answered 429', refused, seconds),
    ],
  );
  printTable(
    ['', ''],
    [
      ['capacity: requests/s of 32 clients', capacity.toFixed(0)],
      ['offered requests/s', rate.toFixed(0)],
      ['connections', String(connections)],
      [`not sent: ${MOST_CONNECTIONS} connections in use`, String(unsent)],
      ['answered 429, of those sent', share(refused)],
      ['answered otherwise, or not at all', String(others)],
      ['API, resident MB before and after', describeMemory(before.api, after.memory.api)],
      ['inference process, resident MB before and after', describeMemory(before.child, after.memory.child)],
      ['back to normal after, s', findRecovery(calm[PROBE_CLIENTS], after.records)],
    ],
  );
}

function describe(name, records, seconds) {
  const ms = records.map((record) => record.ms);
  const quantiles = [0.5, 0.99].map((share) => findQuantile(ms, share).toFixed(2));
  return [name, String(records.length), (records.length / seconds).toFixed(0), ...quantiles];
}

const describeMemory = (before, after) => `${before.toFixed(0)} → ${after.toFixed(0)}`;

/** The end of the first window whose p99 is not above that of the slowest window without overload, and in which nothing failed. */
function findRecovery(calm, records) {
  const worst = Math.max(...cutWindows(calm).map(({ p99 }) => p99));
  const found = cutWindows(records).find(({ p99, isGood }) => isGood && p99 <= worst);
  return found ? `${((found.index + 1) * WINDOW_MS) / 1000} (p99 ${found.p99.toFixed(2)} ms)` : 'never';
}

function cutWindows(records) {
  const windows = [];
  for (const { at, ms, status } of records) {
    const index = Math.floor(at / WINDOW_MS);
    windows[index] ??= { index, ms: [], isGood: true };
    windows[index].ms.push(ms);
    windows[index].isGood &&= status === 200;
  }
  return windows.filter(Boolean).map((window) => ({ ...window, p99: findQuantile(window.ms, 0.99) }));
}
