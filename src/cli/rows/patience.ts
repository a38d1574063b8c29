import { setTimeout as sleep } from 'node:timers/promises';
import { CallFailed, type Client } from '../client.ts';

/** Of a service at capacity, and of one that stops or starts. */
const BUSY: readonly number[] = [429, 503];
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
const MOST_WAITS = 8;

type Caller = Pick<Client, 'getJson' | 'postJson'>;
type Wait = (ms: number) => Promise<unknown>;

/** Calls again while the service is busy, about half a minute long: a file is not lost because others use the service too. */
export function waitWhileBusy(
  client: Caller,
  signal: AbortSignal,
  wait: Wait = (ms) => sleep(ms, undefined, { signal }),
): Caller {
  const repeat = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    for (let waits = 0; ; waits++) {
      try {
        return await call();
      } catch (error) {
        const status = error instanceof CallFailed ? (error.refusal?.status ?? NaN) : NaN;
        if (!BUSY.includes(status) || waits === MOST_WAITS) throw error;
      }
      await wait(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** waits));
    }
  };
  return {
    getJson: <Answer>(path: string) => repeat(() => client.getJson<Answer>(path)),
    postJson: <Answer>(path: string, body: object) => repeat(() => client.postJson<Answer>(path, body)),
  };
}
