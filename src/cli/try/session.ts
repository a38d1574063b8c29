import type { Client } from '../client.ts';
import type { JobDisplay } from '../job-display.ts';
import type { LiveLine } from '../live-line.ts';
import type { SavedJobs } from '../saved-jobs.ts';
import type { TryOptions } from './options.ts';

/** Shared by all parts of `aevb try`. */
export interface TrySession {
  readonly options: TryOptions;
  readonly client: Client;
  readonly signal: AbortSignal;
  /** What runs before have ordered. */
  readonly state: SavedJobs;
  readonly display: JobDisplay;
  readonly counter: LiveLine;
  /** Writes a line. */
  readonly say: (line: string) => void;
}
