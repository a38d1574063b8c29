/**
 * `node scripts/data-folder/check.js [commit]` creates a data folder with an earlier commit, opens it with this tree, and
 * compares. Build this tree first. The script clones, installs and builds the commit in a temporary folder; `--built FOLDER`
 * uses a clone that is already built. It exits with 1 if any answer or the bytes of an interrupted training differ.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openService } from './client.js';
import { finishJobs, interruptJobs } from './interruption.js';
import { collectAnswers, trainModels } from './models.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals } = parseArgs({ options: { built: { type: 'string' } }, allowPositionals: true });
const folder = mkdtempSync(join(tmpdir(), 'aevb-folder-'));
const services = [];
let failures = 0;

try {
  const earlier = values.built ?? clone(positionals[0] ?? '8f7616b');
  const [data, copy] = [join(folder, 'data'), join(folder, 'copy')];
  const before = await open(earlier, data);
  const models = await trainModels(before);
  const answers = await collectAnswers(before, models);
  const interrupted = await interruptJobs(before, models[0]);
  cpSync(data, copy, { recursive: true, filter: (path) => !lstatSync(path).isSocket() });

  const expected = await finishJobs(await open(earlier, data), interrupted, data);
  const now = await open(ROOT, copy);
  const found = await finishJobs(now, interrupted, copy);
  report('a running and a waiting training end with the same bytes', found.trainings, expected.trainings);
  report('an evaluation gives the same numbers', found.evaluation, expected.evaluation);
  const after = await collectAnswers(now, models);
  for (const [name, answer] of Object.entries(answers)) report(name, after[name], answer);
  for (const { name, dataset, order } of models) {
    const { state } = await now.train({ dataset_id: dataset, ...order });
    report(`${name}: a new training on the earlier data set`, state, 'succeeded');
  }
} finally {
  await Promise.all(services.map((service) => service.kill()));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
process.stdout.write(failures === 0 ? 'Everything agrees.\n' : `${failures} differences.\n`);
process.exit(failures === 0 ? 0 : 1);

async function open(tree, dataDir) {
  const service = await openService(tree, dataDir);
  services.push(service);
  return service;
}

function clone(commit) {
  const target = join(folder, 'earlier');
  const options = { stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync('git', ['clone', '--quiet', ROOT, target], options);
  execFileSync('git', ['-C', target, 'checkout', '--quiet', commit], options);
  execFileSync('npm', ['ci', '--silent'], { ...options, cwd: target });
  execFileSync('npm', ['run', '--silent', 'build'], { ...options, cwd: target });
  return target;
}

function report(what, found, expected) {
  const same = write(found) === write(expected);
  if (!same) failures++;
  process.stdout.write(`${same ? 'same     ' : 'DIFFERENT'} ${what}\n`);
  if (!same) process.stdout.write(`  before ${shorten(expected)}\n  now    ${shorten(found)}\n`);
}

/** Numbers of tables are float32, written in as many digits as float32 has; earlier versions wrote them as doubles. */
function write(value) {
  return JSON.stringify(value, (_name, entry) =>
    typeof entry === 'number' && !Number.isInteger(entry) ? Math.fround(entry) : entry,
  );
}

function shorten(value) {
  return JSON.stringify(value)?.slice(0, 400);
}
