import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { QueueDriver } from '../../src/queue/drivers/driver.ts';
import { Reach } from '../../src/queue/reach.ts';

const never = () => new Promise<never>(() => undefined);
const unavailable = (detail: string) => ({
  code: 'queue_unavailable',
  message: expect.stringContaining(detail) as unknown,
});

/** A server that is there, or of which nothing is known yet. */
function reachOf(ready: () => Promise<void> = async () => undefined): Reach {
  return new Reach({ waitUntilReady: ready } as QueueDriver);
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('an operation on the queue', () => {
  it('ends with its outcome', async () => {
    expect(await reachOf().call(async () => 3)).toBe(3);
  });

  it('ends with errors of ours as they are, with others as queue_unavailable', async () => {
    const own = AppError.of('job_not_found', { id: 'job_1' });
    await expect(reachOf().call(() => Promise.reject(own))).rejects.toBe(own);
    const foreign = new Error('socket closed');
    await expect(reachOf().call(() => Promise.reject(foreign))).rejects.toMatchObject({
      ...unavailable('the connection failed'),
      cause: foreign,
    });
  });

  it('ends when the server says nothing for ten seconds', async () => {
    const answer = expect(reachOf().call(never)).rejects.toMatchObject(unavailable('does not answer'));
    await vi.advanceTimersByTimeAsync(10_000);
    await answer;
  });

  it('ends at once when its producer closes, whatever it waits for, and none begins after that', async () => {
    const operation = vi.fn(never);
    const [asked, waiting] = [reachOf(), reachOf(never)];
    const calls = Promise.allSettled([asked.call(operation), waiting.call(operation)]);
    await vi.waitFor(() => {
      expect(operation).toHaveBeenCalledOnce();
    });
    asked.close();
    waiting.close();
    const stopping = { status: 'rejected', reason: unavailable('this process is stopping') };
    expect(await calls).toMatchObject([stopping, stopping]);
    await expect(asked.call(operation)).rejects.toMatchObject(unavailable('this process is stopping'));
    expect(operation).toHaveBeenCalledOnce();
  });
});
