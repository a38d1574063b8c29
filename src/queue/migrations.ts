import type { DurableName } from './jobs.ts';

/**
 * Jobs may wait in a queue while the service is replaced by a newer version: their payloads are brought up to date on arrival,
 * one version at a time. New fields of a specification need no migration: they have defaults.
 */

type Payload = Readonly<Record<string, unknown>>;
/** Converts a payload to the next version; the caller increments `version`. */
type Migration = (older: Payload) => Payload;

/** For each tracked job: the migrations from version 1, from version 2, ... Nobody waits for an old inference job. */
export const MIGRATIONS: { readonly [Name in DurableName]: readonly Migration[] } = {
  train: [letTestRowsValidate],
  evaluate: [callTestRowsHeldOut],
  apply: [],
  part: [],
};

/** Migrates an older payload. Returns anything else as it is: either it is current or it will fail the check. */
export function migratePayload(name: DurableName, payload: unknown): unknown {
  if (!isVersioned(payload)) return payload;
  const migrations = MIGRATIONS[name].slice(payload.version - 1);
  return migrations.reduce<Payload & Versioned>(
    (older, migrate) => ({ ...migrate(older), version: older.version + 1 }),
    payload,
  );
}

interface Versioned {
  readonly version: number;
}

function isVersioned(payload: unknown): payload is Payload & Versioned {
  if (typeof payload !== 'object' || payload === null || !('version' in payload)) return false;
  const { version } = payload;
  return typeof version === 'number' && Number.isSafeInteger(version) && version >= 1;
}

/** In version 1, the test rows of a data set were its validation rows. */
function letTestRowsValidate(older: Payload): Payload {
  return { ...older, split: 'test_rows_validate' };
}

/** In version 1, "test" meant the validation rows if a data set had no test rows. */
function callTestRowsHeldOut(older: Payload): Payload {
  const { evaluation } = older;
  if (typeof evaluation !== 'object' || evaluation === null || !('rows' in evaluation)) return older;
  return evaluation.rows === 'test' ? { ...older, evaluation: { ...evaluation, rows: 'held_out' } } : older;
}
