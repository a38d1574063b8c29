import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { readBody } from '../http/body-guard.ts';
import { HttpError } from '../http/http-error.ts';
import type { App } from '../types.ts';
import { refuseField } from '../inference/row-errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What follows the JSON of a body: the values of tensors. */
    tensorBytes: Buffer | null;
  }
}

/** Its value is the number of bytes of the JSON, if binary data follows. */
export const JSON_LENGTH_HEADER = 'Inference-Header-Content-Length';
const MAX_REASON_CHARACTERS = 200;

const findJsonLength = (headers: IncomingHttpHeaders): string | undefined => {
  const value = headers[JSON_LENGTH_HEADER.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
};

/** The whole body, if the header is absent or is no length. */
export function countJsonBytes(headers: IncomingHttpHeaders): number {
  const text = findJsonLength(headers) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : Infinity;
}

/** Reads bodies of any media type, because clients name none, or JSON's, or that of bytes. */
export function installMessages(app: App): void {
  app.decorateRequest('tensorBytes', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) => {
    const body = await readBody(request, payload);
    const length = checkJsonLength(request.headers, body.length);
    request.tensorBytes = body.subarray(length);
    return parseJson(body.toString('utf8', 0, length));
  });
}

/** Errors: validation_failed. */
function checkJsonLength(headers: IncomingHttpHeaders, bodyLength: number): number {
  const text = findJsonLength(headers);
  if (text === undefined) return bodyLength;
  const length = countJsonBytes(headers);
  if (length > 0 && length <= bodyLength) return length;
  const allowed = `1 to ${bodyLength}, the bytes of the body that are JSON`;
  throw refuseField(JSON_LENGTH_HEADER, `found ${text.slice(0, 100)}; allowed: ${allowed}`);
}

/** Errors: empty_body, malformed_json. */
function parseJson(text: string): unknown {
  if (text.length === 0) throw new HttpError('empty_body');
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = (error as SyntaxError).message.slice(0, MAX_REASON_CHARACTERS);
    const hint = `Without the header ${JSON_LENGTH_HEADER}, all of the body must be JSON`;
    throw new HttpError('malformed_json', { detail: `The body is not valid JSON: ${reason}. ${hint}.` });
  }
}
