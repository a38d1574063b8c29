import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeSettings } from '../../src/config.ts';
import { Services, type ServiceProcess } from '../support/service.ts';

const run = promisify(execFile);
const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

describe('the configuration table of the README', () => {
  const rows = [...readme.matchAll(/^\| `(AEVB_\w+)` +\| (.+?) +\| (.+?) +\|$/gm)];

  it('has every setting, with its default and meaning', () => {
    expect(rows.map(([, variable, value, meaning]) => ({ variable, value, meaning }))).toEqual(
      describeSettings().map(({ variable, default: value, description }) => ({
        variable,
        value: variable === 'AEVB_THREADS' ? 'the cores' : value === '' ? '–' : `\`${String(value)}\``,
        meaning: description,
      })),
    );
  });
});

/** Shell blocks that call the service, in the order of the page. */
function examples(): string[] {
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  return blocks.filter((block) => block.includes('curl '));
}

describe('the examples of the README', () => {
  const services = new Services();
  let folder: string;
  let service: ServiceProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aevb-test-'));
    service = await services.start('serve', { AEVB_DATA_DIR: join(folder, 'data') });
  });
  afterAll(async () => {
    await service.end('SIGTERM');
    services.endAll();
    await rm(folder, { recursive: true, force: true });
  });

  const ids: Record<string, string> = {};

  /** Runs a block as a reader would, with the ids that earlier answers named; curl fails where the status is an error. */
  async function tried(block: string): Promise<string> {
    const { host } = new URL(service.url);
    const script = block.replaceAll('localhost:8080', host).replaceAll('curl ', 'curl -sS --fail-with-body ');
    const options = { cwd: folder, env: { ...process.env, ...ids } };
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], options);
    remember(stdout);
    return stdout;
  }

  function remember(answer: string): void {
    const patterns = {
      DATASET: /^\{"id":"(ds_\w+)"/,
      JOB: /^\{"id":"(job_\w+)"/,
      MODEL: /"model_id":"(model_\w+)"/,
    };
    for (const [name, pattern] of Object.entries(patterns)) {
      const id = pattern.exec(answer)?.[1];
      if (id !== undefined) ids[name] = id;
    }
  }

  async function jobIs(...states: string[]): Promise<void> {
    await expect
      .poll(
        async () =>
          ((await (await fetch(`${service.url}/jobs/${ids['JOB']}`)).json()) as { state: string }).state,
        {
          timeout: 60_000,
          interval: 100,
        },
      )
      .toSatisfy((state: string) => states.includes(state));
  }

  it('work as they stand, one after another', async () => {
    const [
      upload = '',
      train = '',
      watch = '',
      encode = '',
      elbo = '',
      generate = '',
      mnist = '',
      image = '',
    ] = examples();
    expect(examples()).toHaveLength(8);
    expect(await tried(upload)).toContain('"rows":500');
    expect(await tried(train)).toContain('"model_id"');
    await jobIs('succeeded');
    expect(await tried(watch)).toContain('"validation_elbo"');
    expect(await tried(encode)).toContain('"standard_deviation"');
    const scores = JSON.parse(await tried(elbo)) as { elbo: [number, number] };
    const [usual, strange] = scores.elbo;
    expect(strange).toBeLessThan(usual - 100);
    expect(await tried(generate)).toContain('"latents"');
    expect(await tried(mnist)).toContain('"dataset_id":"mnist"');
    await expect
      .poll(async () => (await fetch(`${service.url}/samples?model_id=${ids['MODEL']}&count=1`)).status, {
        timeout: 120_000,
        interval: 200,
      })
      .toBe(200);
    await tried(image);
    const png = await readFile(join(folder, 'samples.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    await fetch(`${service.url}/jobs/${ids['JOB']}/cancel`, { method: 'POST' });
    await jobIs('cancelled', 'succeeded');
  }, 240_000);
});
