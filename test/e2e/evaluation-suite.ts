import { describe, expect, it } from 'vitest';
import type { EvaluateJob } from '../../src/api/jobs/schemas.ts';
import { LONG_STEPS, type ServiceUnderTest } from './stand.ts';

/** Some tenths of a second of work, so that it can be disturbed. */
const LONG = [{ name: 'log_marginal_likelihood', samples: 800 }, { name: 'latents' }, { name: 'floors' }];

/** Evaluations over their lives. */
export function evaluationSuite(current: () => ServiceUnderTest): void {
  describe('an evaluation job', () => {
    it('ends with the same numbers when its process is killed, and can be cancelled', async () => {
      const { client, trained } = current();
      const order = { model_id: (await trained()).model_id, rows: 'all', measures: LONG };

      const killed = await client.evaluate(order);
      const { progress } = await client.until<EvaluateJob>(
        killed.id,
        'under way',
        (job) => job.progress !== null,
      );
      process.kill(progress?.pid ?? NaN, 'SIGKILL');
      const whole = await client.evaluate(order);
      const results = [
        await client.untilState<EvaluateJob>(killed.id, 'succeeded'),
        await client.untilState<EvaluateJob>(whole.id, 'succeeded'),
      ];
      expect(results.map(({ attempts }) => attempts)).toEqual([2, 1]);
      expect(results[0]?.result).toEqual(results[1]?.result);
      expect(results[0]?.result).toMatchObject({
        outcome: 'succeeded',
        protocol: { count: 300, step: LONG_STEPS },
        log_marginal_likelihood: [{ samples: 800 }],
      });

      const measures = [{ name: 'log_marginal_likelihood', samples: 100_000 }];
      const cancelled = await client.evaluate({ ...order, measures });
      await client.until<EvaluateJob>(cancelled.id, 'under way', (job) => job.progress !== null);
      expect((await client.post(`/jobs/${cancelled.id}/cancel`)).status).toBe(202);
      const over = await client.untilState<EvaluateJob>(cancelled.id, 'cancelled');
      expect(over.result).toEqual({ outcome: 'cancelled' });
      const listed = (await client.get('/jobs?type=evaluate&limit=3')).json<{ data: EvaluateJob[] }>();
      expect(listed.data.map(({ id }) => id)).toEqual([cancelled.id, whole.id, killed.id]);
    });
  });
}
