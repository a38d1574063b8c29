import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OWN = fileURLToPath(new URL('..', import.meta.url));

/** Starts `aevb <command>` of a built checkout on a free port. `url` is the address of its API, if it has one. */
export async function startService(command, environment, folder = OWN) {
  const env = { ...process.env, AEVB_HOST: '127.0.0.1', AEVB_PORT: '0', ...environment };
  const main = join(folder, 'dist', 'main.js');
  const child = spawn(process.execPath, [main, command], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  if (command === 'worker') {
    child.stdout.resume();
    return { child };
  }
  return { child, url: await waitForUrl(child) };
}

export async function stopService({ child }) {
  child.kill('SIGTERM');
  if (child.exitCode === null) await once(child, 'exit');
}

async function waitForUrl(child) {
  let text = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    text += chunk;
    const found = /"url":"(http:[^"]+)"/.exec(text);
    if (found) {
      child.stdout.resume();
      return found[1];
    }
  }
  throw new Error(`the service did not start: ${text}`);
}
