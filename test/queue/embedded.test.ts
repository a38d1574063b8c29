import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openQueue, type QueueSettings } from '../../src/queue/open.ts';
import { copyQueue } from '../support/copy-queue.ts';
import { queueChildren, type QueueChildren } from './children.ts';
import { queueContract } from './queue-contract.ts';
import { quiet } from './queue-under-test.ts';

function settingsFor(dataDir: string): QueueSettings {
  return { queueUrl: '', queuePrefix: 'test', dataDir, shutdownTimeoutMs: 5_000 };
}

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aevb-queue-'));
  await copyQueue(dataDir);
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

describe('the embedded queue', () => {
  queueContract(() => settingsFor(dataDir));
});

describe('the folder of an embedded queue', () => {
  let children: QueueChildren;
  beforeAll(async () => {
    children = await queueChildren();
  });
  afterAll(() => children.end());

  it('opens in one process only, which the refusal names, and is free again when that one was killed', async () => {
    const settings = settingsFor(dataDir);
    const [first, second] = [children.start(settings), children.start(settings)];
    const outcomes = await Promise.all([first, second].map((child) => child.message('open', 'refused')));
    const holder = outcomes[0]?.event === 'open' ? first : second;
    const refused = outcomes.filter(({ event }) => event === 'refused');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.error).toMatchObject({
      code: 'queue_folder_locked',
      message: expect.stringContaining(`pid ${holder.pid ?? '?'}`) as string,
    });
    await expect(openQueue(settings, quiet)).rejects.toMatchObject({ code: 'queue_folder_locked' });

    await holder.kill();
    const backend = await openQueue(settings, quiet);
    const producer = await backend.openProducer();
    await producer.ping();
    await backend.close();
  });
});
