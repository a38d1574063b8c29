/**
 * Prints the ten strangest rows of a CSV file, and why they are strange:
 *
 *     node docs/examples/strangest-rows.ts vans.csv
 *
 * Needs a running service (npm start) and Node 22.18 or newer; with older versions, run it with `npx tsx`.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const [file = 'vans.csv', service = 'http://127.0.0.1:8080'] = process.argv.slice(2);
const ROWS_PER_REQUEST = 500;

type Value = string | number | boolean | null;
type Row = Record<string, string>;

interface Dataset {
  id: string;
  warnings: string[];
}

interface Job {
  id: string;
  model_id: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  error: { message: string } | null;
  result: { comparison: { summary: string } } | null;
}

/** Numbers and times have a median and a 90 % interval, words a list. */
interface Expected {
  median?: Value;
  low?: Value;
  high?: Value;
  likeliest?: { value: Value; probability: number }[];
}

interface Cell {
  column: string;
  share: number | null;
  expected: Expected;
}

/** One entry per row; null for a row that the service could not understand (`errors` says why). */
interface Scores {
  score: (number | null)[];
  p_value: (number | null)[];
  cells: (Cell[] | null)[];
}

async function call<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(service + path, init);
  if (!response.ok) throw new Error(`${path} was refused: ${await response.text()}`);
  return (await response.json()) as Answer;
}

function post<Answer>(path: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return call(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

function describe({ likeliest: [first] = [], median, low, high }: Expected): string {
  if (first) return `${String(first.value)} (${Math.round(100 * first.probability)} %)`;
  return `${String(median)} (${String(low)} to ${String(high)})`;
}

// Upload the file. The service finds out what each column is.
const text = await readFile(file, 'utf8');
const headers = { 'content-type': 'text/csv' };
const dataset = await call<Dataset>('/datasets', { method: 'POST', headers, body: text });
for (const warning of dataset.warnings) console.log(warning);

// Train with defaults and wait for the end.
let job = await post<Job>('/jobs', { dataset_id: dataset.id });
while (job.state === 'queued' || job.state === 'running') {
  await sleep(1000);
  job = await call<Job>(`/jobs/${job.id}`);
}
if (job.state !== 'succeeded') throw new Error(`The training ${job.state}: ${job.error?.message}`);
console.log(job.result?.comparison.summary);

// Score all rows. Cells in quotes would need a CSV library here.
const [names = [], ...lines] = text
  .trim()
  .split(/\r?\n/)
  .map((line) => line.split(','));
const rows = lines.map((cells): Row => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ''])));
const scored: { row: Row; score: number; pValue: number | null; cells: Cell[] }[] = [];
for (let start = 0; start < rows.length; start += ROWS_PER_REQUEST) {
  const data = rows.slice(start, start + ROWS_PER_REQUEST);
  const answer = await post<Scores>('/score', { model_id: job.model_id, data, columns: true });
  data.forEach((row, i) => {
    const score = answer.score[i];
    if (typeof score !== 'number') return;
    scored.push({ row, score, pValue: answer.p_value[i] ?? null, cells: answer.cells[i] ?? [] });
  });
}

// Print the strangest, each with the column that contributes most to its strangeness.
scored.sort((a, b) => b.score - a.score);
for (const { row, score, pValue, cells } of scored.slice(0, 10)) {
  console.log(`score ${score.toFixed(1)}, p-value ${pValue?.toFixed(3)}: ${Object.values(row).join(', ')}`);
  const [cell] = cells.sort((a, b) => (b.share ?? 0) - (a.share ?? 0));
  if (cell) console.log(`    ${cell.column} is ${row[cell.column]}; expected: ${describe(cell.expected)}`);
}
