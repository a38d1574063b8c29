import { HttpError } from './http-error.ts';
import type { App } from '../types.ts';

const MOST_CHARACTERS = 200;

/** Fastify's parser of JSON, with what JSON.parse found wrong in the answer. */
export function installJson(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    void parse(request, body, (error, value) => {
      done(error !== null && body.length > 0 ? malformed(body) : error, value);
    });
  });
}

function malformed(body: string): HttpError {
  const reason = reasonOf(body);
  return new HttpError('malformed_json', { detail: `The body is not valid JSON: ${reason}.` });
}

/** The parser does not tell: asked again, where it failed. */
function reasonOf(body: string): string {
  try {
    JSON.parse(body);
    return 'it sets a prototype';
  } catch (error) {
    return (error as SyntaxError).message.slice(0, MOST_CHARACTERS);
  }
}
