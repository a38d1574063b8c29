import { expect, it } from 'vitest';
import type { QueueSettings } from '../../src/queue/open.ts';
import { cancelContract } from './cancel-contract.ts';
import { evaluationContract } from './evaluation-contract.ts';
import { inferenceContract } from './inference-contract.ts';
import { queueUnderTest } from './queue-under-test.ts';
import { trainingContract } from './training-contract.ts';

/** What every queue does, whatever is behind. */
export function queueContract(settings: () => QueueSettings): void {
  const queue = queueUnderTest(settings);

  it('answers a ping', async () => {
    await expect(queue.producer.ping()).resolves.toBeUndefined();
  });
  trainingContract(queue);
  cancelContract(queue);
  evaluationContract(queue);
  inferenceContract(queue);
}
