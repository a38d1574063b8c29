import { afterAll, beforeAll, describe, it } from 'vitest';
import { hasRedis, startRedis, type RedisServer } from './redis-server.ts';

/** Tests on a real Redis of their own. Without the program they are skipped with a message; in CI they fail. */
export function describeOnRedis(name: string, tests: (redis: () => RedisServer) => void): void {
  if (!hasRedis()) {
    console.log(`Skipped, because redis-server is not on the PATH: ${name}`);
    it.runIf(process.env.CI)(`${name}: finds redis-server on the PATH`, () => {
      throw new Error('redis-server is not on the PATH, and CI is set');
    });
    return;
  }
  describe(name, () => {
    let redis: RedisServer | undefined;
    beforeAll(async () => {
      redis = await startRedis();
    });
    afterAll(() => redis?.remove());
    tests(() => {
      if (redis === undefined) throw new Error('Redis is not there yet');
      return redis;
    });
  });
}
