import type { ServerResponse } from 'node:http';
import { Transform, type Readable } from 'node:stream';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { HttpError } from './http-error.ts';
import { boundJson } from './json-bounds.ts';
import type { App } from '../types.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a file: it may take long as long as bytes keep coming, and may be as large as an upload. */
    upload?: boolean;
  }
}

interface Limits {
  readonly maxBytes: number;
  /** Sees every piece before it goes on; throws where it must not. */
  readonly look: () => (piece: Buffer) => void;
  /** Longest time for the whole body; 0: no limit. */
  readonly totalMs: number;
  /** Longest time without a byte; 0: no limit. */
  readonly idleMs: number;
}

/** Rows of images are 4 deep inside their field; nothing that is understood is deeper than this. */
const MAX_DEPTH = 32;
/** Arrays and objects for each value that may be sent: rows of one value in one channel. */
const CONTAINERS_PER_VALUE = 2;

/** Puts a guard before every body: clients that are too slow, send too much or hang up make the stream fail. */
export function installBodyGuard(app: App, config: Config): void {
  const memory = bodyMemory(config.maxBodiesBytes);
  const bounds = { depth: MAX_DEPTH, containers: CONTAINERS_PER_VALUE * config.maxInferenceValues };
  const uploads = {
    maxBytes: config.maxUploadBytes,
    look: () => () => undefined,
    totalMs: 0,
    idleMs: config.uploadIdleTimeoutMs,
  };
  app.addHook('preParsing', (request, reply, payload, done) => {
    const isUpload = request.routeOptions.config.upload === true;
    const limits: Limits = isUpload
      ? uploads
      : { maxBytes: Infinity, look: () => jsonLook(reply.raw), totalMs: config.bodyTimeoutMs, idleMs: 0 };
    const length = Number(request.headers['content-length'] ?? 0);
    if (length > limits.maxBytes) done(uploadTooLarge(limits.maxBytes));
    else if (length > 0 || 'transfer-encoding' in request.headers) {
      done(null, guardBody(payload, reply.raw, limits));
    } else done(null, payload);
  });

  function jsonLook(response: ServerResponse): (piece: Buffer) => void {
    const [hold, bound] = [memory(response), boundJson(bounds)];
    return (piece) => {
      hold(piece.length);
      bound(piece);
    };
  }
}

/**
 * Counts the bytes of JSON bodies that are in memory, each until it is answered, and throws overloaded where one more piece
 * is too much for all together.
 */
function bodyMemory(maxBytes: number): (response: ServerResponse) => (bytes: number) => void {
  let held = 0;
  return (response) => {
    let own = 0;
    response.once('close', () => {
      held -= own;
    });
    return (bytes) => {
      if (held + bytes > maxBytes) throw AppError.of('overloaded', { what: 'The memory for request bodies' });
      held += bytes;
      own += bytes;
    };
  };
}

/** The body, or an error in its place: too_large, overloaded, request_timeout, body_incomplete. The source itself is not destroyed: the answer goes over the same socket. */
function guardBody(source: Readable, response: ServerResponse, limits: Limits): Readable {
  let bytes = 0;
  let ended = false;
  const look = limits.look();
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      idle?.refresh();
      try {
        if (bytes > limits.maxBytes) throw uploadTooLarge(limits.maxBytes);
        look(chunk);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
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
