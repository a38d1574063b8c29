import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { App } from '../types.ts';

/**
 * Names answers that follow from a checkpoint and the request alone by a hash of their bytes: a repeated GET that has the name is
 * answered 304. The names are weak, because they are the same whether the answer is compressed or not.
 */
export function installEtags(app: App): void {
  app.addHook('onSend', async (request, reply, payload: unknown) => {
    const isComputed = request.routeOptions.config.needs?.includes('worker') === true;
    if (!isComputed || reply.statusCode !== 200) return payload;
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload;
    const etag = `W/"${createHash('sha256').update(payload).digest('base64url')}"`;
    void reply.header('etag', etag);
    if (!isKnown(request, etag)) return payload;
    void reply.code(304).removeHeader('content-type').removeHeader('content-length');
    return null;
  });
}

function isKnown({ method, headers }: FastifyRequest, etag: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const known = (headers['if-none-match'] ?? '').split(',').map((name) => name.trim());
  return known.includes('*') || known.some((name) => name.replace(/^W\//, '') === etag.slice(2));
}
