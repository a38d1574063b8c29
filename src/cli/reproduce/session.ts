import type { Client } from '../client.ts';
import type { JobDisplay } from '../job-display.ts';
import type { Options } from './options.ts';
import type { SavedJobs } from '../saved-jobs.ts';

/** Shared by all parts of a reproduction. */
export interface Session {
  readonly options: Options;
  readonly client: Client;
  readonly state: SavedJobs;
  readonly display: JobDisplay;
  /** Writes a line. */
  readonly say: (line: string) => void;
}
