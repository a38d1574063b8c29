import type { TSchema } from 'typebox';
import type { App } from '../types.ts';
import { JSON_TYPE } from './media.ts';
import { documentProblem, type ProblemDetails, type ProblemStatus } from './problem-schema.ts';

/** How a protocol that has its own errors writes them, in place of problem details. */
export interface ErrorForm {
  readonly schema: TSchema;
  /** Statuses that the protocol does not have -> those it has instead. */
  readonly statuses: Readonly<Record<number, ProblemStatus>>;
  /** What a status means, where that differs from its usual meaning. */
  readonly meanings: Readonly<Record<number, string>>;
  readonly write: (problem: ProblemDetails) => object;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** All paths with the same first segment get errors in this form, unknown ones too. */
    errorForm?: ErrorForm;
  }
}

/** Finds the form of errors for a path, from the routes that are added later; undefined for problem details. */
export function collectErrorForms(app: App): (path: string) => ErrorForm | undefined {
  const forms = new Map<string, ErrorForm>();
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.errorForm !== undefined) forms.set(firstSegment(url), config.errorForm);
  });
  return (path) => forms.get(firstSegment(path));
}

const firstSegment = (path: string): string => path.split('/', 2)[1] ?? '';

/** The documented answer of an error status. */
export function documentError(status: ProblemStatus, form: ErrorForm | undefined) {
  const usual = documentProblem(status);
  if (form === undefined) return usual;
  return {
    description: form.meanings[status] ?? usual.description,
    content: { [JSON_TYPE]: { schema: form.schema } },
  };
}
