import { AppError } from '../../src/errors.ts';
import { openQueue, type QueueSettings } from '../../src/queue/open.ts';

/** Runs in a process of its own: opens the queue of the settings and holds every training job it gets for ever. */
const settings = JSON.parse(process.argv[2] ?? '{}') as QueueSettings;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

try {
  const backend = await openQueue(settings, quiet);
  await backend.consume('train', { concurrency: 1 }, ({ jobId }) => {
    process.send?.({ event: 'holding', jobId });
    return new Promise(() => undefined);
  });
  process.send?.({ event: 'open' });
} catch (error) {
  process.send?.({ event: 'refused', error: error instanceof AppError ? error.toJSON() : String(error) });
}
