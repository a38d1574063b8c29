import { answerTyped } from '../http/answer-typed.ts';
import { decodeInterpolation, decodeManifold, decodeTraversal } from './latent-pictures.ts';
import { scatterRows } from './scatter.ts';
import { ById } from '../http/schemas.ts';
import {
  InterpolateAnswer,
  InterpolateRequest,
  ManifoldAnswer,
  ManifoldQuery,
  ScatterAnswer,
  ScatterQuery,
  TraversalAnswer,
  TraversalQuery,
} from './schemas.ts';
import { describePicture } from '../http/media.ts';
import { COMPUTED } from '../http/problem-statuses.ts';
import { forClient } from '../http/watch-client.ts';
import type { ApiOptions, App } from '../types.ts';

const tags = ['pictures'];

export function pictureRoutes(app: App, api: ApiOptions): void {
  app.get(
    '/models/:id/manifold',
    {
      config: COMPUTED,
      schema: {
        operationId: 'decodeManifold',
        summary: 'Decode a grid over the latent space of a model with 2 latents',
        description:
          "Figure 4 of the paper. The centers of the cells of the unit square are mapped to latents by the inverse of the prior's distribution function. The first latent increases to the right, the second upwards.",
        tags,
        params: ById,
        querystring: ManifoldQuery,
        response: {
          200: describePicture(ManifoldAnswer, 'Points and the data decoded from them.'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      return answerTyped(
        request,
        reply,
        await decodeManifold(forClient(api, reply), id, request.query, request.headers.accept),
      );
    },
  );

  app.get(
    '/models/:id/traversal',
    {
      config: COMPUTED,
      schema: {
        operationId: 'traverseLatents',
        summary: 'Show the effect of each latent: one moves through the prior while the others stay fixed',
        tags,
        params: ById,
        querystring: TraversalQuery,
        response: {
          200: describePicture(
            TraversalAnswer,
            'Points and the data decoded from them; in a PNG, one row per latent.',
          ),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      return answerTyped(
        request,
        reply,
        await decodeTraversal(forClient(api, reply), id, request.query, request.headers.accept),
      );
    },
  );

  app.post(
    '/interpolate',
    {
      config: COMPUTED,
      schema: {
        operationId: 'interpolate',
        summary: 'Decode the path from one row to another through latent space',
        tags,
        body: InterpolateRequest,
        response: {
          200: describePicture(InterpolateAnswer, 'Points and the data decoded from them.'),
        },
      },
    },
    async (request, reply) => {
      return answerTyped(
        request,
        reply,
        await decodeInterpolation(forClient(api, reply), request.body, request.headers.accept),
      );
    },
  );

  app.get(
    '/models/:id/scatter',
    {
      config: COMPUTED,
      schema: {
        operationId: 'scatterLatents',
        summary: 'Plot the codes of rows in two latent dimensions, coloured by label',
        tags,
        params: ById,
        querystring: ScatterQuery,
        response: { 200: describePicture(ScatterAnswer, 'Means of q(z|x).') },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      return answerTyped(
        request,
        reply,
        await scatterRows(forClient(api, reply), id, request.query, request.headers.accept),
      );
    },
  );
}
