import { answerTyped } from '../http/answer-typed.ts';
import { decode, encode, scoreElbo, scoreLogMarginalLikelihood } from './scoring.ts';
import { drawSamples } from './samples.ts';
import { reconstruct } from './reconstruct.ts';
import {
  DecodeRequest,
  ElboAnswer,
  ElboRequest,
  EncodeAnswer,
  EncodeRequest,
  LogMarginalLikelihoodAnswer,
  LogMarginalLikelihoodRequest,
  MeanAnswer,
  ReconstructAnswer,
  ReconstructRequest,
  SamplesAnswer,
  SamplesQuery,
} from './schemas.ts';
import { withArray } from '../http/array-bodies.ts';
import { forClient } from '../http/watch-client.ts';
import type { ApiOptions, App } from '../types.ts';
import { addCsv, addNpy, DATA_NPY, describeJson, describePicture } from '../http/media.ts';
import { COMPUTED } from '../http/problem-statuses.ts';

const tags = ['inference'];

export function inferenceRoutes(app: App, api: ApiOptions): void {
  app.post(
    '/encode',
    {
      config: COMPUTED,
      schema: {
        operationId: 'encode',
        summary: 'Embed rows: get the mean and standard deviation of the approximate posterior',
        tags,
        body: EncodeRequest,
        response: {
          200: addNpy(
            addCsv(describeJson(EncodeAnswer, 'One posterior per row.'), 'Means and standard deviations.'),
            'float32 [rows, latent_size]: the means.',
          ),
        },
      },
    },
    async (request, reply) => {
      return answerTyped(
        request,
        reply,
        await encode(forClient(api, reply), withArray(request), request.headers.accept),
      );
    },
  );

  app.post(
    '/decode',
    {
      config: COMPUTED,
      schema: {
        operationId: 'decode',
        summary: 'Decode points of the latent space',
        tags,
        body: DecodeRequest,
        response: {
          200: addNpy(
            addCsv(describeJson(MeanAnswer, 'One row of data per point.'), 'The rows of `mean`.'),
            DATA_NPY,
          ),
        },
      },
    },
    async (request, reply) => {
      return answerTyped(
        request,
        reply,
        await decode(forClient(api, reply), withArray(request), request.headers.accept),
      );
    },
  );

  app.post(
    '/reconstruct',
    {
      config: COMPUTED,
      schema: {
        operationId: 'reconstruct',
        summary: 'Reconstruct rows: pass them through encoder and decoder',
        description: 'Send `data`, or `rows` of the data set instead.',
        tags,
        body: ReconstructRequest,
        response: {
          200: addNpy(
            addCsv(
              describePicture(
                ReconstructAnswer,
                'The reconstructions. In a PNG, each row is above its reconstruction.',
              ),
              'The rows of `mean`.',
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
        await reconstruct(forClient(api, reply), withArray(request), request.headers.accept),
      );
    },
  );

  app.post(
    '/elbo',
    {
      config: COMPUTED,
      schema: {
        operationId: 'estimateElbo',
        summary: 'Score rows by the evidence lower bound and its terms',
        tags,
        body: ElboRequest,
        response: {
          200: addNpy(
            addCsv(
              describeJson(ElboAnswer, 'The scores of each row and their means.'),
              'The scores of each row.',
            ),
            'float32 [rows]: elbo.',
          ),
        },
      },
    },
    async (request, reply) => {
      return answerTyped(
        request,
        reply,
        await scoreElbo(forClient(api, reply), withArray(request), request.headers.accept),
      );
    },
  );

  const logMarginalLikelihood = {
    config: COMPUTED,
    schema: {
      operationId: 'estimateLogMarginalLikelihood',
      summary: 'Score rows by estimates of the log marginal likelihood log p(x)',
      tags,
      body: LogMarginalLikelihoodRequest,
      response: {
        200: addNpy(
          addCsv(
            describeJson(LogMarginalLikelihoodAnswer, 'The estimates for each row and their mean.'),
            'The estimates for each row.',
          ),
          'float32 [rows]: log_marginal_likelihood.',
        ),
      },
    },
  };
  const deprecated = {
    operationId: 'estimateLogLikelihood',
    summary: 'Deprecated: the same as POST /log-marginal-likelihood',
    deprecated: true,
  };
  const spellings = [
    ['/log-marginal-likelihood', logMarginalLikelihood],
    [
      '/log-likelihood',
      { ...logMarginalLikelihood, schema: { ...logMarginalLikelihood.schema, ...deprecated } },
    ],
  ] as const;
  for (const [path, options] of spellings) {
    app.post(path, options, async (request, reply) => {
      return answerTyped(
        request,
        reply,
        await scoreLogMarginalLikelihood(forClient(api, reply), withArray(request), request.headers.accept),
      );
    });
  }

  app.get(
    '/samples',
    {
      config: COMPUTED,
      schema: {
        operationId: 'drawSamples',
        summary: 'Generate data from the prior, as JSON, CSV, NPY or a PNG grid',
        tags,
        querystring: SamplesQuery,
        response: {
          200: addNpy(
            addCsv(
              describePicture(SamplesAnswer, 'Draws of z and the data decoded from them; in a PNG a grid.'),
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
        await drawSamples(forClient(api, reply), request.query, request.headers.accept),
      );
    },
  );
}
