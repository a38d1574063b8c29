import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startCeiling, startOnRedis, startPeer, startServe } from './encode-contenders.js';
import { createLoads, encodeBody } from './encode-loads.js';
import { signalTree, readProcessorSeconds } from './processes.js';
import { findMedian, printTable } from './report.js';
import { checkWrk, runWrk } from './wrk.js';

const FASTAPI = 'FastAPI + PyTorch';
const STARLETTE = 'Starlette + ONNX Runtime';
const WARM_UP_SECONDS = 1;
const HEAD = ['', 'requests/s', 'p50 ms', 'p99 ms', 'processor ms', 'errors', 'x FastAPI', 'x ceiling'];
/** Servers in float32 that add in different orders differ by less. */
const TOLERANCE = 1e-3;

/**
 * Measures `POST /encode` of the MNIST model 784-500-20 beside other ways to serve it. The contenders take turns round by round; those
 * that have no turn are stopped (SIGSTOP). Options: --python PROGRAM (with what bench/peers/requirements.txt lists), --wrk PROGRAM,
 * --rounds N, --seconds N (of each turn), --against FOLDER (another built checkout, whose `serve` takes turns too).
 */
export async function run() {
  const options = readOptions();
  checkWrk(options.wrk);
  const folder = mkdtempSync(join(tmpdir(), 'aevb-encode-'));
  const started = [];
  try {
    await startAll(options, folder, started);
    for (const load of createLoads()) await report(started, load, options, folder);
  } finally {
    for (const { pids } of started) signalTree(pids, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      python: { type: 'string' },
      wrk: { type: 'string', default: 'wrk' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      against: { type: 'string' },
    },
    allowPositionals: true,
  });
  return { ...values, rounds: Number(values.rounds), seconds: Number(values.seconds) };
}

/** Starts the contenders one after another, and stops each. Those of one `group` are variants, of which the tables have the fastest. */
async function startAll({ python, against }, folder, started) {
  const add = async (starting, group) => {
    const contender = { group, ...(await starting) };
    signalTree(contender.pids, 'SIGSTOP');
    started.push(contender);
    return contender;
  };
  const serve = await add(startServe(folder, 'aevb serve'));
  if (against) await add(startOther(folder, resolve(against)));
  if (spawnSync('redis-server', ['--version']).status === 0) await add(startOnRedis(folder, serve));
  else process.stdout.write('redis-server is not installed: skipping the api and worker on Redis\n\n');
  if (python) {
    const parameters = findParameters(serve);
    for (const [name, script] of [
      [FASTAPI, 'serve_fastapi.py'],
      [STARLETTE, 'serve_starlette.py'],
    ]) {
      for (const peer of await startPeer(name, python, script, parameters)) await add(peer, name);
    }
  } else process.stdout.write('without --python PROGRAM: skipping the servers in Python\n\n');
  await add(startCeiling(serve));
}

/** Trained by itself, so its weights may differ. */
async function startOther(folder, tree) {
  return { ...(await startServe(folder, 'aevb serve, against', { tree })), isOther: true };
}

function findParameters({ data, modelId }) {
  const checkpoints = join(data, 'models', modelId, 'checkpoints');
  const [step] = readdirSync(checkpoints).sort().reverse();
  return join(checkpoints, step, 'parameters.safetensors');
}

async function report(all, load, options, folder) {
  const able = await checkAnswers(all, load);
  const rounds = new Map(able.map((contender) => [contender, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const contender of able)
      rounds.get(contender).push(await takeTurn(contender, load, options, folder));
  }
  const results = keepFastest(able.map((contender) => summarize(contender, rounds.get(contender))));
  const fastapi = results.find(({ group }) => group === FASTAPI);
  const ceiling = results.find(({ name }) => name === 'ceiling');
  const rows = results.map(({ name, rate, cells }) => [
    name,
    ...cells,
    fastapi ? (rate / fastapi.rate).toFixed(2) : '',
    (rate / ceiling.rate).toFixed(2),
  ]);
  process.stdout.write(`${load.name}, ${load.clients} client${load.clients === 1 ? '' : 's'}\n\n`);
  printTable(HEAD, rows);
}

function summarize({ name, group }, rounds) {
  const pick = (read) => findMedian(rounds.map(read));
  const rate = pick(({ requests, seconds }) => requests / seconds);
  const cells = [
    rate.toFixed(0),
    pick(({ p50 }) => p50).toFixed(2),
    pick(({ p99 }) => p99).toFixed(2),
    pick(({ processor, requests }) => (processor * 1000) / requests).toFixed(3),
    String(rounds.reduce((sum, { errors }) => sum + errors, 0)),
  ];
  return { name, group, rate, cells };
}

/** Of each group of variants, the one with the most requests a second. */
function keepFastest(results) {
  const isBeaten = ({ group, rate }) =>
    group && results.some((other) => other.group === group && other.rate > rate);
  return results.filter((result) => !isBeaten(result));
}

/** Lets one contender run, warms it up and measures it. */
async function takeTurn(contender, load, options, folder) {
  const { body, type } = encodeBody(contender, load);
  const file = join(folder, 'body');
  writeFileSync(file, body);
  const sent = { file, type, clients: load.clients };
  const url = load.form === 'json' ? contender.json : contender.raw;
  signalTree(contender.pids, 'SIGCONT');
  await runWrk(options.wrk, url, sent, WARM_UP_SECONDS);
  const before = readProcessorSeconds(contender.pids);
  const result = await runWrk(options.wrk, url, sent, options.seconds);
  const processor = readProcessorSeconds(contender.pids) - before;
  signalTree(contender.pids, 'SIGSTOP');
  return { ...result, processor };
}

/** The contenders that take such a body. All others than another checkout's must answer like the first, which has the same weights. */
async function checkAnswers(contenders, load) {
  const able = [];
  let expected = null;
  for (const contender of contenders) {
    const { body, type } = encodeBody(contender, load);
    const url = load.form === 'json' ? contender.json : contender.raw;
    signalTree(contender.pids, 'SIGCONT');
    // A connection that was kept could be closed by a server that has been stopped for long.
    const headers = { 'content-type': type, connection: 'close' };
    const response = await fetch(url, { method: 'POST', headers, body });
    const text = await response.text();
    signalTree(contender.pids, 'SIGSTOP');
    const { isOther } = contender;
    if (!response.ok && !isOther) throw new Error(`${contender.name} answered ${response.status}: ${text}`);
    if (!response.ok) continue;
    const values = JSON.parse(text);
    expected ??= values;
    if (!isOther && !isClose(values, expected))
      throw new Error(`${contender.name} answered other values: ${text}`);
    able.push(contender);
  }
  return able;
}

function isClose(a, b) {
  const list = ({ mean, standard_deviation }) => [...mean.flat(), ...standard_deviation.flat()];
  const [left, right] = [list(a), list(b)];
  return left.length === right.length && left.every((value, i) => Math.abs(value - right[i]) < TOLERANCE);
}
