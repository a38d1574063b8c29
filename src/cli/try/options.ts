import { basename, resolve } from 'node:path';
import { ROLES, type Role } from '../../model/table.ts';
import { parseAlarmRate } from '../score/alarm-rate.ts';
import { UsageError } from '../usage-error.ts';

/** Flags of `aevb try` as given on the command line. */
export interface TryFlags {
  readonly url?: string;
  readonly output?: string;
  readonly alarmRate?: string;
  readonly columns?: string;
  readonly rows?: string;
  readonly encoding?: string;
}

export interface TryOptions {
  readonly file: string;
  /** The file's name without folder and endings. */
  readonly name: string;
  /** URL of a running service; null starts one. */
  readonly url: string | null;
  /** Folder for everything that is written, the data of a service that is started included. */
  readonly output: string;
  /** Null leaves it to the service. */
  readonly alarmRate: number | null;
  /** Roles that override the detected ones, by name of the column. */
  readonly roles: Readonly<Record<string, Role>>;
  /** Of a text that is not UTF-8 and does not say so; null otherwise. */
  readonly encoding: string | null;
  /** At most so many rows of the file are scored. */
  readonly rows: number;
}

/** Errors: UsageError that says what is allowed. */
export function parseTryOptions(file: string, flags: TryFlags): TryOptions {
  const name = basename(file).replace(/(?<=.)\.(?:csv|tsv|txt|json|jsonl|ndjson|parquet|gz)$/gi, '');
  const stem = name.replace(/(?<=.)\.(?:csv|tsv|txt|json|jsonl|ndjson|parquet)$/i, '');
  return {
    file,
    name: stem,
    url: flags.url ?? null,
    output: resolve(flags.output ?? `${stem}-aevb`),
    alarmRate: parseAlarmRate(flags.alarmRate),
    roles: parseRoles(flags.columns ?? ''),
    encoding: flags.encoding ?? null,
    rows: flags.rows === undefined ? Infinity : parseRows(flags.rows),
  };
}

function parseRows(text: string): number {
  const rows = Number(text);
  if (Number.isSafeInteger(rows) && rows >= 1) return rows;
  throw new UsageError(`--rows must be a whole number, 1 or more; found "${text}".`);
}

/** Parses `order_id=id,country=category`; a name may contain `=`, but no comma. */
function parseRoles(text: string): Record<string, Role> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(pairs.map(parseRole));
}

function parseRole(pair: string): [name: string, role: Role] {
  const at = pair.lastIndexOf('=');
  const [name, found] = [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()];
  const role = ROLES.find((one) => one === found);
  if (name !== '' && role !== undefined) return [name, role];
  throw new UsageError(
    `--columns must be pairs such as order_id=id,note=ignore, where roles are ${ROLES.join(', ')}; found "${pair.trim()}".`,
  );
}
