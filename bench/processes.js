import { readFileSync, readdirSync } from 'node:fs';

/** Of Linux, a second. */
const CLOCK_TICKS = 100;

/** Ids of these processes and of everything that they have started and that still runs. */
export function listTree(roots) {
  const children = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const stat = readStat(name);
    if (stat) children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
  }
  const tree = [...roots];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** Processor seconds that a process tree has used so far, without those of processes that have ended. */
export function readProcessorSeconds(roots) {
  return listTree(roots).reduce((sum, pid) => sum + (readStat(pid)?.seconds ?? 0), 0);
}

/** Sends a signal to every process of the tree, parents first. */
export function signalTree(roots, signal) {
  for (const pid of listTree(roots)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended.
    }
  }
}

/** Ids of the processes that this one has started itself and that still run. */
export const listChildren = (pid) =>
  read(`${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);

/** Resident memory in MB; null once the process is gone. */
export const readResident = (pid) => readMegabytes(pid, 'VmRSS');

/** The peak of its resident memory so far in MB; 0 once the process is gone. */
export const readPeak = (pid) => readMegabytes(pid, 'VmHWM') ?? 0;

function readMegabytes(pid, field) {
  const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(read(`${pid}/status`)) ?? [];
  return kilobytes === undefined ? null : Number(kilobytes) / 1000;
}

/** Of /proc; empty once the process is gone. */
function read(name) {
  try {
    return readFileSync(`/proc/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function readStat(pid) {
  try {
    // The name of the program, in parentheses, may have spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS };
  } catch {
    return null;
  }
}
