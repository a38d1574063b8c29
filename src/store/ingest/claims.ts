import { hostname } from 'node:os';
import type { StoreDriver } from '../driver.ts';
import { readIfThere } from '../records/record-blob.ts';

/** The process that is making a data set, so that another can tell whether it still does. */
interface Claim {
  readonly host: string;
  readonly pid: number;
}

export async function writeClaim(driver: StoreDriver, key: string): Promise<void> {
  const claim: Claim = { host: hostname(), pid: process.pid };
  await driver.write(key, Buffer.from(JSON.stringify(claim)));
}

/**
 * Whether the process that wrote the claim has ended. Call it when a process starts: a claim of its own id is one of a dead
 * namesake. False if nobody can tell: there is no claim, or the process ran on another host.
 */
export async function isAbandoned(driver: StoreDriver, key: string): Promise<boolean> {
  const claim = parseClaim(await readIfThere(driver, key));
  if (claim?.host !== hostname()) return false;
  return claim.pid === process.pid || !isRunning(claim.pid);
}

function parseClaim(bytes: Buffer | null): Claim | null {
  try {
    const claim = JSON.parse(bytes?.toString('utf8') ?? 'null') as Partial<Claim> | null;
    const { host, pid } = claim ?? {};
    return typeof host === 'string' && Number.isSafeInteger(pid) ? { host, pid: Number(pid) } : null;
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
