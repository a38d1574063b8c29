import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { copyQueue } from '../support/copy-queue.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** util-linux's `script` gives a program a terminal of its own. */
const { status, stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
const canScript = status === 0 && stdout.includes('util-linux');
if (!canScript) console.log("Skipped, because util-linux's script is not on the PATH: the log on a terminal");

it.skipIf(!canScript)(
  'on a terminal a service writes no JSON',
  async () => {
    const command = `exec '${process.execPath}' '${MAIN}' serve --host 127.0.0.1 --port 0`;
    const folder = await temporaryFolder();
    await copyQueue(folder);
    const env = { ...process.env, AEVB_DATA_DIR: folder, TERM: 'xterm', NO_COLOR: '1' };
    const child = spawn('script', ['-qec', command, '/dev/null'], { env, stdio: 'pipe' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const exited = once(child, 'exit');
    let text = '';
    for await (const bytes of child.stdout) {
      const before = text;
      text += String(bytes);
      // Ctrl-C, as the terminal passes it on.
      if (text.includes('Press Ctrl-C') && !before.includes('Press Ctrl-C')) child.stdin.write('\u0003');
    }
    expect((await exited)[0]).toBe(0);
    const lines = text.split(/\r?\n/).map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''));
    expect(lines).toContainEqual(expect.stringMatching(/^aevb listens on http:\/\/127\.0\.0\.1:\d+ \(/));
    expect(lines).toContain('Stopped.');
    expect(lines.filter((line) => line.includes('{'))).toEqual([]);
  },
  60_000,
);
