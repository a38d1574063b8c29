import type { InferAnswer } from '../../queue/operations.ts';
import type { App } from '../types.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    startedAt: number;
  }
}

/** How long the parts of an inference took, and what it was computed with. */
export type Timing = Pick<InferAnswer, 'computeMs' | 'queueMs' | 'batchMs' | 'batchRows' | 'digest'>;

export interface Timed<Body> {
  readonly body: Body;
  readonly timing: Timing;
}

export function installTiming(app: App): void {
  app.decorateRequest('startedAt', 0);
  app.addHook('onRequest', async (request, reply) => {
    request.startedAt = performance.now();
    void reply.header('x-request-id', request.id);
  });
}

export function setServerTiming(request: FastifyRequest, reply: FastifyReply, timing: Timing): void {
  const parts = {
    total: performance.now() - request.startedAt,
    ...(timing.batchMs !== undefined && { batch: timing.batchMs }),
    queue: timing.queueMs,
    compute: timing.computeMs,
  };
  const entries = Object.entries(parts).map(([name, ms]) => `${name};dur=${ms.toFixed(1)}`);
  void reply.header('server-timing', entries.join(', '));
  if (timing.digest !== undefined) void reply.header('x-aevb-digest', timing.digest);
  if (timing.batchRows !== undefined) void reply.header('x-aevb-batch-rows', timing.batchRows);
}

/** Sets the timing header of an answer in JSON; returns its body. */
export function answerTimed<Body>(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, timing }: Timed<Body>,
): Body {
  setServerTiming(request, reply, timing);
  return body;
}
