import { beforeAll, describe, expect, it } from 'vitest';
import { untilGone } from '../support/processes.ts';
import { LONG, trainerAfter, trainOn, type ServiceUnderTest } from './stand.ts';

const EVERY_EPOCH = Array.from({ length: LONG.epochs }, (_, i) => i + 1);

/**
 * Whatever dies, a training goes on from its last checkpoint and ends with the same bytes. The process that trains is
 * killed after each of these parts of the steps.
 */
export function crashSuite(current: () => ServiceUnderTest, { kills }: { kills: readonly number[] }): void {
  describe('a training job', () => {
    /** Of a training that nothing disturbed. */
    let reference: Buffer;

    beforeAll(async () => {
      const { client, dataset, stand } = current();
      const { id, model_id } = await trainOn(client, dataset, LONG);
      const job = await client.untilState(id, 'succeeded');
      expect(job).toMatchObject({ attempts: 1, error: null, result: { outcome: 'succeeded' } });
      reference = await stand.parameters(client, model_id);
    });

    async function expectSameEnd(id: string, modelId: string): Promise<void> {
      const { client, stand } = current();
      await client.untilState(id, 'succeeded');
      const parameters = await stand.parameters(client, modelId);
      expect(parameters.equals(reference)).toBe(true);
      expect(await client.epochs(modelId)).toEqual(EVERY_EPOCH);
    }

    it(`ends with the same bytes when its process is killed (${kills.length} times)`, async () => {
      const { client, dataset } = current();
      const { id, model_id } = await trainOn(client, dataset, LONG);
      const begun = await client.until(id, 'begun', ({ progress }) => progress !== null);
      const total = begun.progress?.total_steps ?? NaN;
      const killed = new Set<number>();
      for (const part of kills) {
        const pid = await trainerAfter(client, id, total * (part + Math.random() * 0.15));
        process.kill(pid, 'SIGKILL');
        killed.add(pid);
        const other = `taken up by another process than ${pid}`;
        await client.until(id, other, ({ progress }) => progress?.pid !== pid);
      }
      expect(killed.size).toBe(kills.length);
      await expectSameEnd(id, model_id);
      expect((await client.job(id)).attempts).toBe(kills.length + 1);
    });

    it('goes on when the service is killed and started again, and no process of it stays behind', async () => {
      const { client, dataset, service, startAgain } = current();
      const { id, model_id } = await trainOn(client, dataset, LONG);
      const pid = await trainerAfter(client, id, 300);
      await service.end('SIGKILL');
      await untilGone(pid);
      await startAgain();
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
