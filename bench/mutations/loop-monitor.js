/**
 * Loaded with `--import` into the service: writes a line of JSON for each stretch in which the event loop did nothing else, to the
 * file of LOOP_REPORT. `waitMs` is how long the main thread was ready to run but had no core, `stolenMs` how long the host of a virtual
 * machine ran something else on the core of which it took most (Linux; to 10 ms).
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

/** Time taken from each core by the host, in ms. */
function readStolen() {
  try {
    const cores = readFileSync('/proc/stat', 'latin1')
      .split('\n')
      .filter((line) => /^cpu\d/.test(line));
    return cores.map((line) => 10 * Number(line.split(/\s+/)[8] ?? 0));
  } catch {
    return [];
  }
}

const look = () => ({ at: performance.now(), ...readSchedule(), stolen: readStolen() });

function watch() {
  let before = look();
  setInterval(() => {
    const now = look();
    const blocked = now.at - before.at - TICK_MS;
    if (blocked > LEAST_MS) {
      const line = {
        endedAt: performance.timeOrigin + now.at,
        blockedMs: blocked,
        cpuMs: (now.cpu - before.cpu) / 1e6,
        waitMs: (now.wait - before.wait) / 1e6,
        stolenMs: Math.max(0, ...now.stolen.map((ms, core) => ms - (before.stolen[core] ?? ms))),
      };
      appendFileSync(report, `${JSON.stringify(line)}\n`);
    }
    before = now;
  }, TICK_MS).unref();
}

// Not in the processes of jobs, which inherit the options of this one.
if (isMainThread && process.argv[2] === 'serve' && report) watch();
