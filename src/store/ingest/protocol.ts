import type { SerializedError } from '../../errors.ts';

/** What a thread sends when it has read an upload, whose order it was sent. Unexpected errors are thrown instead. */
export interface ThreadOutcome {
  readonly error: SerializedError | null;
}
