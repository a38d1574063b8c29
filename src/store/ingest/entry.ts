import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../../errors.ts';
import { fsDriver } from '../drivers/fs.ts';
import { ingest } from './ingest.ts';
import type { ThreadInput, ThreadOutcome } from './protocol.ts';

/** Entry point of a thread that reads one upload. */
async function run({ dataDir, order }: ThreadInput): Promise<ThreadOutcome> {
  try {
    await ingest(fsDriver(dataDir), order);
    return { error: null };
  } catch (error) {
    if (error instanceof AppError) return { error: error.toJSON() };
    throw error;
  }
}

parentPort?.postMessage(await run(workerData as ThreadInput));
