import { cp } from 'node:fs/promises';
import { inject } from 'vitest';

/** Puts an empty embedded queue into a data folder that has none (see queue-template.ts). */
export async function copyQueue(dataDir: string): Promise<void> {
  await cp(inject('queueTemplate'), dataDir, { recursive: true });
}
