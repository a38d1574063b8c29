import type { SerializedError } from '../../errors.ts';
import type { IngestOrder } from './order.ts';

/** What a thread gets when it starts. */
export interface ThreadInput {
  readonly dataDir: string;
  readonly order: IngestOrder;
}

/** What it sends when it is done. Unexpected errors are thrown instead. */
export interface ThreadOutcome {
  readonly error: SerializedError | null;
}
