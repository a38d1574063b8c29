import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { expect, onTestFinished, test } from 'vitest';
import { decodeNpy } from '../../../src/store/formats/npy.ts';
import { openStored, readTable } from '../../store/formats/opening.ts';
import { copyQueue } from '../../support/copy-queue.ts';
import { isRunning } from '../../support/processes.ts';
import { Services } from '../../support/service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
const LIMIT_MS = 240_000;

/** Sizes with a price that follows from them, but for the last row; some prices are missing. */
const ROWS = Array.from({ length: 80 }, (_, i) => [
  `o${i}`,
  i % 16,
  i % 20 === 7 ? '' : 10 * (i % 16) + (i % 7) / 2,
]);
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

test('aevb try stops, continues, and leaves a model for files and pipes', { timeout: LIMIT_MS }, async () => {
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
    'imputed.csv',
    'latent-space.png',
    'samples.csv',
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

  const imputed = (await readFile(join(output, 'imputed.csv'), 'utf8')).trimEnd().split('\n');
  expect(imputed[0]).toBe('order_id;size;price;imputed');
  expect(imputed.slice(1)).toEqual(
    [7, 27, 47, 67].map((i) => expect.stringMatching(`^o${i};${i % 16};[\\d,]+;price$`) as string),
  );
  const samples = (await readFile(join(output, 'samples.csv'), 'utf8')).trimEnd().split('\n');
  expect(samples).toHaveLength(1001);
  expect(samples.slice(0, 2)).toEqual(['size;price', expect.stringMatching(/^[\d,]+;[\d,]+$/)]);

  const services = new Services();
  onTestFinished(() => {
    services.endAll();
  });
  const service = await services.start('serve', { AEVB_DATA_DIR: join(output, 'data') });
  const model = /--model (\S+)/.exec(out)?.[1] ?? '';
  const use = (args: readonly string[], input = '') =>
    run([...args, '--model', model, '--url', service.url], { input });
  const scored = await use(['score', '-'], 'price,size,note\n"20,5",2,"a,b"\n10,1,\nabc,2,x\n');
  expect(scored.errors).toMatch(/^row 4, price: found "abc"; allowed: a finite number, such as 12,5\nNote: /);
  const table = scored.out.trimEnd().split('\n');
  expect(table[0]).toBe('price,size,note,score,p_value,flagged,strangest_column,expected');
  expect(table[1]).toMatch(/^"20,5",2,"a,b",/);
  expect(table).toHaveLength(4);
  expect(scored.code).toBe(1);

  const filled = await use(['impute', '-', '--samples', '128'], TABLE);
  expect(filled).toMatchObject({ code: 0, errors: '' });
  const whole = filled.out.trimEnd().split('\n');
  expect(whole).toHaveLength(ROWS.length + 2);
  expect(whole[1]).toBe('o0;0;0;');
  expect(whole[8]).toMatch(/^o7;7;[\d,]+;price$/);
  expect(Math.abs(Number(whole[8]?.split(';')[2]?.replace(',', '.')) - 70)).toBeLessThan(40);

  const [parquet, npy] = [join(folder, 'codes.parquet'), join(folder, 'codes.npy')];
  const sample = (seed: string) => use(['sample', '--count', '1200', '--seed', seed]);
  const [encoded, refused, plain, one, same, other] = await Promise.all([
    use(['encode', '-', '--output', parquet], filled.out),
    use(['encode', file, '--output', join(folder, 'refused.npy')]),
    use(['encode', file, '--no-ids', '--output', npy]),
    sample('1'),
    sample('1'),
    sample('2'),
  ]);
  expect(encoded).toEqual({ code: 0, out: '', errors: `wrote 81 rows to ${parquet}\n`, left: false });
  const codes = await readTable(openStored(await readFile(parquet)));
  expect(codes.names?.slice(0, 2)).toEqual(['order_id', 'mean_1']);
  expect(codes.rows.map(([id]) => id)).toEqual([...ROWS.map(([id]) => id), 'o80']);
  expect(refused.errors).toMatch(/column order_id is text.*--no-ids/);
  expect(plain.code).toBe(0);
  const { shape, data } = decodeNpy(await readFile(npy), { maxValues: 10_000 });
  expect(shape).toEqual([81, (codes.names?.length ?? 0) - 1]);
  expect(data[0]).toBeCloseTo(Number(codes.rows[0]?.[1]), 5);
  expect(one.out.trimEnd().split('\n')).toHaveLength(1201);
  expect(same.out).toBe(one.out);
  expect(other.out).not.toBe(one.out);
  const jsonl = join(folder, 'scored.jsonl');
  expect(await use(['score', '-', '--output', jsonl], one.out)).toMatchObject({ code: 0, out: '' });
  const made = (await readFile(jsonl, 'utf8')).trimEnd().split('\n');
  expect(made).toHaveLength(1200);
  expect(JSON.parse(made[0] ?? '')).toMatchObject({
    size: expect.any(Number) as number,
    score: expect.any(Number) as number,
  });
  expect((await readdir(folder)).toSorted()).toEqual([
    'codes.npy',
    'codes.parquet',
    'orders.csv',
    'out',
    'scored.jsonl',
  ]);
  expect(await service.end('SIGTERM')).toMatchObject({ code: 0 });
});
