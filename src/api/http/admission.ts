import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { completeAnswers } from './problem-statuses.ts';
import type { App } from '../types.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** From now on, routes that do work and /readyz answer 503. Work in progress continues. */
    drain(): void;
    isDraining(): boolean;
  }
  interface FastifyRequest {
    /** Counts as one of the requests being worked on. */
    holdsPlace: boolean;
  }
}

/**
 * Decides before a body is read whether a request may begin: routes with `config.work` are refused while the service is
 * stopping, or if `maxConcurrentRequests` are in progress. A request holds its place until its answer exists, even if the client
 * hangs up, because the work continues. Routes added after this document all their problem statuses.
 */
export function installAdmission(app: App, { maxConcurrentRequests }: Config): void {
  let [held, draining] = [0, false];
  app.decorate('drain', () => {
    draining = true;
  });
  app.decorate('isDraining', () => draining);
  app.addHook('preClose', async () => {
    draining = true;
  });
  app.addHook('onRoute', (route) => {
    if (route.schema?.hide !== true) route.schema = completeAnswers(route);
  });

  app.decorateRequest('holdsPlace', false);
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.work !== true) return;
    if (draining) throw AppError.of('draining', undefined);
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
