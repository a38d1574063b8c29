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

/** Variables that the service takes from the user's environment. Data folder, queue and address are its own. */
const HEEDED = ['AEVB_RUNTIME', 'AEVB_DEVICE', 'AEVB_THREADS'] as const;

/** Nobody else waits for this service: it may take as long as a busy machine needs. */
const PATIENCE_MS = '600000';
const CHILDREN_LIMIT_MS = 3_000;

export interface Hosting {
  readonly environment: Environment;
  /** The service appends its log to this file. */
  readonly logFile: string;
  /** Ends the process if the service is still starting. */
  readonly signal: AbortSignal;
  /** Keeps the data and unfinished jobs. Default: a temporary folder that is removed at the end. */
  readonly dataDir?: string;
}

/** Runs the service with API, worker and queue on a free port while `use` runs. */
export async function withService<T>(hosting: Hosting, use: (host: Host) => Promise<T>): Promise<T> {
  if (hosting.dataDir !== undefined) return serveWhile(hosting, hosting.dataDir, {}, use);
  const folder = await makeTemporaryFolder();
  try {
    // The folder is removed, so there is no use in waiting for running jobs.
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
  const fixed = {
    AEVB_HOST: '127.0.0.1',
    AEVB_PORT: '0',
    AEVB_DATA_DIR: dataDir,
    AEVB_INFERENCE_TIMEOUT_MS: PATIENCE_MS,
  };
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
 * The start takes seconds and cannot be cancelled. But until its first job the service is entirely in this process, so an
 * interruption can end the process at once.
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

/** Child processes that did not stop in time end a moment later, and write to the folder until then. */
async function waitForChildren(): Promise<void> {
  const deadline = performance.now() + CHILDREN_LIMIT_MS;
  while (process.getActiveResourcesInfo().includes('ProcessWrap') && performance.now() < deadline) {
    await sleep(20);
  }
}

/** Creates a folder that is removed at the latest when the process exits. */
async function makeTemporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'aevb-'));
  process.once('exit', () => {
    removeNow(path);
  });
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Retries, because unfinished file operations may move files into folders that were already removed. */
function removeNow(path: string): void {
  for (let attempt = 1; existsSync(path) && attempt <= 10; attempt++) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (attempt === 10) process.stderr.write(`could not remove ${path}: ${String(error)}\n`);
    }
  }
}
