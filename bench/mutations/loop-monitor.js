/**
 * Loaded with `--import` into the service: writes a line of JSON for each stretch in which the event loop did nothing else, to the
 * file of LOOP_REPORT. `waitMs` is how long the main thread was ready to run but had no core (Linux).
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const TICK_MS = 10;
const LEAST_MS = 40;
const report = process.env.LOOP_REPORT;

/** Processor time and waiting time of the main thread, in nanoseconds. */
function readSchedule() {
  try {
    const [cpu, wait] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ');
    return { cpu: Number(cpu), wait: Number(wait) };
  } catch {
    return { cpu: 0, wait: 0 };
  }
}

function watch() {
  let before = { at: performance.now(), ...readSchedule() };
  setInterval(() => {
    const now = { at: performance.now(), ...readSchedule() };
    const blocked = now.at - before.at - TICK_MS;
    if (blocked > LEAST_MS) {
      const line = {
        endedAt: performance.timeOrigin + now.at,
        blockedMs: blocked,
        cpuMs: (now.cpu - before.cpu) / 1e6,
        waitMs: (now.wait - before.wait) / 1e6,
      };
      appendFileSync(report, `${JSON.stringify(line)}\n`);
    }
    before = now;
  }, TICK_MS).unref();
}

// Not in the processes of jobs, which inherit the options of this one.
if (isMainThread && process.argv[2] === 'serve' && report) watch();
