import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../../errors.ts';
import { fsDriver } from '../drivers/fs.ts';
import { ingest } from './ingest.ts';
import type { IngestOrder } from './order.ts';
import { END_THREAD, type ThreadInput, type ThreadOutcome } from './protocol.ts';

const driver = fsDriver(workerData as string);

/** Entry point of a thread that reads uploads, one after the other. */
async function run(order: IngestOrder): Promise<ThreadOutcome> {
  try {
    await ingest(driver, order);
    return { error: null };
  } catch (error) {
    if (error instanceof AppError) return { error: error.toJSON() };
    throw error;
  }
}

parentPort?.on('message', (input: ThreadInput) => {
  // An unexpected error ends the thread.
  if (input === END_THREAD) parentPort?.close();
  else void run(input).then((outcome) => parentPort?.postMessage(outcome));
});
