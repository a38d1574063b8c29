import type { SerializedError } from '../../errors.ts';
import type { IngestOrder } from './order.ts';

/** Sent instead of an order to a thread that is to end. */
export const END_THREAD = null;
export type ThreadInput = IngestOrder | typeof END_THREAD;

/** What a thread sends when it has read an upload. Unexpected errors are thrown instead. */
export interface ThreadOutcome {
  readonly error: SerializedError | null;
}
