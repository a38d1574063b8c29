import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { createId } from '../../src/ids.ts';
import type { EvaluatePayload, EvaluateProgress, EvaluateResult } from '../../src/queue/jobs.ts';
import { InterruptedError } from '../../src/queue/queues.ts';
import type { QueueUnderTest } from './queue-under-test.ts';
import { aborted, evaluatePayload, gate, succeeded, trainPayload } from './samples.ts';
import { eventually } from '../support/eventually.ts';

const progress: EvaluateProgress = {
  measure: 'elbo',
  rowsDone: 5,
  rows: 10,
  secondsLeft: 1,
  runtime: 'test',
  pid: 1,
};
const done: EvaluateResult = {
  outcome: 'succeeded',
  protocol: {
    model_id: 'model_1',
    step: 3,
    dataset_id: 'ds_1',
    rows: 'test',
    influenced: [],
    count: 10,
    binarization: 'none',
    seed: 0,
    unit: 'nats per row',
    data_size: 4,
    likelihood: 'gaussian',
    kind: 'log_density',
  },
  warnings: ['one'],
};

/** Evaluations are kept like trainings: what differs is their payload, progress and result. */
export function evaluationContract(queue: QueueUnderTest): void {
  const order = async (payload: EvaluatePayload = evaluatePayload()) => {
    const id = createId('job');
    return queue.producer.enqueue('evaluate', id, payload);
  };

  describe('evaluation jobs', () => {
    it('go from queued over running with progress to succeeded', async () => {
      const queued = await order();
      expect(queued).toMatchObject({ name: 'evaluate', state: 'queued', attempts: 0 });
      expect(queued.payload).toEqual(evaluatePayload());
      expect(await queue.producer.countWaiting('evaluate')).toBe(1);
      expect(await queue.producer.countWaiting('train')).toBe(0);

      const go = gate();
      await queue.consume('evaluate', async (context) => {
        await context.reportProgress(progress);
        await go.opened;
        return done;
      });
      await queue.inState(queued.id, 'running');
      await eventually(async () => {
        expect((await queue.producer.get(queued.id))?.progress).toEqual(progress);
      });
      go.open();
      expect(await queue.inState(queued.id, 'succeeded')).toMatchObject({
        name: 'evaluate',
        attempts: 1,
        result: done,
        error: null,
      });
    });

    it('are cancelled while they wait and while they run', async () => {
      const waiting = await order();
      expect(await queue.producer.cancel(waiting.id)).toMatchObject({
        state: 'cancelled',
        startedAt: null,
        result: { outcome: 'cancelled' },
      });
      await queue.consume('evaluate', async (context) => {
        expect(await aborted(context)).toBe('cancel');
        throw new InterruptedError();
      });
      const running = await order();
      await queue.inState(running.id, 'running');
      await queue.producer.cancel(running.id);
      expect(await queue.inState(running.id, 'cancelled')).toMatchObject({
        result: { outcome: 'cancelled' },
        error: null,
      });
      await expect(queue.producer.cancel(running.id)).rejects.toMatchObject({ code: 'job_finished' });
    });

    it('are tried again after an error that may pass, and fail with one that stays', async () => {
      const failure = AppError.of('no_encoder', { id: 'model_1' });
      await queue.consume('evaluate', async ({ attempt }) => {
        throw attempt === 1 ? AppError.of('overloaded', { what: 'It' }) : failure;
      });
      const { id } = await order();
      expect(await queue.inState(id, 'failed')).toMatchObject({ attempts: 2, error: failure.toJSON() });
    });

    it('with a payload of another shape fail without reaching the processor', async () => {
      const processor = vi.fn(async () => done);
      await queue.consume('evaluate', processor);
      const { id } = await order({ ...evaluatePayload(), checkpoint: 'first' as 'latest' });
      expect((await queue.inState(id, 'failed')).error).toMatchObject({ code: 'validation_failed' });
      expect(processor).not.toHaveBeenCalled();
    });

    it('stand in one list with trainings, newest first, or alone', async () => {
      const now = Date.now() + 2_000_000;
      const ids = Array.from({ length: 4 }, (_, index) => createId('job', now + index));
      const [a, b, c, d] = ids as [string, string, string, string];
      for (const id of [a, c]) await queue.producer.enqueue('train', id, trainPayload());
      for (const id of [b, d]) await queue.producer.enqueue('evaluate', id, evaluatePayload());
      const list = async (page: Parameters<typeof queue.producer.list>[0]) =>
        (await queue.producer.list(page)).jobs.map(({ id, name }) => [id, name]);
      expect(await list({ limit: 4 })).toEqual([
        [d, 'evaluate'],
        [c, 'train'],
        [b, 'evaluate'],
        [a, 'train'],
      ]);
      expect(await list({ limit: 2, after: c })).toEqual([
        [b, 'evaluate'],
        [a, 'train'],
      ]);
      expect(await list({ limit: 2, type: 'evaluate' })).toEqual([
        [d, 'evaluate'],
        [b, 'evaluate'],
      ]);
      expect(await list({ limit: 2, type: 'train', state: 'queued' })).toEqual([
        [c, 'train'],
        [a, 'train'],
      ]);
      await queue.consume('train', async () => succeeded);
      await queue.consume('evaluate', async () => done);
      for (const id of ids) await queue.inState(id, 'succeeded');
    });
  });
}
