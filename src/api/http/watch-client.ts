import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { InferOrder, Operation } from '../../queue/operations.ts';
import type { Producer } from '../../queue/queues.ts';
import type { ApiOptions } from '../types.ts';
import { HttpError } from './http-error.ts';

/** A signal that aborts with client_gone if the connection closes before the answer was sent. */
export function watchClient(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new HttpError('client_gone'));
  });
  return gone.signal;
}

/** The same, for one client: nothing more is computed for it once it has hung up. */
export function forClient(api: ApiOptions, reply: FastifyReply): ApiOptions {
  const signal = watchClient(reply.raw);
  const infer = <Name extends Operation>(order: InferOrder<Name>) => api.producer.infer({ ...order, signal });
  // All else is the producer's own, methods of a class included.
  const producer = Object.create(api.producer, { infer: { value: infer } }) as Producer;
  return { ...api, producer };
}
