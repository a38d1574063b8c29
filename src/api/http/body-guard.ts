import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Transform, type Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { HttpError } from './http-error.ts';
import { boundJson } from './json-bounds.ts';
import { isArrayBody } from './media.ts';
import { isZipped, unzipBody } from './unzip.ts';
import type { App } from '../types.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** How the body is to be read, once the hooks have run; null if there is none. */
    bodyLimits: Limits | null;
  }
  interface FastifyContextConfig {
    /** The body is a file: it may be as large as an upload and take any time, if bytes keep coming. */
    upload?: boolean;
    /** How many of the first bytes of a body are JSON; the others are values of arrays. */
    countJsonBytes?: (headers: IncomingHttpHeaders) => number;
  }
}

export interface Limits {
  /** For messages. */
  readonly what: string;
  readonly maxBytes: number;
  /** Starts a check that gets every piece before it is passed on, and throws to refuse the body. */
  readonly startCheck: () => (piece: Buffer) => void;
  /** Time limit for the whole body; 0: no limit. */
  readonly totalMs: number;
  /** Time limit without a byte; 0: no limit. */
  readonly idleMs: number;
}

/** Rows of images nest 4 deep inside their field; no valid body nests deeper than this. */
const MAX_DEPTH = 32;
/** Arrays and objects allowed per value; the most are needed by rows of one value in one channel. */
const CONTAINERS_PER_VALUE = 2;

/**
 * Bounds every body: if the client is too slow, sends too much or hangs up, reading it fails. Uploads are guarded streams; parsers read
 * all other bodies with {@link readBody}.
 */
export function installBodyGuard(app: App, config: Config): void {
  const holdBytes = createBodyMemory(config.maxBodiesBytes);
  const bounds = { depth: MAX_DEPTH, containers: CONTAINERS_PER_VALUE * config.maxInferenceValues };
  const uploads = {
    what: 'The upload',
    maxBytes: config.maxUploadBytes,
    startCheck: () => () => undefined,
    totalMs: 0,
    idleMs: config.uploadIdleTimeoutMs,
  };
  app.decorateRequest('bodyLimits', null);
  app.addHook('preParsing', (request, reply, payload, done) => {
    const isUpload = request.routeOptions.config.upload === true;
    const { countJsonBytes } = request.routeOptions.config;
    const jsonBytes = countJsonBytes?.(request.headers) ?? (isArrayBody(request) ? 0 : Infinity);
    const limits: Limits = isUpload
      ? uploads
      : {
          what: 'The body',
          maxBytes: config.maxBodyBytes,
          startCheck: () => checkBody(reply.raw, jsonBytes),
          totalMs: config.bodyTimeoutMs,
          idleMs: 0,
        };
    const length = Number(request.headers['content-length'] ?? 0);
    if (length > limits.maxBytes) done(createTooLarge(limits));
    else if (length > 0 || 'transfer-encoding' in request.headers) {
      try {
        if (isUpload) done(null, guardBody(payload, reply.raw, limits));
        else if (isZipped(request.headers['content-encoding'])) done(null, unzip(payload, reply.raw, limits));
        else {
          request.bodyLimits = limits;
          done(null, payload);
        }
      } catch (error) {
        done(error as Error);
      }
    } else done(null, payload);
  });

  /** What arrives and what it unpacks to are both bounded. Uploads are unpacked by their readers. */
  function unzip(payload: Readable, response: ServerResponse, limits: Limits): Readable {
    const arriving = guardBody(payload, response, { ...limits, startCheck: () => () => undefined });
    return unzipBody(arriving, boundBytes(limits));
  }

  function checkBody(response: ServerResponse, jsonBytes: number): (piece: Buffer) => void {
    const [hold, bound] = [holdBytes(response), boundJson(bounds)];
    let left = jsonBytes;
    return (piece) => {
      hold(piece);
      bound(piece.subarray(0, left));
      left = Math.max(0, left - piece.length);
    };
  }
}

/**
 * Counts the bytes of all bodies in memory, each until it is answered. Throws overloaded if one more piece would exceed
 * the limit.
 */
function createBodyMemory(maxBytes: number): (response: ServerResponse) => (piece: Buffer) => void {
  let held = 0;
  return (response) => {
    let own = 0;
    response.once('close', () => {
      held -= own;
    });
    return ({ length: bytes }) => {
      if (held + bytes > maxBytes) throw AppError.of('overloaded', { what: 'The memory for request bodies' });
      held += bytes;
      own += bytes;
    };
  };
}

function boundBytes(limits: Limits): (piece: Buffer) => void {
  let bytes = 0;
  const check = limits.startCheck();
  return (piece) => {
    bytes += piece.length;
    if (bytes > limits.maxBytes) throw createTooLarge(limits);
    check(piece);
  };
}

/**
 * The bytes of a body that is no upload. Errors: too_large, overloaded, request_timeout, body_incomplete. Does not destroy the source:
 * the answer uses the same socket.
 */
export async function readBody(
  { bodyLimits: limits, headers }: FastifyRequest,
  source: Readable,
): Promise<Buffer> {
  // A stream that unpacks the body is guarded already.
  if (limits === null) return Buffer.concat((await source.toArray()) as Buffer[]);
  const check = boundBytes(limits);
  const pieces: Buffer[] = [];
  const { promise, resolve, reject } = withResolvers<Buffer>();
  const total =
    limits.totalMs > 0
      ? setTimeout(() => {
          reject(new HttpError('request_timeout'));
        }, limits.totalMs)
      : undefined;
  const take = (piece: Buffer): void => {
    try {
      check(piece);
      pieces.push(piece);
    } catch (error) {
      reject(error);
    }
  };
  const hangUp = (): void => {
    reject(new HttpError('body_incomplete'));
  };
  source.on('data', take);
  source.once('end', () => {
    const [only] = pieces;
    const whole = only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces);
    const declared = headers['content-length'];
    if (declared === undefined || whole.length === Number(declared)) resolve(whole);
    else hangUp();
  });
  source.once('error', hangUp);
  source.once('close', hangUp);
  try {
    return await promise;
  } finally {
    clearTimeout(total);
    source.off('data', take).off('error', hangUp).off('close', hangUp);
    source.resume();
  }
}

function withResolvers<T>() {
  let [resolve, reject]: [(value: T) => void, (error: unknown) => void] = [() => undefined, () => undefined];
  const promise = new Promise<T>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}

/**
 * Passes the body on. Errors: too_large, overloaded, request_timeout, body_incomplete. Does not destroy the source: the answer
 * uses the same socket.
 */
function guardBody(source: Readable, response: ServerResponse, limits: Limits): Readable {
  let ended = false;
  const check = boundBytes(limits);
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      idle?.refresh();
      try {
        check(chunk);
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
  // Answered before the whole body was read: nobody needs the rest.
  response.once('close', onHangUp);
  response.once('finish', () => guard.destroy());
  // A reader handles this error, but there may be no reader.
  guard.on('error', () => undefined);
  guard.once('close', () => {
    clearTimeout(idle);
    clearTimeout(total);
    source.unpipe(guard);
    source.resume();
  });
  return source.pipe(guard);

  function onIdle(): void {
    // The client is not to blame for a slow reader, such as a slow disk.
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

function createTooLarge({ what, maxBytes: limit }: Limits): AppError {
  return AppError.of('too_large', { what, limit, unit: 'bytes' });
}
