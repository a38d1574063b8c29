import { addCsv, addNpy, describePicture } from '../http/media.ts';
import { COMPUTED } from '../http/problem-statuses.ts';
import { answerTyped } from '../http/answer-typed.ts';
import { withArray } from '../http/array-bodies.ts';
import { forClient } from '../http/watch-client.ts';
import type { ApiOptions, App } from '../types.ts';
import { ScoreAnswer, ScoreRequest } from './schemas.ts';
import { scoreRequest } from './score.ts';

export function scoreRoutes(app: App, api: ApiOptions): void {
  app.post(
    '/score',
    {
      config: COMPUTED,
      schema: {
        operationId: 'score',
        summary: 'Score rows: how strange they are, why, and what was expected instead',
        description:
          "Equal rows get equal scores, whatever other rows are sent with them. The first request for a checkpoint other than the model's default takes longer, because it also scores the validation rows.",
        tags: ['inference'],
        body: ScoreRequest,
        response: {
          200: addNpy(
            addCsv(
              describePicture(
                ScoreAnswer,
                'Scores with p-values. In a PNG, each image is above its heat map: black pixels are as usual, white ones 5 nats or more stranger.',
              ),
              'score, standard_error and, with a calibration, percentile, p_value and flag of each row.',
            ),
            'float32 [rows]: score.',
          ),
        },
      },
    },
    async (request, reply) => {
      return answerTyped(
        request,
        reply,
        await scoreRequest(forClient(api, reply), withArray(request), request.headers.accept),
      );
    },
  );
}
