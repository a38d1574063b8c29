import Type from 'typebox';
import { checkReady } from './readiness.ts';
import { closed } from '../http/schemas.ts';
import { problems } from '../http/problem-schema.ts';
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
  log_likelihood: '/log-likelihood',
  interpolate: '/interpolate',
  samples: '/samples',
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
    { schema: { summary: 'What there is', tags, response: { 200: Index, ...problems(500) } } },
    async () => ({ name: 'aevb' as const, links: LINKS }),
  );

  app.get(
    '/healthz',
    {
      config: { polled: true },
      schema: { summary: 'Whether the process is alive', tags, response: { 200: Health, ...problems(500) } },
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      config: { polled: true },
      schema: {
        summary: 'Whether work can be taken: queue and store answer, and the service is not stopping',
        tags,
        response: { 200: Health, ...problems(500, 503) },
      },
    },
    async (request) => {
      await checkReady(api, app.isDraining(), request.log);
      return { status: 'ok' as const };
    },
  );
}
