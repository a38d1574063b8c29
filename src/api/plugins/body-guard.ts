import type { ServerResponse } from 'node:http';
import { Transform, type Readable } from 'node:stream';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { HttpError } from '../http-error.ts';
import type { App } from '../types.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a file: it may take long as long as bytes keep coming, and may be as large as an upload. */
    upload?: boolean;
  }
}

interface Limits {
  readonly maxBytes: number;
  /** Longest time for the whole body; 0: no limit. */
  readonly totalMs: number;
  /** Longest time without a byte; 0: no limit. */
  readonly idleMs: number;
}

/** Puts a guard before every body: clients that are too slow, send too much or hang up make the stream fail. */
export function installBodyGuard(app: App, config: Config): void {
  const json: Limits = { maxBytes: Infinity, totalMs: config.bodyTimeoutMs, idleMs: 0 };
  const upload: Limits = { maxBytes: config.maxUploadBytes, totalMs: 0, idleMs: config.uploadIdleTimeoutMs };
  app.addHook('preParsing', (request, reply, payload, done) => {
    const limits = request.routeOptions.config.upload === true ? upload : json;
    const length = Number(request.headers['content-length'] ?? 0);
    if (length > limits.maxBytes) done(uploadTooLarge(limits.maxBytes));
    else if (length > 0 || 'transfer-encoding' in request.headers) {
      done(null, guardBody(payload, reply.raw, limits));
    } else done(null, payload);
  });
}

/** The body, or an error in its place: too_large, request_timeout, body_incomplete. The source itself is not destroyed: the answer goes over the same socket. */
function guardBody(source: Readable, response: ServerResponse, limits: Limits): Readable {
  let bytes = 0;
  let ended = false;
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      idle?.refresh();
      if (bytes > limits.maxBytes) done(uploadTooLarge(limits.maxBytes));
      else done(null, chunk);
    },
  });
  const idle = limits.idleMs > 0 ? setTimeout(onIdle, limits.idleMs) : undefined;
  const total = limits.totalMs > 0 ? setTimeout(onLate, limits.totalMs) : undefined;

  source.once('end', () => (ended = true));
  source.once('error', onHangUp);
  source.once('close', onHangUp);
  // An answer that came before the body was read: nobody wants the rest.
  response.once('close', onHangUp);
  response.once('finish', () => guard.destroy());
  // Whoever reads the guard hears of its error; nobody may be reading.
  guard.on('error', () => undefined);
  guard.once('close', () => {
    clearTimeout(idle);
    clearTimeout(total);
    source.unpipe(guard);
    source.resume();
  });
  return source.pipe(guard);

  function onIdle(): void {
    // A reader that lags behind (a slow disk) is not the client's fault.
    if (guard.readableLength > 0) idle?.refresh();
    else onLate();
  }
  function onLate(): void {
    guard.destroy(new HttpError('request_timeout'));
  }
  function onHangUp(): void {
    if (!ended) guard.destroy(new HttpError('body_incomplete'));
  }
}

function uploadTooLarge(limit: number): AppError {
  return AppError.of('too_large', { what: 'The upload', limit, unit: 'bytes' });
}
