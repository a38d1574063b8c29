import { COMPUTED } from '../http/problem-statuses.ts';
import { addDescription, ById } from '../http/schemas.ts';
import { answerTimed } from '../http/timing.ts';
import { forClient } from '../http/watch-client.ts';
import type { ApiOptions, App } from '../types.ts';
import { compareSamples } from './fidelity.ts';
import { FidelityAnswer, FidelityQuery } from './schemas.ts';

export function fidelityRoutes(app: App, api: ApiOptions): void {
  app.get(
    '/models/:id/fidelity',
    {
      config: COMPUTED,
      schema: {
        operationId: 'compareSamples',
        summary: 'Compare samples of a table with its validation rows',
        description:
          'Column by column, by the correlation that differs most, and by a classifier that tries to tell them apart. The worker reads the rows of the data set, which must still be there.',
        tags: ['models'],
        params: ById,
        querystring: FidelityQuery,
        response: { 200: addDescription(FidelityAnswer, 'The report.') },
      },
    },
    async (request, reply) => {
      return answerTimed(
        request,
        reply,
        await compareSamples(forClient(api, reply), request.params.id, request.query),
      );
    },
  );
}
