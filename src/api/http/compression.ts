import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply } from 'fastify';
import { acceptsGzip } from './negotiation.ts';
import type { App } from '../types.ts';

/** Smaller answers fit in one packet anyway. */
const LEAST_BYTES = 1024;
/** Digits compress to less than half at any level; higher ones take several times as long for a few percent. */
const LEVEL = 1;
/** Pictures are compressed already, and float32 hardly shrinks. */
const COMPRESSIBLE = /^(?:text\/|application\/(?:[\w.+-]+\+)?json\b)/;

const compress = promisify(gzip) as (content: string | Buffer, options: object) => Promise<Buffer>;

/** Compresses whole answers of text for clients that accept gzip. Streams and ranges of files are sent as they are. */
export function installCompression(app: App): void {
  app.addHook('onSend', async (request, reply, payload: unknown) => {
    if (!isCompressible(reply, payload)) return payload;
    const varied = [reply.getHeader('vary'), 'accept-encoding'].filter(Boolean).join(', ');
    void reply.header('vary', varied);
    if (!acceptsGzip(request.headers['accept-encoding'])) return payload;
    void reply.header('content-encoding', 'gzip').removeHeader('content-length');
    return compress(payload, { level: LEVEL });
  });
}

function isCompressible(reply: FastifyReply, payload: unknown): payload is string | Buffer {
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return false;
  const isWhole = reply.statusCode !== 206 && !reply.hasHeader('content-encoding');
  const type = String(reply.getHeader('content-type') ?? '');
  return isWhole && Buffer.byteLength(payload) >= LEAST_BYTES && COMPRESSIBLE.test(type);
}
