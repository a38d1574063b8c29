import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeNpy } from '../../src/store/formats/npy.ts';
import { Client } from '../support/client.ts';
import { differences, readExamples, type Example, type Ids } from '../support/readme.ts';
import { Services } from '../support/service.ts';

interface Exchange {
  readonly request: string;
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const CURL = fileURLToPath(new URL('../support/curl.js', import.meta.url));
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const examples = await readExamples();

describe('the examples of the README', () => {
  const services = new Services();
  const ids: Ids = new Map();
  const variables: Record<string, string> = {};
  let folder: string;
  let url: string;
  let client: Client;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aevb-test-'));
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin', 'curl'), `#!/bin/sh\nexec node '${CURL}' "$@"\n`);
    await chmod(join(folder, 'bin', 'curl'), 0o755);
    // What the page takes for granted: the installed packages, and an array that someone saved.
    await symlink(MODULES, join(folder, 'node_modules'));
    await writeFile(join(folder, 'rows.npy'), encodeNpy([4, 3], new Float32Array(12)));
    ({ url } = await services.start('serve', { AEVB_DATA_DIR: join(folder, 'data') }));
    client = new Client(url);
  });
  afterAll(async () => {
    services.endAll();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the block by a shell, with the ids that earlier answers had where the page has others. */
  async function run({ script }: Example): Promise<Exchange[]> {
    const log = join(folder, 'answers');
    await writeFile(log, '');
    const own = script.replace(/^([A-Z]+)=(\w+)$/gm, (_, name: string, shown: string) => {
      variables[name] = ids.get(shown) ?? `${shown}-was-not-answered-before`;
      return `${name}=${variables[name]}`;
    });
    await waitFor(own);
    const path = `${join(folder, 'bin')}${delimiter}${process.env.PATH ?? ''}`;
    const environment = { ...process.env, ...variables, PATH: path, CURL_TARGET: url, CURL_LOG: log };
    await promisify(execFile)('sh', ['-euc', own], { cwd: folder, env: environment });
    const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as Exchange);
  }

  /** A reader looks at a job while it runs and uses a model when it is trained; MNIST is not waited for but cancelled. */
  async function waitFor(script: string): Promise<void> {
    if (script.includes('$JOB')) {
      await client.until(variables['JOB'] ?? '', 'under way', ({ progress }) => progress?.train_elbo != null);
    }
    if (script.includes('$EVALUATION')) await client.untilState(variables['EVALUATION'] ?? '', 'succeeded');
    if (script.includes('$MODEL')) {
      const { job_id: job, dataset_id: dataset } = await client.model(variables['MODEL'] ?? '');
      if (dataset === 'mnist') await client.post(`/jobs/${job}/cancel`);
      await client.untilState(job, dataset === 'mnist' ? 'cancelled' : 'succeeded');
    }
  }

  const answers = new Map<string, unknown>();

  it.each(examples)('$name', { timeout: 120_000 }, async (example) => {
    const exchanges = await run(example);
    const { shown } = example;
    const problem = isProblem(shown) ? shown : null;
    for (const { request, status, text } of exchanges) {
      const expected = problem === null ? status >= 200 && status < 300 : status === problem.status;
      expect(expected, `${request} is answered ${status}: ${text}`).toBe(true);
    }
    const last = exchanges.at(-1);
    if (shown === undefined || last === undefined) return;
    const answer: unknown = JSON.parse(last.text);
    expect(differences(shown, answer, ids), last.text).toEqual([]);
    if (problem !== null) expect(answer).toEqual({ ...problem, request_id: expect.any(String) as string });
    answers.set(last.request.split(/[ ?]/)[1] ?? '', answer);
  });

  it('show what the page says of them', async () => {
    const { mean } = answers.get('localhost:8080/reconstruct') as { mean: [[string, number, ...unknown[]]] };
    expect(mean[0][0], 'the model imputed').toBe('midi');
    const decoded = answers.get('localhost:8080/decode') as { mean: [string][] };
    expect(decoded.mean.map(([model]) => model).sort(), 'the two ends of the sizes').toEqual([
      'maxi',
      'mini',
    ]);
    const scores = answers.get('localhost:8080/elbo') as {
      elbo: [number, number, number];
      log_likelihood_by_column: number[][];
    };
    const [usual, cold, wrong] = scores.elbo;
    expect(cold, 'the strange energy').toBeLessThan(usual - 30);
    expect(wrong, 'the strange model').toBeLessThan(usual - 5);
    const strangest = scores.log_likelihood_by_column.map((terms) => terms.indexOf(Math.min(...terms)));
    expect([4, 5], 'the column of the strange energy').toContain(strangest[1]);
    expect(strangest[2], 'the column of the strange model').toBe(0);
    for (const name of ['samples', 'manifold', 'traversal', 'scatter', 'interpolation', 'reconstructions']) {
      const png = await readFile(join(folder, `${name}.png`));
      expect(png.subarray(1, 4).toString(), name).toBe('PNG');
    }
  });
});

function isProblem(shown: unknown): shown is { status: number } {
  return typeof shown === 'object' && shown !== null && 'code' in shown && 'status' in shown;
}
