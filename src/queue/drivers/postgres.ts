import { createPostgresBackend, quoteSchemaName, runMigrations, type BackendFactory } from 'bullmq';
import type { Pool } from 'pg';
import { AppError } from '../../errors.ts';
import type { Report } from '../logger.ts';
import { createUnavailable, type QueueDriver } from './driver.ts';

/** Includes waiting for a free connection of the pool; a refused connection fails at once. */
const CONNECT_WAIT_MS = 10_000;

/** Postgres: the server must be running when this opens, which creates the schema; later it may go away and come back. */
export async function openPostgres(url: string, schema: string, report: Report): Promise<QueueDriver> {
  checkSchema(schema);
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: CONNECT_WAIT_MS });
  pool.on('error', (error) => {
    report('The connection to Postgres failed', error);
  });
  try {
    await migrate(pool, schema);
  } catch (error) {
    await pool.end();
    throw createUnavailable('Postgres did not answer or the schema could not be created', error);
  }
  const ping = async (): Promise<void> => {
    await pool.query('SELECT 1');
  };
  const options = {
    connection: { connectionString: url, schema, max: 4, connectionTimeoutMillis: CONNECT_WAIT_MS },
  };

  return {
    kind: 'postgres',
    factory: createPostgresBackend as unknown as BackendFactory,
    exclusive: false,
    producing: options,
    connectConsumer: () => options,
    // BullMQ checks the schema once per class that it opens and never recovers from a failure.
    prepare: () =>
      ping().catch((error: unknown) => {
        throw createUnavailable('no connection to Postgres', error);
      }),
    waitUntilReady: async () => undefined,
    ping,
    onLost: (listener) => {
      pool.on('error', listener);
    },
    close: () => pool.end(),
  };
}

async function migrate(pool: Pool, schema: string): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, schema);
  } finally {
    client.release();
  }
}

/** BullMQ allows some characters in Redis keys that a schema's name cannot have. */
function checkSchema(schema: string): void {
  try {
    quoteSchemaName(schema);
  } catch (cause) {
    const allowed = 'as a Postgres schema: letters, digits and _, at most 63, not starting with a digit';
    const problems = [
      { pointer: 'AEVB_QUEUE_PREFIX', detail: `found ${JSON.stringify(schema)}; allowed: ${allowed}` },
    ];
    throw AppError.of('validation_failed', { what: 'The queue prefix' }, { problems, cause });
  }
}
