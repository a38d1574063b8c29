import { describe, expect, it } from 'vitest';
import type { Job, TrainJob } from '../../src/api/jobs/schemas.ts';
import type { Model } from '../../src/api/models/schemas.ts';
import type { Client } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { ENDLESS, trainerAfter, trainOn, type ServiceUnderTest } from './stand.ts';

interface Page<Entry> {
  readonly data: readonly Entry[];
  readonly has_more: boolean;
}

/** Jobs and models over their lives. */
export function jobSuite(current: () => ServiceUnderTest): void {
  describe('the jobs of a service', () => {
    it('are cancelled while they run and while they wait, and listed; the model answers meanwhile', async () => {
      const { client, dataset } = current();
      const running = await trainOn(client, dataset, ENDLESS);
      await trainerAfter(client, running.id, 0);
      const waiting = await trainOn(client, dataset, ENDLESS);
      expect(waiting).toMatchObject({ state: 'queued', started_at: null, progress: null });

      await eventually(async () => {
        expect((await client.model(running.model_id)).checkpoints).not.toEqual([]);
      });
      const samples = await client.get(`/samples?model_id=${running.model_id}&count=2`);
      expect(samples.status).toBe(200);
      expect(await client.job(running.id)).toMatchObject({ state: 'running', finished_at: null });
      expect((await client.get(`/samples?model_id=${waiting.model_id}`)).status).toBe(409);
      expect((await client.delete(`/models/${running.model_id}`)).status).toBe(409);
      expect((await client.delete(`/models/${waiting.model_id}`)).status).toBe(409);

      const cancelled = await client.post(`/jobs/${waiting.id}/cancel`);
      expect(cancelled.status).toBe(202);
      expect(cancelled.json<TrainJob>()).toMatchObject({ state: 'cancelled', started_at: null });
      expect((await client.post(`/jobs/${running.id}/cancel`)).status).toBe(202);
      const ended = await client.untilState(running.id, 'cancelled');
      expect(ended.result).toMatchObject({ outcome: 'cancelled', step: ended.progress?.step });
      expect(ended.result?.step).toBeGreaterThan(0);
      expect((await client.post(`/jobs/${running.id}/cancel`)).status).toBe(409);
      const { checkpoints, job_state } = await client.model(running.model_id);
      expect(job_state).toBe('cancelled');
      expect(checkpoints.at(-1)?.step).toBe(ended.result?.step);
      await expectListed(client, [waiting, running]);
    });

    it('fail where the training diverges, and name the step', async () => {
      const { client, dataset } = current();
      const wild = { optimizer: { name: 'sgd', learning_rate: 1000 }, epochs: 100, minibatch_size: 10 };
      const { id, model_id } = await trainOn(client, dataset, wild);
      const job = await client.untilState(id, 'failed');
      expect(job).toMatchObject({ attempts: 1, result: null, error: { code: 'training_diverged' } });
      expect(job.error?.message).toMatch(/not finite at step \d+/);
      const { checkpoints, job_state } = await client.model(model_id);
      expect(job_state).toBe('failed');
      const answer = await client.get(`/samples?model_id=${model_id}&count=1`);
      expect(answer.status).toBe(checkpoints.length > 0 ? 200 : 409);
    });
  });
}

/** In pages and by state, newest first. The service has others too. */
async function expectListed(client: Client, newest: readonly TrainJob[]): Promise<void> {
  const seen: Job[] = [];
  for (let more = true; more;) {
    const after = seen.length === 0 ? '' : `&after=${seen.at(-1)?.id ?? ''}`;
    const page: Page<Job> = (await client.get(`/jobs?limit=1${after}`)).json();
    expect(page.data).toHaveLength(1);
    seen.push(...page.data);
    more = page.has_more;
  }
  const ids = seen.map(({ id }) => id);
  expect(ids.slice(0, 2)).toEqual(newest.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual((await client.get('/jobs?limit=100')).json<Page<Job>>().data.map(({ id }) => id));

  const cancelled: Page<Job> = (await client.get('/jobs?state=cancelled')).json();
  expect(cancelled.data.map(({ id }) => id)).toEqual(
    seen.filter(({ state }) => state === 'cancelled').map(({ id }) => id),
  );
  const models: Page<Model> = (await client.get('/models?limit=100')).json();
  const alive = new Set(models.data.map(({ id }) => id));
  for (const { model_id } of newest) expect(alive.has(model_id)).toBe(true);
}
