import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { copyQueue } from '../support/copy-queue.ts';
import { Services } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

it('a service ends well though nobody reads its log any more', async () => {
  const env = { ...process.env, AEVB_PORT: '0', AEVB_DATA_DIR: await dataFolder() };
  const child = spawn(process.execPath, [MAIN, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  for await (const bytes of child.stdout) if (String(bytes).includes('"listening"')) break;
  expect(child.stdout.destroyed).toBe(true);
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number];
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
}, 60_000);

it('a service ends though an upload never does', async () => {
  const services = new Services();
  onTestFinished(() => {
    services.endAll();
  });
  const service = await services.start('serve', {
    AEVB_DATA_DIR: await dataFolder(),
    AEVB_SHUTDOWN_TIMEOUT_MS: '1000',
  });
  const headers = { 'content-type': 'text/csv', 'transfer-encoding': 'chunked' };
  const upload = request(`${service.url}/datasets`, { method: 'POST', headers });
  upload.on('error', () => undefined);
  const dripping = setInterval(() => upload.write('1,2\n'), 50);
  onTestFinished(() => {
    clearInterval(dripping);
  });
  await once(upload, 'socket');
  await new Promise<void>((resolve) =>
    upload.write('1,2\n', () => {
      resolve();
    }),
  );
  expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
}, 60_000);

async function dataFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await copyQueue(folder);
  return folder;
}
