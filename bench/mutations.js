import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBomb, mutate } from './mutations/mutate.js';
import { makeOriginals } from './mutations/originals.js';
import { createRandom } from './random.js';
import { send, wrap } from './mutations/send.js';
import { printTable } from './report.js';
import { killService, startService, stopService } from './service.js';

const MONITOR = new URL('mutations/loop-monitor.js', import.meta.url).href;
const CLIENTS = 3;
/** One file in so many is a gzip bomb; one connection in so many stops half-way. */
const [BOMB_EVERY, STOP_EVERY] = [400, 25];
const ANSWER_MS = 120_000;
const MOST_BLOCKED_MS = 100;
const SETTINGS = {
  AEVB_MAX_UPLOAD_BYTES: String(2 ** 23),
  AEVB_MAX_DATASET_BYTES: String(2 ** 26),
  AEVB_UPLOAD_PARSE_TIMEOUT_MS: '20000',
  AEVB_UPLOAD_IDLE_TIMEOUT_MS: '2000',
};
/** What a data set may consist of. */
const FILES = ['dataset.json', 'rows.bin', 'source', 'ids.jsonl', 'ids.offsets.bin', 'labels.bin'];

/**
 * Posts damaged files of every format to `serve`, several at a time, and checks that each answer is a data set or a problem document,
 * that nothing else stays on the disk, also after a kill, and that no file blocks the event loop. Options: --files N, --seed N,
 * --only N (one file, by its number in a report).
 */
export async function run(options = readOptions(process.argv.slice(3))) {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-mutations-'));
  const place = {
    data: join(folder, 'data'),
    temporary: join(folder, 'temporary'),
    loop: join(folder, 'loop'),
  };
  mkdirSync(place.temporary);
  writeFileSync(place.loop, '');
  try {
    const outcome = await postAll(place, options);
    outcome.failures.push(...(await killAndRestart(place, outcome)));
    report(outcome, readBlocked(place.loop, outcome.posted));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readOptions(words) {
  const options = { files: 10_000, seed: 1, only: null };
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i].slice(2);
    if (!(name in options)) throw new Error(`unknown option ${words[i]}`);
    options[name] = Number(words[i + 1]);
  }
  return options;
}

function start(place, monitored) {
  const environment = {
    ...SETTINGS,
    AEVB_DATA_DIR: place.data,
    TMPDIR: place.temporary,
    LOOP_REPORT: monitored ? place.loop : '',
  };
  return startService('serve', environment, { imports: [MONITOR] });
}

async function postAll(place, { files, seed, only }) {
  const service = await start(place, true);
  const outcome = { posted: [], accepted: new Set(), failures: [] };
  const numbers = only === null ? Array.from({ length: files }, (_, i) => i) : [only];
  const originals = makeOriginals();
  const agent = new Agent({ keepAlive: true });
  await postOriginals(service.url, agent, originals, outcome.accepted);
  // What the start and the first request of each kind cost is not due to a damaged file.
  writeFileSync(place.loop, '');
  const before = readdirSync(place.data);
  const next = numbers.values();
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (const number of next)
        await postOne(service.url, agent, makeFile(originals, seed, number), outcome);
    }),
  );
  agent.destroy();
  outcome.failures.push(...findLeftovers(place, outcome, before));
  await stopService(service);
  return { ...outcome, before };
}

/** All of them must be accepted as they are; this also warms the service up. */
async function postOriginals(url, agent, originals, accepted) {
  for (const { name, type, bytes } of originals) {
    const file = { path: '/datasets', type, body: bytes };
    const answer = await send(url, agent, file, { timeoutMs: ANSWER_MS });
    findFault(answer, accepted);
    if (answer.status !== 201) throw new Error(`${name}, as it is: ${answer.text}`);
  }
}

/** The file of a number, the same for the same seed. */
function makeFile(originals, seed, number) {
  const random = createRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const isBomb = number % BOMB_EVERY === BOMB_EVERY - 1;
  const original = random.pick(originals);
  const { bytes, names } = isBomb
    ? { bytes: makeBomb(random), names: ['gzip bomb'] }
    : mutate(original, random);
  const { how, type, body } = isBomb
    ? { how: 'raw', type: 'text/csv', body: bytes }
    : wrap({ ...original, bytes }, random);
  const stop = random.below(STOP_EVERY) === 0 ? { after: random.next(), hangUp: random.chance(0.7) } : null;
  return { number, kind: isBomb ? 'bomb' : original.name, path: '/datasets', names, how, type, body, stop };
}

async function postOne(url, agent, file, outcome) {
  const entry = {
    label: `file ${file.number}: ${file.kind}, ${file.how}, ${file.body.length} bytes: ${file.names.join(', ')}`,
    startedAt: performance.timeOrigin + performance.now(),
    endedAt: Infinity,
    status: null,
  };
  outcome.posted.push(entry);
  try {
    const answer = await send(url, agent, file, { stop: file.stop, timeoutMs: ANSWER_MS });
    entry.status = answer?.status ?? null;
    const fault = answer === null ? null : findFault(answer, outcome.accepted);
    if (fault !== null) outcome.failures.push(`${entry.label}: ${fault}`);
  } catch (error) {
    outcome.failures.push(`${entry.label}: ${error.message}`);
  }
  entry.endedAt = performance.timeOrigin + performance.now();
  if (outcome.posted.length % 500 === 0) process.stderr.write(`${outcome.posted.length} files\n`);
}

/** What is wrong with an answer; null if it is a data set or a problem document. */
function findFault({ status, headers, text }, accepted) {
  const answer = parse(text);
  if (status === 201 && typeof answer?.id === 'string') {
    accepted.add(answer.id);
    return null;
  }
  const isProblem =
    headers['content-type'] === 'application/problem+json' &&
    answer?.status === status &&
    typeof answer.code === 'string' &&
    typeof answer.detail === 'string';
  return status >= 400 && status < 500 && isProblem ? null : `status ${status}: ${text.slice(0, 400)}`;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Files and folders that belong to no accepted data set. */
function findLeftovers({ data, temporary }, { accepted }, before) {
  const folders = readdirSync(join(data, 'datasets')).filter((name) => name !== 'mnist');
  return [
    ...readdirSync(data).filter((name) => name !== 'datasets' && !before.includes(name)),
    ...readdirSync(temporary),
    ...folders.filter((id) => !accepted.has(id)),
    ...folders
      .filter((id) => accepted.has(id))
      .flatMap((id) => readdirSync(join(data, 'datasets', id)).map((name) => [id, name]))
      .filter(([, name]) => !FILES.includes(name))
      .map((names) => names.join('/')),
    ...[...accepted].filter((id) => !folders.includes(id)).map((id) => `no folder ${id}`),
  ].map((name) => `left over: ${name}`);
}

/** Kills the service while uploads arrive and are read; the next start must remove what they left. */
async function killAndRestart(place, outcome) {
  const service = await start(place, false);
  const body = Buffer.from('a,b\n' + '1,2\n'.repeat(2 ** 19));
  const file = { path: '/datasets', type: 'text/csv', body };
  const stops = [null, null, { after: 0.5, hangUp: false }, { after: 0.9, hangUp: false }];
  const sending = stops.map((stop) =>
    send(service.url, undefined, file, { stop, timeoutMs: ANSWER_MS }).catch(() => null),
  );
  const datasets = join(place.data, 'datasets');
  const countClaims = () =>
    readdirSync(datasets).filter((id) => readdirSync(join(datasets, id)).includes('claim.json')).length;
  while (countClaims() < stops.length) await new Promise((resolve) => setTimeout(resolve, 1));
  await killService(service);
  for (const answer of await Promise.all(sending)) {
    if (answer?.status === 201) outcome.accepted.add(parse(answer.text).id);
  }
  const again = await start(place, false);
  const failures = findLeftovers(place, outcome, outcome.before);
  await stopService(again);
  return failures;
}

/** The stretches in which the event loop was blocked, without the time that the thread waited for a core, longest first. */
function readBlocked(path, posted) {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line))
    .map((line) => {
      const begunAt = line.endedAt - line.blockedMs;
      const during = posted.filter((each) => each.startedAt < line.endedAt && each.endedAt > begunAt);
      const ownMs = Math.max(0, line.blockedMs - line.waitMs - line.stolenMs);
      return { ...line, ownMs, during: during.map(({ label }) => label) };
    })
    .sort((a, b) => b.ownMs - a.ownMs);
}

function report({ posted, failures }, stretches) {
  const count = (test) => String(posted.filter(({ status }) => test(status)).length);
  const slowest = posted.reduce((most, each) => Math.max(most, each.endedAt - each.startedAt), 0);
  const worst = stretches[0];
  printTable(
    ['damaged files', 'found', 'goal'],
    [
      ['posted', String(posted.length), ''],
      ['answered 201', count((status) => status === 201), ''],
      ['answered 4xx, with a problem document', count((status) => status >= 400 && status < 500), ''],
      ['answered 5xx', count((status) => status >= 500), '0'],
      [
        'connections that ended without an answer, as their clients wanted',
        count((status) => status === null),
        '',
      ],
      ['slowest answer, s', (slowest / 1000).toFixed(1), String(ANSWER_MS / 1000)],
      ['event loop blocked for longest, ms', (worst?.ownMs ?? 0).toFixed(0), String(MOST_BLOCKED_MS)],
      [
        'the same, with waiting for a core and time that the host took',
        Math.max(0, ...stretches.map(({ blockedMs }) => blockedMs)).toFixed(0),
        '',
      ],
      ['failures, left-over files among them', String(failures.length), '0'],
    ],
  );
  for (const { ownMs, cpuMs, waitMs, stolenMs, during } of stretches.slice(0, 8)) {
    const times = `${ownMs.toFixed(0)} ms (processor ${cpuMs.toFixed(0)}, waiting ${waitMs.toFixed(0)}, taken by the host ${stolenMs.toFixed(0)})`;
    process.stdout.write(`blocked for ${times} during\n  ${during.join('\n  ')}\n`);
  }
  for (const failure of failures) process.stdout.write(`${failure}\n`);
  if (failures.length > 0 || (worst?.ownMs ?? 0) > MOST_BLOCKED_MS) process.exitCode = 1;
}
