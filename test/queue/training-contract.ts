import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { createId } from '../../src/ids.ts';
import type { TrainPayload } from '../../src/queue/jobs.ts';
import { InterruptedError, type Producer } from '../../src/queue/queues.ts';
import { queueChildren } from './children.ts';
import type { QueueUnderTest } from './queue-under-test.ts';
import { aborted, gate, progress, succeeded, trainPayload } from './samples.ts';
import { eventually } from '../support/eventually.ts';

export function trainingContract(queue: QueueUnderTest): void {
  describe('training jobs', () => {
    it('go from queued over running with progress to succeeded', async () => {
      const id = createId('job');
      const queued = await queue.producer.enqueue('train', id, trainPayload('model_a'));
      expect(queued).toMatchObject({ id, state: 'queued', attempts: 0, startedAt: null, finishedAt: null });
      expect(queued.payload).toEqual(trainPayload('model_a'));
      expect(await queue.producer.countWaiting('train')).toBe(1);

      const go = gate();
      await queue.consume('train', async (context) => {
        await context.reportProgress(progress(5));
        await go.opened;
        return succeeded;
      });
      const running = await queue.inState(id, 'running');
      await eventually(async () => {
        expect((await queue.producer.get(id))?.progress).toEqual(progress(5));
      });
      expect(running.error).toBeNull();
      expect(await queue.producer.countWaiting('train')).toBe(0);
      go.open();

      const view = await queue.inState(id, 'succeeded');
      expect(view).toMatchObject({ attempts: 1, result: succeeded, progress: progress(5), error: null });
      expect(view.startedAt).toBeGreaterThanOrEqual(view.createdAt);
      expect(view.finishedAt).toBeGreaterThanOrEqual(view.startedAt ?? Infinity);
    });

    it('keep their first payload when the id is given twice', async () => {
      const id = createId('job');
      await queue.producer.enqueue('train', id, trainPayload('model_first'));
      const again = await queue.producer.enqueue('train', id, trainPayload('model_second'));
      expect(again.payload.modelId).toBe('model_first');
      await queue.producer.cancel(id);
    });

    it('fail with the code, message and problems of an error that a retry cannot mend', async () => {
      const problems = [{ pointer: '/rows', detail: 'too few' }];
      const error = AppError.of(
        'data_invalid',
        { where: 'row 1', found: 'NaN', allowed: 'numbers' },
        { problems },
      );
      await queue.consume('train', async () => Promise.reject(error));
      const id = createId('job');
      await queue.producer.enqueue('train', id, trainPayload());
      const view = await queue.inState(id, 'failed');
      expect(view.error).toEqual(error.toJSON());
      expect(view).toMatchObject({ attempts: 1, result: null });
    });

    it('are tried again after an error that may pass, and show no error then', async () => {
      const attempts: number[] = [];
      await queue.consume('train', async ({ attempt }) => {
        attempts.push(attempt);
        if (attempts.length === 1) throw AppError.of('overloaded', { what: 'The disk' });
        return succeeded;
      });
      const id = createId('job');
      await queue.producer.enqueue('train', id, trainPayload());
      expect(await queue.inState(id, 'succeeded')).toMatchObject({ attempts: 2, error: null });
      expect(attempts).toEqual([1, 2]);
    });

    it('tell why they wait to be tried again', async () => {
      const error = AppError.of('overloaded', { what: 'The disk' });
      await queue.consume('train', async () => Promise.reject(error));
      const id = createId('job');
      await queue.producer.enqueue('train', id, trainPayload());
      await vi.waitFor(
        async () => {
          const waiting = await queue.inState(id, 'queued');
          expect(waiting).toMatchObject({ error: error.toJSON(), finishedAt: null });
        },
        { timeout: 20_000, interval: 20 },
      );
      await queue.producer.cancel(id);
      expect(await queue.producer.get(id)).toMatchObject({ state: 'cancelled', error: null });
      await vi.waitFor(
        async () => {
          expect(await queue.producer.countWaiting('train')).toBe(0);
        },
        { timeout: 20_000, interval: 20 },
      );
    });

    it('with a payload of another shape fail without reaching the processor', async () => {
      const processor = vi.fn(async () => succeeded);
      await queue.consume('train', processor);
      const id = createId('job');
      await queue.producer.enqueue('train', id, {
        ...trainPayload(),
        version: 99,
      } as unknown as TrainPayload);
      const view = await queue.inState(id, 'failed');
      expect(view.error).toMatchObject({ code: 'validation_failed', problems: [{ pointer: '/version' }] });
      expect(view.attempts).toBe(1);
      expect(processor).not.toHaveBeenCalled();
    });

    it('with a payload of the first version are brought up to date for the processor', async () => {
      const taken: TrainPayload[] = [];
      await queue.consume('train', async (_context, payload) => {
        taken.push(payload);
        return succeeded;
      });
      const id = createId('job');
      const { modelId, datasetId, model, training } = trainPayload();
      const older = { version: 1, modelId, datasetId, model, training };
      await queue.producer.enqueue('train', id, older as unknown as TrainPayload);
      await queue.inState(id, 'succeeded');
      expect(taken).toEqual([{ ...trainPayload(), split: 'test_rows_validate' }]);
    });

    it('that nobody knows are null, and cannot be cancelled', async () => {
      const id = createId('job');
      expect(await queue.producer.get(id)).toBeNull();
      await expect(queue.producer.cancel(id)).rejects.toMatchObject({ code: 'job_not_found' });
    });

    it('go back to the queue, and lose nothing, when their worker stops', async () => {
      const id = createId('job');
      const reasons: unknown[] = [];
      const first = await queue.consume('train', async (context) => {
        await context.reportProgress(progress(3));
        reasons.push(await aborted(context));
        throw new InterruptedError();
      });
      await queue.producer.enqueue('train', id, trainPayload());
      const running = await eventually(async () => {
        const view = await queue.inState(id, 'running');
        expect(view.progress).toEqual(progress(3));
        return view;
      });
      await first.close();
      expect(reasons).toEqual(['shutdown']);
      expect(await queue.producer.get(id)).toMatchObject({ state: 'queued', progress: progress(3) });

      await queue.consume('train', async () => succeeded);
      const view = await queue.inState(id, 'succeeded');
      expect(view).toMatchObject({ attempts: 2, startedAt: running.startedAt });
    });
  });

  describe('lists of training jobs', () => {
    it('come newest first, page by page, filtered by state before the limit', async () => {
      const now = Date.now() + 1_000_000;
      const ids = Array.from({ length: 6 }, (_, index) => createId('job', now + index));
      const [a, b, c, d, e, f] = ids as [string, string, string, string, string, string];
      for (const id of ids) await queue.producer.enqueue('train', id, trainPayload());
      await queue.producer.cancel(b);
      await queue.producer.cancel(e);

      const list = async (page: Parameters<Producer['list']>[0]) => {
        const { jobs, hasMore } = await queue.producer.list(page);
        return { ids: jobs.map(({ id }) => id), hasMore };
      };
      expect(await list({ limit: 4 })).toEqual({ ids: [f, e, d, c], hasMore: true });
      expect((await list({ limit: 2, after: c })).ids).toEqual([b, a]);
      expect(await list({ limit: 3, state: 'queued' })).toEqual({ ids: [f, d, c], hasMore: true });
      expect(await list({ limit: 4, state: 'queued' })).toEqual({ ids: [f, d, c, a], hasMore: false });
      expect((await list({ limit: 2, state: 'cancelled' })).ids).toEqual([e, b]);

      await queue.consume('train', async () => succeeded);
      for (const id of [a, c, d, f]) await queue.inState(id, 'succeeded');
      expect((await list({ limit: 4, state: 'succeeded' })).ids).toEqual([f, d, c, a]);
      expect((await list({ limit: 2, state: 'cancelled' })).ids).toEqual([e, b]);
      expect(await list({ limit: 1, state: 'running' })).toEqual({ ids: [], hasMore: false });
    });
  });

  describe('after an end that nobody planned', () => {
    it('jobs of a process that was killed are taken up again, and everything else is still there', async () => {
      const children = await queueChildren();
      try {
        const finishedId = createId('job');
        const heldId = createId('job');
        const worker = await queue.consume('train', async () => succeeded);
        await queue.producer.enqueue('train', finishedId, trainPayload());
        const finished = await queue.inState(finishedId, 'succeeded');
        await worker.close();
        await queue.producer.enqueue('train', heldId, trainPayload());
        await queue.backend.close();

        const child = children.start({ ...queue.settings(), lockDurationMs: 2_000 });
        expect(await child.message('holding', 'refused')).toEqual({ event: 'holding', jobId: heldId });
        await child.kill();

        await queue.open();
        expect(await queue.producer.get(finishedId)).toEqual(finished);
        await queue.consume('train', async () => succeeded);
        expect(await queue.inState(heldId, 'succeeded')).toMatchObject({ attempts: 2, error: null });
      } finally {
        await children.end();
      }
    });
  });
}
