import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { loadConfig, type Config, type Environment } from '../config.ts';
import { createJsonLog } from './service-log.ts';
import { startService } from './service.ts';
import { Interrupted } from './interruption.ts';

export interface Host {
  readonly url: string;
  readonly config: Config;
}

/** What of the user's environment such a service heeds: what computes, never where data lies or who can connect. */
const HEEDED = ['AEVB_RUNTIME', 'AEVB_DEVICE', 'AEVB_THREADS'] as const;

const CHILDREN_LIMIT_MS = 3_000;

export interface Hosting {
  readonly environment: Environment;
  /** Where the service's log goes, after what stands there. */
  readonly logFile: string;
  /** Stops a service that is still starting. */
  readonly signal: AbortSignal;
  /** Keeps its data and the jobs that were not finished. Without it all is gone in the end. */
  readonly dataDir?: string;
}

/** The service with API, worker and queue on a free port, for as long as `use` lasts. */
export async function withService<T>(hosting: Hosting, use: (host: Host) => Promise<T>): Promise<T> {
  if (hosting.dataDir !== undefined) return serveWhile(hosting, hosting.dataDir, {}, use);
  const folder = await makeTemporaryFolder();
  try {
    // What is still being computed when the folder goes away is wanted by nobody.
    return await serveWhile(hosting, folder.path, { AEVB_SHUTDOWN_TIMEOUT_MS: '1000' }, use);
  } finally {
    await folder.remove();
  }
}

async function serveWhile<T>(
  { environment, logFile, signal }: Hosting,
  dataDir: string,
  settings: Environment,
  use: (host: Host) => Promise<T>,
): Promise<T> {
  const heeded = Object.fromEntries(HEEDED.map((name) => [name, environment[name]]));
  const fixed = { AEVB_HOST: '127.0.0.1', AEVB_PORT: '0', AEVB_DATA_DIR: dataDir };
  const config = loadConfig({ ...heeded, ...fixed, ...settings });
  const log = createJsonLog(config.logLevel, pino.destination({ dest: logFile, sync: true }));
  const service = await startUnlessInterrupted(signal, () =>
    startService(config, log, { api: true, worker: true }),
  );
  try {
    return await use({ url: service.url ?? '', config });
  } finally {
    await service.stop();
    await waitForChildren();
  }
}

/**
 * A starting service cannot be called off, and making its queue takes seconds. But it is all inside this process until it
 * gets its first job: an interruption may end the process there and then.
 */
async function startUnlessInterrupted<T>(signal: AbortSignal, start: () => Promise<T>): Promise<T> {
  const leave = (): void => {
    process.exit(signal.reason instanceof Interrupted ? signal.reason.exitCode : 1);
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await start();
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** A training that did not heed the stop in time ends a moment later, and writes to the folder until then. */
async function waitForChildren(): Promise<void> {
  const deadline = performance.now() + CHILDREN_LIMIT_MS;
  while (process.getActiveResourcesInfo().includes('ProcessWrap') && performance.now() < deadline) {
    await sleep(20);
  }
}

/** A new folder; should the process end before `remove`, it goes away all the same. */
async function makeTemporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'aevb-'));
  process.once('exit', () => {
    removeNow(path);
  });
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** File operations that were under way may still move a file to where it was not looked for: it is looked for again. */
function removeNow(path: string): void {
  for (let attempt = 1; existsSync(path) && attempt <= 10; attempt++) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (attempt === 10) process.stderr.write(`${path} could not be removed: ${String(error)}\n`);
    }
  }
}
