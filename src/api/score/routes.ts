import { describePicture } from '../http/media.ts';
import { COMPUTED } from '../http/problem-statuses.ts';
import { answerPicture } from '../pictures/answer-picture.ts';
import { withArray } from '../http/array-bodies.ts';
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
          200: describePicture(
            ScoreAnswer,
            'Scores with p-values. In a PNG, each image is above its heat map: black pixels are as usual, white ones 5 nats or more stranger.',
          ),
        },
      },
    },
    async (request, reply) => {
      return answerPicture(
        request,
        reply,
        await scoreRequest(api, withArray(request), request.headers.accept),
      );
    },
  );
}
