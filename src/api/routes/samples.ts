import Type from 'typebox';
import { setServerTiming } from '../plugins/timing.ts';
import { JSON_TYPE, PNG_TYPE, sample } from '../resources/samples.ts';
import { SamplesAnswer, SamplesQuery } from '../schemas/inference.ts';
import { problems } from '../schemas/problem.ts';
import type { ApiOptions, App } from '../types.ts';

const Png = Type.Unsafe<Buffer>({ description: 'A grid of grey images.' });

export function sampleRoutes(app: App, api: ApiOptions): void {
  app.get(
    '/samples',
    {
      schema: {
        summary: 'Generate data from the prior, as JSON or as a PNG grid',
        tags: ['inference'],
        querystring: SamplesQuery,
        response: {
          200: {
            description: 'Draws of z and the data decoded from them; values are clamped to [0, 1] in a PNG.',
            content: { [JSON_TYPE]: { schema: SamplesAnswer }, [PNG_TYPE]: { schema: Png } },
          },
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
