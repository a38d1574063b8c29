import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainJob } from '../../src/api/jobs/schemas.ts';
import { untilGone } from '../support/processes.ts';
import { LONG, trainerAfter, trainOn, type ServiceUnderTest } from './stand.ts';

const EVERY_EPOCH = Array.from({ length: LONG.epochs }, (_, i) => i + 1);

/**
 * Whatever dies, a training goes on from its last checkpoint and ends with the same bytes. The process that trains is
 * killed after each of these parts of the steps.
 */
export function crashSuite(current: () => ServiceUnderTest, { kills }: { kills: readonly number[] }): void {
  const times = `${kills.length} ${kills.length === 1 ? 'time' : 'times'}`;
  describe('a training job', () => {
    /** Of a training that nothing disturbed. */
    let reference: Buffer;

    beforeAll(async () => {
      const { client, stand, trained } = current();
      const job = await trained();
      expect(job).toMatchObject({ attempts: 1, error: null, result: { outcome: 'succeeded' } });
      reference = await stand.parameters(client, job.model_id);
    });

    async function expectSameEnd(id: string, modelId: string): Promise<void> {
      const { client, stand } = current();
      await client.untilState(id, 'succeeded');
      const parameters = await stand.parameters(client, modelId);
      expect(parameters.equals(reference)).toBe(true);
      expect(await client.epochs(modelId)).toEqual(EVERY_EPOCH);
    }

    /** Resolves when another process trains the job, or has trained it. */
    const untilTakenUp = (id: string, pid: number): Promise<TrainJob> =>
      current().client.until(
        id,
        `taken up by another process than ${pid}`,
        ({ progress }) => progress?.pid !== pid,
      );

    it(`ends with the same bytes when its process (${times}) and then the service is killed`, async () => {
      const { client, dataset, service, startAgain } = current();
      const { id, model_id } = await trainOn(client, dataset, LONG);
      const begun = await client.until(id, 'begun', ({ progress }) => progress !== null);
      const total = begun.progress?.total_steps ?? NaN;
      const killed = new Set<number>();
      for (const part of kills) {
        const pid = await trainerAfter(client, id, total * (part + Math.random() * 0.1));
        process.kill(pid, 'SIGKILL');
        killed.add(pid);
        await untilTakenUp(id, pid);
      }
      expect(killed.size).toBe(kills.length);

      const last = await trainerAfter(client, id, total * 0.5);
      expect((await client.job(id)).attempts).toBe(kills.length + 1);
      await service.end('SIGKILL');
      await untilGone(last);
      await startAgain();
      await untilTakenUp(id, last);
      await expectSameEnd(id, model_id);
    });

    it('writes a checkpoint when the service is told to stop, and goes on when it is started again', async () => {
      const { client, dataset, service, startAgain } = current();
      const { id, model_id } = await trainOn(client, dataset, {
        ...LONG,
        checkpoint_every_epochs: 600,
      });
      const pid = await trainerAfter(client, id, 300);
      const before = await client.job(id);
      expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
      expect(service.log()).toMatch(/"stopped"/);
      await untilGone(pid);

      await startAgain();
      const { checkpoints } = await current().client.model(model_id);
      expect(checkpoints[0]?.step).toBeGreaterThanOrEqual(before.progress?.step ?? Infinity);
      await expectSameEnd(id, model_id);
    });
  });
}
