import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new empty folder, and what removes it: for tests that share one. */
export async function makeFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'aevb-test-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A new empty folder that goes away with the test. */
export async function temporaryFolder(): Promise<string> {
  const { folder, remove } = await makeFolder();
  onTestFinished(remove);
  return folder;
}
