import { AppError } from '../../errors.ts';
import type { App } from '../types.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** From now on new work is refused (503) and /readyz says so; what runs goes on. */
    drain(): void;
    isDraining(): boolean;
  }
}

export function installDrain(app: App): void {
  let draining = false;
  app.decorate('drain', () => {
    draining = true;
  });
  app.decorate('isDraining', () => draining);
  app.addHook('preClose', async () => {
    draining = true;
  });
  app.addHook('onRequest', async (request) => {
    if (draining && request.method === 'POST') throw AppError.of('draining', undefined);
  });
}
