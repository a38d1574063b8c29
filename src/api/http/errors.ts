import type { Socket } from 'node:net';
import type { FastifyBaseLogger, FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { createId } from '../../ids.ts';
import { collectErrorForms, type ErrorForm } from './error-forms.ts';
import { HttpError, type HttpErrorCode } from './http-error.ts';
import { JSON_TYPE, NPY_TYPE, takesArrays, UPLOAD_TYPES } from './media.ts';
import { PROBLEM_TYPE, toProblem } from './problem-answer.ts';
import type { App } from '../types.ts';

type Translate = (request: FastifyRequest, config: Config) => AppError | HttpError;

/** Our errors for Fastify's. */
const TRANSLATIONS: Record<string, Translate> = {
  FST_ERR_CTP_BODY_TOO_LARGE: (_request, config) =>
    AppError.of('too_large', { what: 'The body', limit: config.maxBodyBytes, unit: 'bytes' }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (request) => reportUnsupportedMedia(request),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new HttpError('empty_body'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new HttpError('body_incomplete'),
  FST_ERR_BAD_URL: () => new HttpError('malformed_path'),
  FST_ERR_MAX_PARAM_LENGTH: (request) => reportNoRoute(request),
};

export function installErrors(app: App, config: Config): void {
  const findForm = collectErrorForms(app);
  app.setErrorHandler((error, request, reply) => {
    sendProblem(translate(error, request, config), request, reply, findForm(readPath(request)));
  });
  const allowed = collectMethods(app);
  app.setNotFoundHandler((request, reply) => {
    const methods = allowed(readPath(request));
    const wrong = methods.length > 0 && !methods.includes(request.method);
    const error = wrong ? reportWrongMethod(request, methods) : reportNoRoute(request);
    sendProblem(error, request, reply, findForm(readPath(request)));
  });
}

/** Handles failures before a route is found, such as a path that cannot be decoded. */
export function handleFrameworkErrors(config: Config) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    sendProblem(translate(error, request, config), request, reply);
  };
}

/** Answers bytes that are not HTTP. There is no request then, so the answer is written to the socket. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const codes: Record<string, HttpErrorCode> = {
    HPE_HEADER_OVERFLOW: 'headers_too_large',
    ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  };
  const code = codes[error.code ?? ''] ?? 'malformed_request';
  const { status, body } = toProblem(new HttpError(code), { requestId: createId('req') });
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${body.title}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(text)}`,
    `x-request-id: ${body.request_id}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}

function translate(error: unknown, request: FastifyRequest, config: Config): unknown {
  if (error instanceof AppError || error instanceof HttpError || !(error instanceof Error)) return error;
  const { code = '', statusCode = 500 } = error as Partial<FastifyError>;
  const known = TRANSLATIONS[code];
  if (known !== undefined) return known(request, config);
  const fromClient = statusCode >= 400 && statusCode < 500;
  return fromClient ? new HttpError('bad_request', { cause: error }) : error;
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, form?: ErrorForm): void {
  const idInPath = typeof request.params === 'object' && request.params !== null && 'id' in request.params;
  const { status, headers, body } = toProblem(error, { requestId: request.id, idInPath });
  logFailure(request.log, error, status);
  if (status === 408) void reply.header('connection', 'close');
  // As bytes: Fastify adds a charset to text, which this media type does not have.
  const bytes = Buffer.from(JSON.stringify(form?.write(body) ?? body));
  void reply
    .code(form?.statuses[status] ?? status)
    .headers({ ...headers, 'x-request-id': request.id })
    .type(form === undefined ? PROBLEM_TYPE : JSON_TYPE)
    .send(bytes);
}

function logFailure(log: FastifyBaseLogger, error: unknown, status: number): void {
  if (status === 500) log.error({ err: error }, 'request failed: internal error');
  else if (status > 500) log.warn({ err: error }, 'request failed');
  else log.info({ code: (error as AppError | HttpError).code }, 'request refused');
}

/** The body's media type is not one that the route reads. */
export function reportUnsupportedMedia(request: FastifyRequest): AppError {
  const { headers, routeOptions } = request;
  const found = JSON.stringify((headers['content-type'] ?? 'none').slice(0, 100));
  const isUpload = routeOptions.config.upload === true;
  const usual = takesArrays(request) ? `${JSON_TYPE}, ${NPY_TYPE}` : JSON_TYPE;
  const allowed = isUpload ? `${UPLOAD_TYPES.join(', ')}, or none` : usual;
  return AppError.of('unsupported_media', { found, allowed });
}

function reportNoRoute(request: FastifyRequest): AppError {
  return AppError.of('route_not_found', { method: request.method, path: readPath(request).slice(0, 200) });
}

function reportWrongMethod(request: FastifyRequest, methods: readonly string[]): HttpError {
  const allow = methods.join(', ');
  return new HttpError('method_not_allowed', {
    detail: `${request.method} is not allowed here; allowed: ${allow}.`,
    headers: { allow },
  });
}

function readPath(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

/** The methods of a path, from the routes that are added later. */
function collectMethods(app: App): (path: string) => string[] {
  const routes: { pattern: RegExp; methods: string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const escaped = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    const source = escaped.replace(/:[^/]+/g, '[^/]+').replace(/\*/g, '.*');
    routes.push({ pattern: new RegExp(`^${source}$`), methods: [method].flat() });
  });
  return (path) => [
    ...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods)),
  ];
}
