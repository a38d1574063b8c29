import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openQueue } from '../../src/queue/open.ts';

declare module 'vitest' {
  interface ProvidedContext {
    queueTemplate: string;
  }
}

/** Vitest calls this before the first file of a project. An empty embedded queue takes seconds to make: all projects share one. */
export default async function provideQueueTemplate(project: TestProject): Promise<() => Promise<void>> {
  const folder = join(tmpdir(), `aevb-template-${process.pid}`);
  if (!existsSync(folder)) await makeQueue(folder);
  project.provide('queueTemplate', folder);
  return () => rm(folder, { recursive: true, force: true });
}

/** Made where a process was killed while it made one: whoever needs the template finds out if that fails. */
async function makeQueue(dataDir: string): Promise<void> {
  const torn = join(dataDir, 'queue', 'database');
  await mkdir(torn, { recursive: true });
  await writeFile(join(torn, 'PG_VERSION'), '');
  await writeFile(`${torn}.unfinished`, '');
  const silent = () => undefined;
  const settings = { queueUrl: '', queuePrefix: 'template', dataDir, shutdownTimeoutMs: 0 };
  const queue = await openQueue(settings, { info: silent, warn: silent, error: silent });
  await queue.close();
}
