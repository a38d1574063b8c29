import Type from 'typebox';
import type { FastifySchema, RouteOptions } from 'fastify';
import { documentError } from './error-forms.ts';
import type { ProblemStatus } from './problem-schema.ts';

/** What a route depends on, and the statuses that it answers if a dependency refuses or is missing. */
const STATUSES_OF_NEED = {
  /** Reads records and files. */
  store: [503],
  /** Writes files. */
  space: [507],
  /** Reads or enqueues jobs. */
  queue: [503],
  /** Waits for a worker to compute the answer. */
  worker: [409, 413, 503, 504],
  /** The answer can be larger than the limit. */
  size: [413],
  /** The state of a job, model or data set can forbid it. */
  state: [409],
} as const satisfies Record<string, readonly ProblemStatus[]>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Occupies a worker, the queue or the disk: refused at capacity (429) and while the service is stopping (503). */
    work?: boolean;
    needs?: readonly (keyof typeof STATUSES_OF_NEED)[];
  }
}

/** For routes whose answer a worker computes. */
export const COMPUTED = { work: true, needs: ['store', 'queue', 'worker'] } as const;

/** Any route can get a request that is not readable HTTP, or fail inside. */
const EVERYWHERE = [400, 408, 417, 431, 500] as const;
/** Fastify reads the body of these methods even if the route does not use it. */
const MAY_HAVE_BODY: readonly string[] = ['POST', 'PUT', 'PATCH', 'DELETE'];

type DeclaredRoute = Pick<RouteOptions, 'method' | 'schema' | 'config'>;

/** The problem statuses that a route can answer, ascending, derived from its schemas and its `config`. */
export function deriveStatuses({ method, schema = {}, config = {} }: DeclaredRoute): ProblemStatus[] {
  const statuses: ProblemStatus[] = [
    ...EVERYWHERE,
    ...([method].flat().some((one) => MAY_HAVE_BODY.includes(one)) ? ([413, 415] as const) : []),
    ...(schema.body !== undefined || schema.querystring !== undefined ? ([422] as const) : []),
    ...(schema.params !== undefined || hasId(schema.body) || hasId(schema.querystring)
      ? ([404] as const)
      : []),
    ...(answersManyTypes(schema.response) ? ([406] as const) : []),
    ...('206' in asObject(schema.response) ? ([416] as const) : []),
    ...(config.work === true ? ([429, 503] as const) : []),
    ...(config.needs ?? []).flatMap((need) => STATUSES_OF_NEED[need]),
  ];
  const answered = statuses.map((status) => config.errorForm?.statuses[status] ?? status);
  return [...new Set(answered)].sort((one, other) => one - other);
}

/** Adds the derived problems to the documented answers of a route. */
export function completeAnswers(route: DeclaredRoute): FastifySchema {
  const { schema = {}, config } = route;
  const problems = deriveStatuses(route).map((status) => [status, documentError(status, config?.errorForm)]);
  const same = isRepeatable(route) ? { 304: NOT_MODIFIED } : {};
  return { ...schema, response: { ...asObject(schema.response), ...same, ...Object.fromEntries(problems) } };
}

const NOT_MODIFIED = Type.Null({ description: 'The answer is the one that If-None-Match names.' });

/** Answers of a worker have an ETag, and GET compares it. */
const isRepeatable = ({ method, config }: DeclaredRoute): boolean =>
  [method].flat().includes('GET') && config?.needs?.includes('worker') === true;

/** Whether a field names a model or a data set, which may not exist. */
function hasId(schema: unknown): boolean {
  const { properties, oneOf } = asObject(schema);
  const isNamed = Object.keys(asObject(properties)).some((name) => name.endsWith('_id'));
  return isNamed || (Array.isArray(oneOf) && oneOf.some(hasId));
}

function answersManyTypes(response: unknown): boolean {
  return Object.values(asObject(response)).some(
    (answer) => Object.keys(asObject(asObject(answer)['content'])).length > 1,
  );
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
