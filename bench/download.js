import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { readPeak } from './processes.js';
import { printTable } from './report.js';
import { startService, stopService } from './service.js';
import { writeTable } from './upload.js';

const ROWS = 1_000_000;
const FORMATS = ['csv', 'jsonl', 'parquet', 'source'];
const PROBE_MS = 20;

/**
 * Downloads a table of a million rows and twenty mixed columns in each format while it asks for /healthz every 20 ms; prints the
 * rate, the slowest of those answers, and the largest memory of the API. Options: --rows N.
 */
export async function run(rows = readRows(process.argv.slice(3))) {
  const folder = mkdtempSync(join(tmpdir(), 'aevb-download-'));
  const file = join(folder, 'table.csv');
  await writeTable(file, rows);
  const api = await startService('serve', { AEVB_DATA_DIR: join(folder, 'data') });
  try {
    const body = Readable.toWeb(createReadStream(file));
    const response = await fetch(`${api.url}/datasets`, { method: 'POST', body, duplex: 'half' });
    const { id } = await response.json();
    const lines = [];
    for (const format of FORMATS)
      lines.push(await measure(api, `/datasets/${id}/download?format=${format}`, format));
    printTable(['format', 'MB', 'seconds', 'slowest health [ms]', 'peak memory [MB]'], lines);
  } finally {
    await stopService(api);
    rmSync(folder, { recursive: true, force: true });
  }
}

function readRows([name, value]) {
  if (name !== undefined && name !== '--rows') throw new Error(`unknown option ${name}`);
  return Number(value ?? ROWS);
}

async function measure({ url, child }, path, format) {
  const health = probe(url);
  const started = performance.now();
  let bytes = 0;
  const response = await fetch(url + path);
  if (!response.ok) throw new Error(await response.text());
  for await (const piece of response.body) bytes += piece.length;
  const seconds = (performance.now() - started) / 1000;
  const slowest = await health.stop();
  return [
    format,
    (bytes / 1e6).toFixed(0),
    seconds.toFixed(1),
    slowest.toFixed(0),
    readPeak(child.pid).toFixed(0),
  ];
}

function probe(url) {
  let [going, slowest] = [true, 0];
  const done = (async () => {
    while (going) {
      const started = performance.now();
      await (await fetch(`${url}/healthz`)).text();
      slowest = Math.max(slowest, performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    }
  })();
  return {
    stop: async () => {
      going = false;
      await done;
      return slowest;
    },
  };
}
