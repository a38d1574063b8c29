import { answerPicture } from '../pictures/answer-picture.ts';
import { answerTimed } from '../http/timing.ts';
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
import type { ApiOptions, App } from '../types.ts';
import { addDescription } from '../http/schemas.ts';
import { addCsv, describePicture } from '../http/media.ts';
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
        response: { 200: addDescription(EncodeAnswer, 'One posterior per row.') },
      },
    },
    async (request, reply) => {
      return answerTimed(request, reply, await encode(api, withArray(request)));
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
        response: { 200: addDescription(MeanAnswer, 'One row of data per point.') },
      },
    },
    async (request, reply) => {
      return answerTimed(request, reply, await decode(api, withArray(request)));
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
          200: describePicture(
            ReconstructAnswer,
            'The reconstructions. In a PNG, each row is above its reconstruction.',
          ),
        },
      },
    },
    async (request, reply) => {
      return answerPicture(
        request,
        reply,
        await reconstruct(api, withArray(request), request.headers.accept),
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
        response: { 200: addDescription(ElboAnswer, 'The scores of each row and their means.') },
      },
    },
    async (request, reply) => {
      return answerTimed(request, reply, await scoreElbo(api, withArray(request)));
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
        200: addDescription(LogMarginalLikelihoodAnswer, 'The estimates for each row and their mean.'),
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
      return answerTimed(request, reply, await scoreLogMarginalLikelihood(api, withArray(request)));
    });
  }

  app.get(
    '/samples',
    {
      config: COMPUTED,
      schema: {
        operationId: 'drawSamples',
        summary: 'Generate data from the prior, as JSON, as CSV or as a PNG grid',
        tags,
        querystring: SamplesQuery,
        response: {
          200: addCsv(
            describePicture(SamplesAnswer, 'Draws of z and the data decoded from them; in a PNG a grid.'),
          ),
        },
      },
    },
    async (request, reply) => {
      return answerPicture(request, reply, await drawSamples(api, request.query, request.headers.accept));
    },
  );
}
