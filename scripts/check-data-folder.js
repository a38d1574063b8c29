/**
 * `node scripts/check-data-folder.js [commit]` creates a data folder with an earlier commit, opens it with this tree, and
 * compares. Build this tree first. The script clones, installs and builds the commit in a temporary folder; `--built FOLDER`
 * uses a clone that is already built. It exits with 1 if any answer or the bytes of an interrupted training differ.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({ options: { built: { type: 'string' } }, allowPositionals: true });
const commit = positionals[0] ?? '8f7616b';
const folder = mkdtempSync(join(tmpdir(), 'aevb-folder-'));
const NETWORK = { hidden_sizes: [16] };
const SMALL = { latent_size: 2, encoder: NETWORK, decoder: NETWORK };
const SHORT = { epochs: 4, seed: 11 };
const MODELS = [
  { name: 'mixed', dataset: 'vans', model: SMALL, training: SHORT },
  {
    name: 'mixed, best of many',
    dataset: 'vans',
    model: SMALL,
    training: { ...SHORT, epochs: 20, keep_checkpoints: 2 },
  },
  { name: 'gaussian', dataset: 'measurements', model: SMALL, training: SHORT },
  {
    name: 'laplace posterior',
    dataset: 'measurements',
    model: { ...SMALL, posterior: { family: 'laplace' } },
    training: SHORT,
  },
  { name: 'counts', dataset: 'counts', model: SMALL, training: SHORT },
  { name: 'bernoulli', dataset: 'images', model: SMALL, training: { ...SHORT, binarization: 'static' } },
  {
    name: 'wake_sleep',
    dataset: 'images',
    model: SMALL,
    training: { ...SHORT, algorithm: { name: 'wake_sleep' } },
  },
  { name: 'mcem', dataset: 'images', model: SMALL, training: { ...SHORT, algorithm: { name: 'mcem' } } },
  {
    name: 'full_vb',
    dataset: 'images',
    model: SMALL,
    training: { ...SHORT, algorithm: { name: 'full_vb' } },
  },
];
const PIXELS = Array.from({ length: 16 }, (_, i) => (i % 3) / 2);
const ROWS = {
  vans: [
    ['mini', 115, 17, 'yes', 20.5, 29],
    ['maxi', 900, 3, 'no', null, 70],
    { load_kg: 350, trips: 9, electric: true, energy_kwh: 42 },
  ],
  measurements: [
    [1, 2, 3],
    [-1.5, 0.25, 2],
  ],
  counts: [
    [0, 3, 1],
    [7, 2, 0],
  ],
  images: [PIXELS, PIXELS.toReversed()],
};
const groups = new Set();
let failures = 0;

try {
  const earlier = values.built ?? clone();
  const data = join(folder, 'data');
  const before = await startService(earlier, data);
  const models = await makeModels(before);
  const answers = await collectAnswers(before, models);
  const interrupted = await interruptJobs(before, models[0]);
  const copy = join(folder, 'copy');
  cpSync(data, copy, { recursive: true, filter: (path) => !lstatSync(path).isSocket() });

  const reference = await finishJobs(await startService(earlier, data), interrupted, data);
  const now = await startService(ROOT, copy);
  const found = await finishJobs(now, interrupted, copy);
  reportSame(
    'a running and a waiting training end with the same bytes',
    found.trainings,
    reference.trainings,
  );
  reportSame('an evaluation gives the same numbers', found.evaluation, reference.evaluation);
  const after = await collectAnswers(now, models);
  for (const [name, answer] of Object.entries(answers)) reportSame(name, after[name], answer);
  for (const { name, model, training } of MODELS) {
    const job = await train(now, {
      dataset_id: models.find((model) => model.name === name).dataset,
      model,
      training,
    });
    reportSame(`${name}: a new training on the earlier data set`, job.state, 'succeeded');
  }
} finally {
  for (const group of groups) killGroup(group);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
process.stdout.write(failures === 0 ? 'Everything agrees.\n' : `${failures} differences.\n`);
process.exit(failures === 0 ? 0 : 1);

function clone() {
  const target = join(folder, 'earlier');
  const options = { stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync('git', ['clone', '--quiet', ROOT, target], options);
  execFileSync('git', ['-C', target, 'checkout', '--quiet', commit], options);
  execFileSync('npm', ['ci', '--silent'], { ...options, cwd: target });
  execFileSync('npm', ['run', '--silent', 'build'], { ...options, cwd: target });
  return target;
}

/** Starts the service of `tree` on a data folder. Returns functions that call it, and one that kills its process group. */
async function startService(tree, data) {
  const settings = { AEVB_PORT: '0', AEVB_DATA_DIR: data, AEVB_THREADS: '1', AEVB_DEVICE: 'cpu' };
  const child = spawn(process.execPath, [join(tree, 'dist', 'main.js'), 'serve'], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  groups.add(child.pid);
  let text = '';
  let url;
  for await (const chunk of child.stdout) {
    text += chunk;
    url = /"url":"(http:[^"]+)"/.exec(text)?.[1];
    if (url) break;
  }
  if (!url) throw new Error(`the service did not start: ${text}`);
  const call = async (method, path, body, type = 'application/json') => {
    const sent = body === undefined ? {} : { body, headers: { 'content-type': type } };
    const response = await fetch(url + path, { method, ...sent });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, JSON.stringify(body)),
    upload: (name, bytes, type, query = '') => call('POST', `/datasets?name=${name}${query}`, bytes, type),
    kill: () => killGroup(child.pid),
  };
}

function killGroup(group) {
  groups.delete(group);
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Waits for the interrupted jobs: returns each training's bytes and bounds by epoch, and the evaluation's numbers. */
async function finishJobs(service, { trainings, evaluation }, data) {
  const ends = [];
  for (const { id, model } of trainings) {
    const { state } = await waitForEnd(service, id);
    const { data: lines } = await service.get(`/models/${model}/metrics`);
    const bounds = lines.map((line) => [line.step, line.epoch, line.validation_elbo]);
    ends.push({ state, bounds, ...readNewestParameters(join(data, 'models', model, 'checkpoints')) });
  }
  const { elbo, floors, latents } = (await waitForEnd(service, evaluation)).result;
  return { trainings: ends, evaluation: { elbo, floors, latents } };
}

function readNewestParameters(checkpoints) {
  const step = readdirSync(checkpoints).sort().at(-1);
  const bytes = readFileSync(join(checkpoints, step, 'parameters.safetensors'));
  return { step, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Kills the service while one training runs, another waits, and an evaluation has just been ordered. */
async function interruptJobs(service, { id: evaluated, dataset }) {
  const training = { epochs: 400, seed: 3, minibatch_size: 20, checkpoint_every_epochs: 5 };
  const order = (epochs) => ({ dataset_id: dataset, model: SMALL, training: { ...training, epochs } });
  const jobs = [await service.post('/jobs', order(400)), await service.post('/jobs', order(10))];
  for (;;) {
    const { state, progress } = await service.get(`/jobs/${jobs[0].id}`);
    if (state === 'succeeded') throw new Error('the training ended before it could be interrupted');
    if (progress && progress.step > 0.2 * progress.total_steps) break;
    await sleep(20);
  }
  const measures = [{ name: 'elbo', samples: 3 }, { name: 'latents' }, { name: 'floors' }];
  const { id } = await service.post('/jobs', { type: 'evaluate', model_id: evaluated, measures });
  service.kill();
  await sleep(1500);
  return { trainings: jobs.map((job) => ({ id: job.id, model: job.model_id })), evaluation: id };
}

async function train(service, order) {
  const { id } = await service.post('/jobs', order);
  return waitForEnd(service, id);
}

async function waitForEnd(service, id) {
  for (;;) {
    const job = await service.get(`/jobs/${id}`);
    if (['failed', 'cancelled'].includes(job.state)) throw new Error(`${id}: ${JSON.stringify(job.error)}`);
    if (job.state === 'succeeded') return job;
    await sleep(100);
  }
}

async function makeModels(service) {
  const uploads = {
    vans: () => service.upload('vans', createVans(400), 'text/csv', '&test_rows=60'),
    measurements: () => service.upload('measurements', createMeasurements(300), 'text/csv'),
    counts: () => service.upload('counts', createCounts(300), 'text/csv'),
    images: () => service.upload('images', createImages(200), 'application/octet-stream', '&test_rows=40'),
  };
  const datasets = {};
  const models = [];
  for (const { name, dataset, ...order } of MODELS) {
    datasets[dataset] ??= (await uploads[dataset]()).id;
    const job = await train(service, { dataset_id: datasets[dataset], ...order });
    models.push({
      name,
      kind: dataset,
      dataset: datasets[dataset],
      id: job.model_id,
      encoder: name !== 'mcem',
    });
  }
  return models;
}

async function collectAnswers(service, models) {
  const answers = {};
  for (const { name, kind, id, encoder } of models) {
    const model = { model_id: id };
    const ask = async (what, call) => (answers[`${name}: ${what}`] = await call);
    if (encoder) {
      const rows = { ...model, data: ROWS[kind] };
      await ask('encode', service.post('/encode', { ...rows, samples: 2, seed: 5 }));
      await ask('elbo', service.post('/elbo', { ...rows, samples: 5, seed: 5, by_column: true }));
      await ask('reconstruct', service.post('/reconstruct', rows));
      await ask(
        'log marginal likelihood',
        service.post('/log-likelihood', { ...rows, samples: 50, seed: 5 }),
      );
    }
    await ask(
      'decode',
      service.post('/decode', {
        ...model,
        latents: [
          [0, 0],
          [1, -1],
        ],
      }),
    );
    await ask('samples', service.get(`/samples?model_id=${id}&count=4&seed=9`));
    await ask('drawn samples', service.get(`/samples?model_id=${id}&count=4&seed=9&draw=sample`));
    const { checkpoints } = await service.get(`/models/${id}`);
    await ask('checkpoints', checkpoints);
  }
  return answers;
}

function reportSame(what, found, expected) {
  const same = JSON.stringify(found) === JSON.stringify(expected);
  if (!same) failures++;
  process.stdout.write(`${same ? 'same     ' : 'DIFFERENT'} ${what}\n`);
  if (!same) process.stdout.write(`  before ${shorten(expected)}\n  now    ${shorten(found)}\n`);
}

function shorten(value) {
  return JSON.stringify(value)?.slice(0, 400);
}

/** Creates a generator of numbers in (0, 1), determined by the seed. */
function createUniforms(seed) {
  let i = seed;
  return () => {
    const x = 1e4 * Math.sin(++i);
    return x - Math.floor(x);
  };
}

/** Creates rows like the README's vans. */
function createVans(rows) {
  const uniform = createUniforms(0);
  const noise = () => uniform() + uniform() + uniform() - 1.5;
  const kinds = { mini: [120, 18, 0.95], midi: [350, 8, 0.5], maxi: [900, 3, 0.05] };
  const lines = Array.from({ length: rows }, () => {
    const model = Object.keys(kinds)[Math.floor(3 * uniform())];
    const [load, mean, electric] = kinds[model];
    let [trips, product] = [0, uniform()];
    for (; product > Math.exp(-mean); trips++) product *= uniform();
    const celsius = 12 + 15 * noise();
    const cells = [uniform() < 0.1 ? '' : model, Math.round(load * (1 + 0.2 * noise())), trips];
    const flag = uniform() < electric ? 'yes' : 'no';
    const temperature = uniform() < 0.1 ? 'NA' : celsius.toFixed(1);
    return [...cells, flag, temperature, (60 - 1.5 * celsius + 3 * noise()).toFixed(1)].join();
  });
  return ['model,load_kg,trips,electric,celsius,energy_kwh', ...lines].join('\n');
}

function createMeasurements(rows) {
  const uniform = createUniforms(1000);
  const lines = Array.from({ length: rows }, () => {
    const size = 4 * uniform() - 2;
    return [size, 1 - size + 0.3 * uniform(), 2 + size * uniform()].map((value) => value.toFixed(3)).join();
  });
  return ['a,b,c', ...lines].join('\n');
}

function createCounts(rows) {
  const uniform = createUniforms(2000);
  const lines = Array.from({ length: rows }, () => {
    const rate = 1 + 6 * uniform();
    return [rate, 5 - rate / 2, rate].map((mean) => Math.floor(-mean * Math.log(uniform()))).join();
  });
  return ['a,b,c', ...lines].join('\n');
}

/** Creates an IDX file of images with 4 by 4 grey values. */
function createImages(rows) {
  const uniform = createUniforms(3000);
  const head = Buffer.from([0, 0, 8, 3, 0, 0, rows >> 8, rows & 255, 0, 0, 0, 4, 0, 0, 0, 4]);
  const values = Array.from({ length: rows }, () => {
    const edge = 4 * uniform();
    return Array.from({ length: 16 }, (_, i) => (i % 4 < edge ? 200 + 55 * uniform() : 40 * uniform()));
  });
  return Buffer.concat([head, Buffer.from(values.flat())]);
}
