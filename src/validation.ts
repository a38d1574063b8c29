import { Ajv, type ErrorObject } from 'ajv';
import type { Static, TSchema } from 'typebox';
import { AppError, type Problem } from './errors.ts';

/** Ajv as every door of the service uses it: defaults filled in, unknown fields refused, nothing coerced or dropped. */
export const AJV_OPTIONS = {
  useDefaults: true,
  removeAdditional: false,
  coerceTypes: false,
  discriminator: true,
  allErrors: false,
  strict: false,
  verbose: true,
  // Formats describe; patterns check.
  validateFormats: false,
} as const;

export type Check<T> = (value: unknown) => T;

/**
 * A function that fills in defaults (in place) and returns the value with its type,
 * or throws validation_failed with one problem for each error.
 */
export function compileCheck<Schema extends TSchema>(schema: Schema, what: string): Check<Static<Schema>> {
  const validate = new Ajv(AJV_OPTIONS).compile<Static<Schema>>(schema);
  return (value) => {
    if (validate(value)) return value;
    throw AppError.of('validation_failed', { what }, { problems: problemsOf(validate.errors ?? []) });
  };
}

/** Ajv's errors as problems: the pointer of the field, what was found wrong, what is allowed. */
export function problemsOf(errors: readonly ErrorObject[], prefix = ''): Problem[] {
  return errors.map((error) => ({ pointer: prefix + pointerOf(error), detail: detailOf(error) }));
}

function pointerOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  const child = params['additionalProperty'] ?? params['missingProperty'] ?? params['tag'];
  return typeof child === 'string' ? `${error.instancePath}/${child}` : error.instancePath;
}

function detailOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  const siblings = Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
  switch (error.keyword) {
    case 'additionalProperties':
      return `unknown field; allowed: ${siblings.length > 0 ? siblings.join(', ') : 'none here'}`;
    case 'required': {
      const tag = String(params['missingProperty']);
      const names = tagsOf(error, tag);
      return names.length > 0
        ? `this field is required: one of ${names.join(', ')}`
        : 'this field is required';
    }
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).map((v) => JSON.stringify(v)).join(', ')}; found ${brief(error.data)}`;
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}`;
    case 'discriminator': {
      const names = tagsOf(error, String(params['tag']));
      return `must be one of ${names.join(', ')}; found ${brief(params['tagValue'])}`;
    }
    default:
      return `${error.message ?? 'is not valid'}; found ${brief(error.data)}`;
  }
}

/** The names that tell the variants of a union apart, where this field does. */
function tagsOf({ parentSchema }: ErrorObject, tag: string): string[] {
  const union = parentSchema as
    | {
        discriminator?: { propertyName: string };
        oneOf?: { properties: Record<string, { const?: unknown }> }[];
      }
    | undefined;
  if (union?.discriminator?.propertyName !== tag) return [];
  return (union.oneOf ?? []).map(({ properties }) => JSON.stringify(properties[tag]?.const));
}

/** A value in a few words, whatever its size. */
function brief(value: unknown): string {
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  return String(value);
}
