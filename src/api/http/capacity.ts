import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import type { App } from '../types.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** It counts among those that are worked on. */
    holdsPlace: boolean;
  }
}

/**
 * Bounds how many requests are worked on at once: further ones are refused before their body is read. A place is held until
 * the answer is there, also where the client has gone meanwhile, because the work goes on.
 */
export function installCapacity(app: App, { maxConcurrentRequests }: Config): void {
  let held = 0;
  app.decorateRequest('holdsPlace', false);
  app.addHook('onRequest', async (request) => {
    if (!mayBeRefused(request)) return;
    if (held >= maxConcurrentRequests) throw AppError.of('overloaded', { what: 'The service' });
    held++;
    request.holdsPlace = true;
  });
  app.addHook('onSend', async (request) => {
    if (!request.holdsPlace) return;
    held--;
    request.holdsPlace = false;
  });
}

/** Routes that do work say so in their documentation: they may answer 429. */
function mayBeRefused({ routeOptions }: FastifyRequest): boolean {
  const answers = routeOptions.schema?.response;
  return typeof answers === 'object' && answers !== null && '429' in answers;
}
