import { setServerTiming } from '../http/timing.ts';
import { sample } from './samples.ts';
import { SamplesAnswer, SamplesQuery } from './schemas.ts';
import { pictured } from '../http/media.ts';
import { COMPUTED } from '../http/problem-statuses.ts';
import type { ApiOptions, App } from '../types.ts';

export function sampleRoutes(app: App, api: ApiOptions): void {
  app.get(
    '/samples',
    {
      config: COMPUTED,
      schema: {
        operationId: 'drawSamples',
        summary: 'Generate data from the prior, as JSON or as a PNG grid',
        tags: ['inference'],
        querystring: SamplesQuery,
        response: {
          200: pictured(SamplesAnswer, 'Draws of z and the data decoded from them; in a PNG a grid.'),
        },
      },
    },
    async (request, reply) => {
      const { body, timing } = await sample(api, request.query, request.headers.accept);
      setServerTiming(request, reply, timing);
      return reply.type(body.type).header('vary', 'accept').send(body.content);
    },
  );
}
