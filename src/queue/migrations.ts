import type { JobName } from './jobs.ts';

/**
 * Jobs may wait in a queue while the service is replaced by a newer version: their payloads are brought up to date on arrival,
 * one version at a time. New fields of a specification need no migration: they have defaults.
 */

type Payload = Readonly<Record<string, unknown>>;
/** What a payload of one version says in the next one; the version is counted up for it. */
type Migration = (older: Payload) => Payload;

/** By job, the migration from version 1, from version 2, ... Inference jobs have none: nobody waits for one of an old version. */
export const MIGRATIONS: { readonly [Name in JobName]: readonly Migration[] } = {
  train: [letTestRowsValidate],
  evaluate: [callTestRowsHeldOut],
  infer: [],
};

/** A payload of the newest version as it is, an older one migrated, and anything else as it is: it will not pass the check. */
export function migratePayload(name: JobName, payload: unknown): unknown {
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

/** Before validation rows were kept apart from test rows, the test rows of a data set were the validation rows. */
function letTestRowsValidate(older: Payload): Payload {
  return { ...older, split: 'test_rows_validate' };
}

/** "test" meant the validation rows where a data set has no test rows. */
function callTestRowsHeldOut(older: Payload): Payload {
  const { evaluation } = older;
  if (typeof evaluation !== 'object' || evaluation === null || !('rows' in evaluation)) return older;
  return evaluation.rows === 'test' ? { ...older, evaluation: { ...evaluation, rows: 'held_out' } } : older;
}
