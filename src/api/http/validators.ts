import { Ajv, type AnySchema, type ValidateFunction } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import { AppError } from '../../errors.ts';
import { AJV_OPTIONS, problemsOf } from '../../validation.ts';

const NAMES: Record<string, string> = {
  body: 'The body',
  querystring: 'The query',
  params: 'The path',
  headers: 'The headers',
};

/** Query and path arrive as text, so numbers are converted; bodies are checked as they are. Defaults are filled in. */
export function createValidatorCompiler(): FastifySchemaCompiler<AnySchema> {
  return ({ schema, httpPart = 'body' }) => {
    const inBody = httpPart === 'body';
    const compile = inBody ? compileStrict : compileCoercing;
    const what = NAMES[httpPart] ?? httpPart;
    return (value: unknown) => {
      const validate = compile(schema);
      if (validate(value)) return { value };
      const problems = problemsOf(validate.errors ?? []);
      const named = problems.map(({ pointer, detail }) => ({ pointer: pointer.replace(/^\//, ''), detail }));
      return { error: AppError.of('validation_failed', { what }, { problems: inBody ? problems : named }) };
    };
  };
}

const compileStrict = compileOnce(AJV_OPTIONS);
const compileCoercing = compileOnce({ ...AJV_OPTIONS, coerceTypes: true });

/** Compiles a schema at its first use, once for all apps: compiling takes most of the time of building an app. */
function compileOnce(options: object): (schema: AnySchema) => ValidateFunction {
  const compiled = new Map<AnySchema, ValidateFunction>();
  return (schema) => {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    const validate = new Ajv(options).compile(schema);
    compiled.set(schema, validate);
    return validate;
  };
}
