import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { readBody } from './body-guard.ts';
import { HttpError } from './http-error.ts';
import type { App } from '../types.ts';

const MAX_REASON_CHARACTERS = 200;

/** Fastify's JSON parser, whose error says what JSON.parse found wrong. */
export function installJson(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', async (request: FastifyRequest, payload: Readable) => {
    const body = (await readBody(request, payload)).toString('utf8');
    return new Promise((resolve, reject) => {
      void parse(request, body, (error, value) => {
        if (error === null) resolve(value);
        else reject(body.length > 0 ? describeMalformed(body) : error);
      });
    });
  });
}

function describeMalformed(body: string): HttpError {
  const reason = findReason(body);
  return new HttpError('malformed_json', { detail: `The body is not valid JSON: ${reason}.` });
}

/** Fastify's parser does not say where it failed, so the body is parsed again. */
function findReason(body: string): string {
  try {
    JSON.parse(body);
    return 'it sets a prototype';
  } catch (error) {
    return (error as SyntaxError).message.slice(0, MAX_REASON_CHARACTERS);
  }
}
