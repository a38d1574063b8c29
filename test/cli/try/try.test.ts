import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { expect, onTestFinished, test } from 'vitest';
import { copyQueue } from '../../support/copy-queue.ts';
import { isRunning } from '../../support/processes.ts';
import { Services } from '../../support/service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
const LIMIT_MS = 240_000;

/** Sizes with a price that follows from them, but for the last row. */
const ROWS = Array.from({ length: 80 }, (_, i) => [`o${i}`, i % 16, 10 * (i % 16) + (i % 7) / 2]);
const TABLE = [
  'order_id;size;price',
  ...ROWS.map((row) => row.join(';').replace('.', ',')),
  'o80;1;150',
  '',
].join('\n');

/** The built command line, interrupted when it has written this, if anything. */
async function run(args: readonly string[], { interruptAt = '', input = '' } = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    detached: true,
    env: { ...process.env, ORT_DISABLE_TELEMETRY: undefined, AEVB_THREADS: '1' },
  });
  const group = -(child.pid ?? NaN);
  onTestFinished(async () => {
    if (await isRunning(group)) process.kill(group, 'SIGKILL');
  });
  let [out, errors, interrupted] = ['', '', false];
  child.stdout.on('data', (piece: Buffer) => {
    out += piece.toString();
    if (interrupted || interruptAt === '' || !out.includes(interruptAt)) return;
    interrupted = true;
    process.kill(group, 'SIGINT');
  });
  child.stderr.on('data', (piece: Buffer) => (errors += piece.toString()));
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, errors, left: await isRunning(group) };
}

test(
  'aevb try stops, continues, and leaves a model that aevb score uses',
  { timeout: LIMIT_MS },
  async () => {
    const folder = await temporaryFolder();
    const [file, output] = [join(folder, 'orders.csv'), join(folder, 'out')];
    await writeFile(file, TABLE);
    await copyQueue(join(output, 'data'));
    const args = ['try', file, '--output', output];

    const stopped = await run(args, { interruptAt: 'Training with' });
    expect(stopped).toMatchObject({ code: 130, left: false });
    expect(stopped.errors).toContain('run the same command again to continue');

    const { code, out, errors, left } = await run(args);
    expect({ code, errors, left }).toEqual({ code: 0, errors: '', left: false });
    expect(out).toContain('was uploaded before');
    expect(out).toContain('Continuing the training.');
    expect(out).toMatch(/order_id +id /);
    expect(out).toContain('bound of the model');
    expect(out).toMatch(/ 1\. row 82 \(order_id "?o80"?\).*\n.* is (?:150|1), where /);
    expect((await readdir(output)).toSorted()).toEqual([
      'data',
      'latent-space.png',
      'scored.csv',
      'service.log',
      'state.json',
    ]);
    const lines = (await readFile(join(output, 'scored.csv'), 'utf8')).split('\n');
    expect(lines).toHaveLength(ROWS.length + 3);
    expect(lines[0]).toBe('order_id;size;price;score;p_value;flagged;strangest_column;expected');
    expect(lines.slice(1, -1).map((line) => line.split(';').slice(0, 3).join(';'))).toEqual(
      TABLE.trimEnd().split('\n').slice(1),
    );
    expect(decode(await readFile(join(output, 'latent-space.png'))).width).toBeGreaterThan(500);

    const services = new Services();
    onTestFinished(() => {
      services.endAll();
    });
    const service = await services.start('serve', { AEVB_DATA_DIR: join(output, 'data') });
    const model = /--model (\S+)/.exec(out)?.[1] ?? '';
    const scored = await run(['score', '-', '--model', model, '--url', service.url], {
      input: 'price,size,note\n"20,5",2,"a,b"\n10,1,\nabc,2,x\n',
    });
    expect(scored.errors).toMatch(
      /^row 4, price: found "abc"; allowed: a finite number, such as 12,5\nNote: /,
    );
    const table = scored.out.trimEnd().split('\n');
    expect(table[0]).toBe('price,size,note,score,p_value,flagged,strangest_column,expected');
    expect(table[1]).toMatch(/^"20,5",2,"a,b",/);
    expect(table).toHaveLength(4);
    expect(scored.code).toBe(1);
    expect(await service.end('SIGTERM')).toMatchObject({ code: 0 });
  },
);
