import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { PGlite } from '@electric-sql/pglite';
import { createPostgresBackend, DEFAULT_SCHEMA, runMigrations, type BackendFactory } from 'bullmq';
import type { QueueLogger } from '../logger.ts';
import type { QueueDriver } from './driver.ts';
import { lockFolder } from './folder-lock.ts';
import { PglitePool } from './pglite-pool.ts';

/**
 * Postgres inside this process (PGlite), files in `<folder>/database`, one process at a time. The queue prefix is not used:
 * the folder is the namespace. Errors: queue_folder_locked.
 */
export async function openEmbedded(folder: string, logger: QueueLogger): Promise<QueueDriver> {
  const lock = await lockFolder(join(folder, 'lock'), folder);
  let database: PGlite | undefined;
  try {
    database = await openDatabase(folder, logger);
    return createEmbeddedDriver(await openPool(database), async () => {
      await database?.close();
      await lock.release();
    });
  } catch (error) {
    await database?.close();
    await lock.release();
    throw error;
  }
}

/**
 * V8 optimizes a WebAssembly function once about this many bytes of it have run. The default of Node 20, 1.8 million (13 million
 * in Node 24), optimizes much that runs only while the database opens: 0.8 s of CPU at every start. Queries are as fast.
 */
const WASM_TIERING_BUDGET = 20_000_000;

async function openDatabase(folder: string, logger: QueueLogger): Promise<PGlite> {
  const [path, unfinished] = [join(folder, 'database'), join(folder, 'database.unfinished')];
  const first = !existsSync(path) || existsSync(unfinished);
  const text = first
    ? 'Making the embedded queue; this takes some seconds once'
    : 'Opening the embedded queue';
  logger.info({ folder }, text);
  const started = performance.now();
  setFlagsFromString(`--wasm-tiering-budget=${WASM_TIERING_BUDGET}`);
  const { PGlite: Database } = await import('@electric-sql/pglite');
  if (first) {
    // Marked until it is made: a process killed half-way leaves a database that cannot be opened and must be made anew.
    await writeFile(unfinished, '');
    await remove(path);
  }
  const database = await Database.create({ dataDir: path });
  if (first) await remove(unfinished);
  logger.info({ folder, ms: Math.round(performance.now() - started) }, 'The embedded queue is open');
  return database;
}

const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true });

async function openPool(database: PGlite): Promise<PglitePool> {
  const pool = new PglitePool(database);
  await database.exec(`CREATE SCHEMA IF NOT EXISTS ${DEFAULT_SCHEMA}; SET search_path TO ${DEFAULT_SCHEMA}`);
  await runMigrations(await pool.connect(), DEFAULT_SCHEMA);
  return pool;
}

function createEmbeddedDriver(pool: PglitePool, close: () => Promise<void>): QueueDriver {
  const options = { connection: pool };
  return {
    kind: 'embedded',
    factory: createPostgresBackend as unknown as BackendFactory,
    exclusive: true,
    producing: options,
    connectConsumer: () => options,
    prepare: async () => undefined,
    waitUntilReady: async () => undefined,
    ping: async () => {
      await pool.query('SELECT 1 AS one');
    },
    // The queue lives in this process, so it is never lost.
    onLost: () => undefined,
    close,
  };
}
