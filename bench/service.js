import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OWN = fileURLToPath(new URL('..', import.meta.url));

/**
 * Starts `aevb <command>` of a built checkout on a free port. `url` is the address of its API, if it has one. `imports` are modules
 * that are loaded before it.
 */
export async function startService(command, environment, { folder = OWN, imports = [] } = {}) {
  const env = { ...process.env, AEVB_HOST: '127.0.0.1', AEVB_PORT: '0', ...environment };
  const main = join(folder, 'dist', 'main.js');
  const stdio = ['ignore', 'pipe', 'inherit'];
  // A process group of its own, so that all of it can be killed at once.
  const options = imports.flatMap((url) => ['--import', url]);
  const child = spawn(process.execPath, [...options, main, command], { env, stdio, detached: true });
  process.once('exit', () => signalGroup(child));
  process.once('SIGINT', () => process.exit(130));
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

/** Kills the service and the processes it has started, and waits until it is gone. */
export async function killService({ child }) {
  signalGroup(child);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function signalGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Reads the log on, because the service waits for room in a pipe that is full. */
function waitForUrl(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      if (text === null) return;
      text += chunk;
      const found = /"url":"(http:[^"]+)"/.exec(text);
      if (!found) return;
      text = null;
      resolve(found[1]);
    });
    child.stdout.on('end', () => reject(new Error(`the service did not start: ${text}`)));
  });
}
