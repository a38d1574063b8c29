import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Static, TSchema } from 'typebox';
import { AppError, type Problem } from './errors.ts';

/** Ajv as used for all input: defaults are filled in, unknown fields refused, nothing is coerced or dropped. */
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
  // Shorter code checks no faster, and to shorten it takes almost half of the time that compiling a large schema takes.
  code: { optimize: false },
} as const;

export type Check<T> = (value: unknown) => T;

/**
 * A function that fills in defaults (in place) and returns the value with its type,
 * or throws validation_failed with one problem for each error. Compiles the schema at its first use: that can take 0.1 s, and no
 * process needs all of them.
 */
export function compileCheck<Schema extends TSchema>(schema: Schema, what: string): Check<Static<Schema>> {
  let compiled: ValidateFunction<Static<Schema>> | undefined;
  return (value) => {
    const validate = (compiled ??= new Ajv(AJV_OPTIONS).compile<Static<Schema>>(schema));
    if (validate(value)) return value;
    throw AppError.of('validation_failed', { what }, { problems: problemsOf(validate.errors ?? []) });
  };
}

/** Ajv's errors as problems: the field's pointer, what is wrong and what is allowed. */
export function problemsOf(errors: readonly ErrorObject[], prefix = ''): Problem[] {
  return errors.map((error) => ({ pointer: prefix + toPointer(error), detail: describeError(error) }));
}

function toPointer(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  const child = params['additionalProperty'] ?? params['missingProperty'] ?? params['tag'];
  return typeof child === 'string' ? `${error.instancePath}/${child}` : error.instancePath;
}

function describeError(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  const siblings = Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
  switch (error.keyword) {
    case 'additionalProperties':
      return `unknown field; allowed: ${siblings.length > 0 ? siblings.join(', ') : 'none here'}`;
    case 'required': {
      const tag = String(params['missingProperty']);
      const names = listTags(error, tag);
      return names.length > 0
        ? `this field is required: one of ${names.join(', ')}`
        : 'this field is required';
    }
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).map((v) => JSON.stringify(v)).join(', ')}; found ${abbreviate(error.data)}`;
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}`;
    case 'discriminator': {
      const names = listTags(error, String(params['tag']));
      return `must be one of ${names.join(', ')}; found ${abbreviate(params['tagValue'])}`;
    }
    default:
      return `${error.message ?? 'is not valid'}; found ${abbreviate(error.data)}`;
  }
}

/** The values that tell the variants of a union apart, if this field does. */
function listTags({ parentSchema }: ErrorObject, tag: string): string[] {
  const union = parentSchema as
    | {
        discriminator?: { propertyName: string };
        oneOf?: { properties: Record<string, { const?: unknown }> }[];
      }
    | undefined;
  if (union?.discriminator?.propertyName !== tag) return [];
  return (union.oneOf ?? []).map(({ properties }) => JSON.stringify(properties[tag]?.const));
}

/** Describes a value of any size in a few words. */
function abbreviate(value: unknown): string {
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  return String(value);
}
