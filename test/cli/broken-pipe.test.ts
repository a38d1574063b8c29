import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

it('ends well though nobody reads its log any more', async () => {
  const env = { ...process.env, AEVB_PORT: '0', AEVB_DATA_DIR: await temporaryFolder() };
  const child = spawn(process.execPath, [MAIN, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  for await (const bytes of child.stdout) if (String(bytes).includes('"listening"')) break;
  expect(child.stdout.destroyed).toBe(true);
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number];
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
}, 60_000);
