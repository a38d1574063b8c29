import { addCsv, addNpy, DATA_NPY, describePicture, JSON_TYPE } from '../http/media.ts';
import { COMPUTED } from '../http/problem-statuses.ts';
import { answerTyped } from '../http/answer-typed.ts';
import { withArray } from '../http/array-bodies.ts';
import { forClient } from '../http/watch-client.ts';
import type { ApiOptions, App } from '../types.ts';
import { imputeRequest, sampleGiven } from './impute.ts';
import {
  ConditionalSamplesAnswer,
  ConditionalSamplesRequest,
  ImputeAnswer,
  ImputeRequest,
} from './schemas.ts';

const tags = ['inference'];

export function imputeRoutes(app: App, api: ApiOptions): void {
  app.post(
    '/impute',
    {
      config: COMPUTED,
      schema: {
        operationId: 'impute',
        summary: 'Fill in missing values of rows, and answer what-if questions',
        description:
          'Values that are null are missing. Any value may be missing if the model was trained with `training.masking`; otherwise those of columns that had missing values in the training rows.',
        tags,
        body: ImputeRequest,
        response: {
          200: addNpy(
            addCsv(
              describePicture(
                ImputeAnswer,
                'The whole rows, and what was expected. In a PNG, each row is above what it becomes; missing pixels are grey.',
              ),
            ),
            DATA_NPY,
          ),
        },
      },
    },
    async (request, reply) => {
      return answerTyped(
        request,
        reply,
        await imputeRequest(forClient(api, reply), withArray(request), request.headers.accept),
      );
    },
  );

  app.post(
    '/samples',
    {
      config: COMPUTED,
      schema: {
        operationId: 'sampleGiven',
        summary: 'Draw rows of a table that have given values',
        tags,
        body: ConditionalSamplesRequest,
        response: {
          200: addCsv({
            description: 'Draws of rows.',
            content: { [JSON_TYPE]: { schema: ConditionalSamplesAnswer } },
          }),
        },
      },
    },
    async (request, reply) => {
      return answerTyped(
        request,
        reply,
        await sampleGiven(forClient(api, reply), request.body, request.headers.accept),
      );
    },
  );
}
