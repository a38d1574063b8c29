import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openQueue } from '../../src/queue/open.ts';

declare module 'vitest' {
  interface ProvidedContext {
    queueTemplate: string;
  }
}

/** Makes an empty embedded queue once for all files, because that takes seconds; vitest calls it before the first. */
export default async function makeQueueTemplate(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'aevb-template-'));
  const silent = () => undefined;
  const settings = { queueUrl: '', queuePrefix: 'template', dataDir: folder, shutdownTimeoutMs: 0 };
  const queue = await openQueue(settings, { info: silent, warn: silent, error: silent });
  await queue.close();
  project.provide('queueTemplate', folder);
  return () => rm(folder, { recursive: true, force: true });
}
