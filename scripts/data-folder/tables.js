import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Data sets for the comparison: how each is uploaded, and rows to ask its models about. */

const VANS = fileURLToPath(new URL('../../docs/vans.js', import.meta.url));
const PIXELS = Array.from({ length: 16 }, (_, i) => (i % 3) / 2);
const CSV = 'text/csv';

export const DATASETS = {
  vans: {
    create: () =>
      execFileSync(process.execPath, [VANS], { encoding: 'utf8' }).split('\n').slice(0, 401).join('\n'),
    type: CSV,
    query: '&test_rows=60',
    rows: [
      ['mini', 115, 17, 'yes', 20.5, 29],
      ['maxi', 900, 3, 'no', null, 70],
      { load_kg: 350, trips: 9, electric: true, energy_kwh: 42 },
    ],
  },
  measurements: {
    create: () => createMeasurements(300),
    type: CSV,
    query: '',
    rows: [
      [1, 2, 3],
      [-1.5, 0.25, 2],
    ],
  },
  counts: {
    create: () => createCounts(300),
    type: CSV,
    query: '',
    rows: [
      [0, 3, 1],
      [7, 2, 0],
    ],
  },
  images: {
    create: () => createImages(200),
    type: 'application/octet-stream',
    query: '&test_rows=40',
    rows: [PIXELS, PIXELS.toReversed()],
  },
};

/** Creates a generator of numbers in (0, 1), determined by the seed. */
function createUniforms(seed) {
  let i = seed;
  return () => {
    const x = 1e4 * Math.sin(++i);
    return x - Math.floor(x);
  };
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
