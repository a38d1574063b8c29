import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openQueue } from '../../src/queue/open.ts';
import { postgresPrograms, startPostgres } from '../support/postgres-server.ts';
import { queueContract } from './queue-contract.ts';
import { quiet } from './queue-under-test.ts';

const programs = postgresPrograms();

if (programs === null) {
  if (process.env['CI'] !== undefined) throw new Error('PostgreSQL must be installed in CI');
  console.log('Skipped, because PostgreSQL is not installed: the queue on Postgres');
} else {
  describe('the queue on Postgres', () => {
    let server: Awaited<ReturnType<typeof startPostgres>>;
    beforeAll(async () => {
      server = await startPostgres(programs);
    });
    afterAll(async () => {
      await server.remove();
    });
    const queuePrefix = `test_${randomBytes(4).toString('hex')}`;
    queueContract(() => ({
      queueUrl: server.url,
      queuePrefix,
      dataDir: 'unused',
      shutdownTimeoutMs: 5_000,
      lockDurationMs: 5_000,
    }));
  });
}

describe('opening a queue on Postgres', () => {
  const settings = { queueUrl: 'postgres://127.0.0.1:1/none', dataDir: 'unused', shutdownTimeoutMs: 0 };

  it('refuses a prefix that cannot name a schema', async () => {
    await expect(openQueue({ ...settings, queuePrefix: '1-a' }, quiet)).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });

  it('says that it cannot be reached where no server is', async () => {
    await expect(openQueue({ ...settings, queuePrefix: 'a' }, quiet)).rejects.toMatchObject({
      code: 'queue_unavailable',
    });
  });
});
