import type { Static, TObject } from 'typebox';
import { AppError, type Problem } from '../../errors.ts';
import { compileCheck } from '../../validation.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Brings a record of one version to the next: a pure function of the older JSON. */
export type Migration = (older: Json) => Json;

export interface RecordFormat<T> {
  /** The record that this JSON holds, brought up to date, with defaults filled in. Errors: validation_failed. */
  readonly parse: (json: unknown) => T;
  /** The version that {@link parse} brings records up to, and that new ones are written in. */
  readonly version: number;
}

/**
 * The format of a JSON file. `migrations[0]` leads from version 1 to version 2, and so on: their number makes the current
 * version. JSON without a `version` is of version 1.
 */
export function recordFormat<Schema extends TObject>(
  name: string,
  schema: Schema,
  migrations: readonly Migration[] = [],
): RecordFormat<Static<Schema>> {
  const version = migrations.length + 1;
  const check = compileCheck(schema, name);
  return {
    version,
    parse: (json) => {
      const { version: from, fields } = splitVersion(json, name, version);
      return check(migrations.slice(from - 1).reduce((older, migrate) => migrate(older), fields));
    },
  };
}

function splitVersion(json: unknown, name: string, current: number): { version: number; fields: Json } {
  if (!isObject(json)) throw invalid(name, { pointer: '', detail: 'must be an object' });
  const { version = 1, ...fields } = json;
  if (typeof version === 'number' && Number.isInteger(version) && version >= 1 && version <= current) {
    return { version, fields };
  }
  const found = JSON.stringify(version).slice(0, 40);
  const detail = `must be a whole number from 1 to ${current}, the versions that are understood here; found ${found}`;
  throw invalid(name, { pointer: '/version', detail });
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (what: string, problem: Problem): AppError =>
  AppError.of('validation_failed', { what }, { problems: [problem] });
