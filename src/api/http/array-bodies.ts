import type { Readable } from 'node:stream';
import type { FastifyRequest, FastifySchema } from 'fastify';
import { AppError } from '../../errors.ts';
import { readBody } from './body-guard.ts';
import { reportUnsupportedMedia } from './errors.ts';
import { ARRAY_TYPES, takesArrays } from './media.ts';
import { createValidatorCompiler } from './validators.ts';
import type { App } from '../types.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body, if it is an NPY file. */
    npy: Buffer | null;
  }
}

export const withArray = <Body>({
  body,
  npy,
}: {
  readonly body: Body;
  readonly npy: Buffer | null;
}): WithArray<Body> => ({
  ...body,
  npy,
});

/** A request whose rows may be an NPY file in place of fields. */
export type WithArray<Body> = Body & { readonly npy: Buffer | null };

/** Routes with a marked body take an NPY file too. The fields of the body are then in the query, and are checked by the same schema. */
export function installArrayBodies(app: App): void {
  const compile = createValidatorCompiler();
  app.decorateRequest('npy', null);
  app.addContentTypeParser([...ARRAY_TYPES], async (request: FastifyRequest, payload: Readable) => {
    if (!takesArrays(request)) throw reportUnsupportedMedia(request);
    return readBody(request, payload);
  });
  app.addHook('preValidation', async (request) => {
    if (!takesArrays(request)) return;
    if (!Buffer.isBuffer(request.body)) checkNoQuery(request);
    else {
      request.npy = request.body;
      request.body = readQuery(request.routeOptions.schema, request.query);
    }
  });

  function readQuery(schema: FastifySchema | undefined, query: unknown): unknown {
    const validate = compile({ schema: schema?.body ?? {}, httpPart: 'querystring', method: '', url: '' });
    const { value, error } = validate({ ...(query as object) }) as { value?: unknown; error?: Error };
    if (error !== undefined) throw error;
    return value;
  }
}

/** Errors: validation_failed. */
function checkNoQuery({ query }: FastifyRequest): void {
  const problems = Object.keys(query as object).map((pointer) => ({
    pointer,
    detail: 'fields are in the query only if the body is an NPY file; this one belongs in the body',
  }));
  if (problems.length > 0) throw AppError.of('validation_failed', { what: 'The query' }, { problems });
}
