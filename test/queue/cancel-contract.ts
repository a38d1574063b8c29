import { describe, expect, it } from 'vitest';
import { createId } from '../../src/ids.ts';
import { InterruptedError } from '../../src/queue/queues.ts';
import type { QueueUnderTest } from './queue-under-test.ts';
import { aborted, succeeded, trainPayload } from './samples.ts';
import { eventually } from '../support/eventually.ts';

export function cancelContract(queue: QueueUnderTest): void {
  describe('cancelling', () => {
    it('ends a waiting job at once, for good, without running it', async () => {
      const id = createId('job');
      await queue.producer.enqueue('train', id, trainPayload());
      const cancelled = await queue.producer.cancel(id);
      expect(cancelled).toMatchObject({ state: 'cancelled', startedAt: null, attempts: 0, error: null });
      expect(cancelled.finishedAt).toBeGreaterThanOrEqual(cancelled.createdAt);
      await expect(queue.producer.cancel(id)).rejects.toMatchObject({ code: 'job_finished' });

      const ran: string[] = [];
      await queue.consume('train', async ({ jobId }) => {
        ran.push(jobId);
        return succeeded;
      });
      const later = createId('job');
      await queue.producer.enqueue('train', later, trainPayload());
      await queue.inState(later, 'succeeded');
      expect(ran).toEqual([later]);
      expect(await queue.producer.get(id)).toEqual(cancelled);
    });

    it('aborts a running job, which ends as cancelled with what it reached', async () => {
      const reached = { outcome: 'cancelled', step: 7, validationElbo: null } as const;
      const reasons: unknown[] = [];
      await queue.consume('train', async (context) => {
        reasons.push(await aborted(context));
        return reached;
      });
      const id = createId('job');
      await queue.producer.enqueue('train', id, trainPayload());
      await queue.inState(id, 'running');
      expect(await queue.producer.cancel(id)).toMatchObject({ state: 'running', finishedAt: null });
      expect(await queue.inState(id, 'cancelled')).toMatchObject({
        result: reached,
        attempts: 1,
        error: null,
      });
      expect(reasons).toEqual(['cancel']);
      await expect(queue.producer.cancel(id)).rejects.toMatchObject({ code: 'job_finished' });
    });

    it('is never lost on jobs that start at that moment', async () => {
      await queue.consume(
        'train',
        async (context) => {
          expect(await aborted(context)).toBe('cancel');
          throw new InterruptedError();
        },
        4,
      );
      const ids = Array.from({ length: 8 }, () => createId('job'));
      await Promise.all(
        ids.map(async (id) => {
          await queue.producer.enqueue('train', id, trainPayload());
          await queue.producer.cancel(id);
        }),
      );
      const views = await Promise.all(ids.map((id) => queue.inState(id, 'cancelled')));
      for (const view of views) expect(view.result?.outcome).toBe('cancelled');
      // A job that never ran is cancelled at once; the consumer closes it a little later.
      const closed = async () => {
        expect(await queue.producer.countWaiting('train')).toBe(0);
      };
      await eventually(closed);
    });
  });
}
