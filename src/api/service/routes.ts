import Type from 'typebox';
import { checkReady } from './readiness.ts';
import { closed, addDescription } from '../http/schemas.ts';
import type { ApiOptions, App } from '../types.ts';

const tags = ['service'];

const LINKS = {
  jobs: '/jobs',
  datasets: '/datasets',
  models: '/models',
  encode: '/encode',
  decode: '/decode',
  reconstruct: '/reconstruct',
  elbo: '/elbo',
  score: '/score',
  log_marginal_likelihood: '/log-marginal-likelihood',
  // The deprecated path, for clients that follow this link.
  log_likelihood: '/log-likelihood',
  interpolate: '/interpolate',
  samples: '/samples',
  open_inference: '/v2',
  documentation: '/docs',
  openapi: '/docs/json',
  alive: '/healthz',
  ready: '/readyz',
} as const;

const Index = Type.Object(
  { name: Type.Literal('aevb'), links: Type.Record(Type.String(), Type.String()) },
  closed,
);
const Health = Type.Object({ status: Type.Literal('ok') }, closed);

export function serviceRoutes(app: App, api: ApiOptions): void {
  app.get(
    '/',
    {
      schema: {
        operationId: 'getIndex',
        summary: 'Get the addresses of this service',
        tags,
        response: { 200: addDescription(Index, 'The addresses of this service.') },
      },
    },
    async () => ({ name: 'aevb' as const, links: LINKS }),
  );

  app.get(
    '/healthz',
    {
      config: { polled: true },
      schema: {
        operationId: 'checkAlive',
        summary: 'Check that the process answers',
        tags,
        response: { 200: addDescription(Health, 'The process answers.') },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      config: { needs: ['store', 'queue'], polled: true },
      schema: {
        operationId: 'checkReady',
        summary: 'Check that the service accepts work: queue and store answer, and it is not stopping',
        tags,
        response: { 200: addDescription(Health, 'Work is accepted.') },
      },
    },
    async (request) => {
      await checkReady(api, app.isDraining(), request.log);
      return { status: 'ok' as const };
    },
  );
}
