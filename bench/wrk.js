import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('wrk.lua', import.meta.url));

/** Throws with what to do if wrk does not run. */
export function checkWrk(program) {
  if (spawnSync(program, ['-v']).error === undefined) return;
  const install = 'install it (apt-get install wrk, brew install wrk) or name it: --wrk PROGRAM';
  throw new Error(`cannot run ${program}: ${install}`);
}

/**
 * Loads an address with one thread of wrk: every client waits for its answer, then asks again. `load` is {file, type, clients}. Returns
 * requests, seconds, p50 and p99 in ms, and errors.
 */
export async function runWrk(program, url, load, seconds) {
  const { file, type, clients } = load;
  const options = ['-t1', `-c${clients}`, `-d${seconds}s`, '--timeout', '30s', '-s', SCRIPT];
  const wrk = spawn(program, [...options, url, '--', file, type], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  wrk.stdout.on('data', (chunk) => (text += chunk));
  await once(wrk, 'close');
  const found = /^RESULT (.*)$/m.exec(text);
  if (!found) throw new Error(`wrk failed: ${text}`);
  return JSON.parse(found[1]);
}
