import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { copyQueue } from '../../support/copy-queue.ts';
import { asIdx, tinyImages } from '../../support/tiny-images.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
const LIMIT_MS = 240_000;

interface Saved {
  readonly entries: Readonly<Record<string, { id: string; outcome?: object }>>;
}

interface Results {
  readonly version: string;
  readonly panels: readonly {
    readonly panel: string;
    readonly runs: readonly {
      readonly method: string;
      readonly step: { readonly step_size: number; readonly pilots: readonly { step_size: number }[] };
      readonly job: { readonly job_id: string; readonly diverged: string | null };
      readonly order: { readonly training: { readonly objective: object } };
    }[];
    readonly curves: readonly {
      readonly name: string;
      readonly curve: readonly { samples: number; nats: number }[];
    }[];
  }[];
}

/** `aevb reproduce`, interrupted when it has written this, if anything. */
async function reproduce(args: readonly string[], interruptAt?: string) {
  const child = spawn(process.execPath, [MAIN, 'reproduce', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ORT_DISABLE_TELEMETRY: undefined, AEVB_THREADS: '1' },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let [text, interrupted] = ['', false];
  const take = (piece: Buffer): void => {
    text += piece.toString();
    if (interrupted || interruptAt === undefined || !text.includes(interruptAt)) return;
    interrupted = true;
    child.kill('SIGINT');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

const readJson = async <T>(...path: string[]): Promise<T> =>
  JSON.parse(await readFile(join(...path), 'utf8')) as T;

test(
  'a reproduction that is interrupted goes on with the same jobs when it runs again',
  { timeout: LIMIT_MS },
  async () => {
    const output = await temporaryFolder();
    await copyQueue(join(output, 'data'));
    const frey = join(output, 'faces.idx');
    await writeFile(frey, asIdx(tinyImages(200)));
    const args = ['figure2', '--panel', 'Frey 2', '--samples', '6000', '--frey', frey, '--output', output];

    const first = await reproduce(args, 'Frey 2, AEVB ...');
    expect(first.code, first.text).toBe(130);
    expect(first.text).toContain('run the same command again to continue');
    const before = (await readJson<Saved>(output, 'state.json')).entries;
    expect(Object.keys(before)).toContain('Frey 2, AEVB');
    expect(Object.keys(before)).not.toContain('Frey 2, wake-sleep');

    const second = await reproduce(args);
    expect(second.code, second.text).toBe(0);
    const after = (await readJson<Saved>(output, 'state.json')).entries;
    for (const [name, { id }] of Object.entries(before)) expect(after[name]?.id).toBe(id);

    const { panels } = await readJson<Results>(output, 'figure2', 'results.json');
    const [panel] = panels;
    expect(panel?.runs.map(({ job }) => job.job_id)).toEqual(
      ['AEVB', 'wake-sleep'].map((method) => after[`Frey 2, ${method}`]?.id),
    );
    for (const { step, order, job } of panel?.runs ?? []) {
      expect(step.pilots.map(({ step_size: size }) => size)).toEqual([0.01, 0.02, 0.1]);
      expect(order.training.objective).toEqual({ name: 'map', prior_standard_deviation: 1 });
      expect(job.diverged).toBeNull();
    }
    expect(panel?.curves.map(({ name }) => name)).toEqual([
      'AEVB train',
      'AEVB test',
      'wake-sleep train',
      'wake-sleep test',
    ]);
    for (const { curve } of panel?.curves ?? []) expect(curve.at(-1)?.samples).toBeGreaterThanOrEqual(6000);
    expect(await readFile(join(output, 'figure2', 'frey-2.svg'), 'utf8')).toContain('AEVB test, paper');
  },
);

test('what cannot be reproduced is told in one line', async () => {
  const wrong = await reproduce(['figure2', '--panel', 'MNIST 21', '--output', await temporaryFolder()]);
  expect(wrong).toMatchObject({ code: 1 });
  expect(wrong.text).toMatch(/^aevb reproduce: --panel must be .*found "MNIST 21"\.\n$/);
});
