import { Ajv, type AnySchema } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import { AppError } from '../../errors.ts';
import { AJV_OPTIONS, problemsOf } from '../../validation.ts';

const NAMES: Record<string, string> = {
  body: 'The body',
  querystring: 'The query',
  params: 'The path',
  headers: 'The headers',
};

/** Bodies are checked as they are; what comes as text (query, path) may be read as a number. Defaults are filled in. */
export function validatorCompiler(): FastifySchemaCompiler<AnySchema> {
  const strict = new Ajv(AJV_OPTIONS);
  const coercing = new Ajv({ ...AJV_OPTIONS, coerceTypes: true });
  return ({ schema, httpPart = 'body' }) => {
    const inBody = httpPart === 'body';
    const validate = (inBody ? strict : coercing).compile(schema);
    return (value: unknown) => {
      if (validate(value)) return { value };
      const problems = problemsOf(validate.errors ?? []);
      const named = problems.map(({ pointer, detail }) => ({ pointer: pointer.replace(/^\//, ''), detail }));
      const what = NAMES[httpPart] ?? httpPart;
      return { error: AppError.of('validation_failed', { what }, { problems: inBody ? problems : named }) };
    };
  };
}
