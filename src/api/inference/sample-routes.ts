import { setServerTiming } from '../http/timing.ts';
import { sample } from './samples.ts';
import { SamplesAnswer, SamplesQuery } from './schemas.ts';
import { problems } from '../http/problem-schema.ts';
import { pictured } from '../http/media.ts';
import type { ApiOptions, App } from '../types.ts';

export function sampleRoutes(app: App, api: ApiOptions): void {
  app.get(
    '/samples',
    {
      schema: {
        summary: 'Generate data from the prior, as JSON or as a PNG grid',
        tags: ['inference'],
        querystring: SamplesQuery,
        response: {
          200: pictured(SamplesAnswer, 'Draws of z and the data decoded from them; in a PNG a grid.'),
          ...problems(404, 406, 409, 413, 422, 429, 500, 503, 504),
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
