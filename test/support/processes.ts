import { readFile } from 'node:fs/promises';
import { vi } from 'vitest';

/** Whether a process runs; one that has ended and waits for its parent to notice does not. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !/\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
}

export function untilGone(...pids: number[]): Promise<void> {
  return vi.waitFor(
    async () => {
      for (const pid of pids) if (await isRunning(pid)) throw new Error(`process ${pid} still runs`);
    },
    { timeout: 20_000, interval: 20 },
  );
}

/** The processes that a process has started, on Linux. */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}
