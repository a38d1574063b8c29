import Type from 'typebox';
import { answerTyped } from '../http/answer-typed.ts';
import { COMPUTED } from '../http/problem-statuses.ts';
import { addDescription, ById } from '../http/schemas.ts';
import { checkReady } from '../service/readiness.ts';
import type { ApiOptions, App } from '../types.ts';
import { INFERENCE_ERRORS as errorForm } from './error-form.ts';
import { inferTensors } from './infer.ts';
import { countJsonBytes, installMessages } from './message.ts';
import {
  checkModelReady,
  configureModel,
  describeModel,
  EXTENSIONS,
  readServiceVersion,
} from './metadata.ts';
import {
  InferenceAnswer,
  InferenceRequest,
  Live,
  ModelConfiguration,
  ModelMetadata,
  ModelReady,
  ModelVersion,
  Ready,
  ServerMetadata,
} from './schemas.ts';
import type { WrittenAnswer } from './write-answer.ts';

const tags = ['open inference'];
const READS = { needs: ['store'], errorForm } as const;

/** The Open Inference Protocol: github.com/kserve/open-inference-protocol, and Triton's binary tensor data extension. */
export function openInferenceRoutes(app: App, api: ApiOptions): void {
  installMessages(app);
  serverRoutes(app, api);
  modelRoutes(app, api, { path: '/v2/models/:id', params: ById, suffix: 'Model', of: 'a model' });
  modelRoutes(app, api, {
    path: '/v2/models/:id/versions/:version',
    params: ModelVersion,
    suffix: 'ModelVersion',
    of: 'a checkpoint',
  });
}

function serverRoutes(app: App, api: ApiOptions): void {
  const server = { name: 'aevb' as const, version: readServiceVersion(), extensions: EXTENSIONS };
  app.get(
    '/v2',
    {
      config: { errorForm },
      schema: {
        operationId: 'getInferenceServer',
        summary: 'Get the name, version and extensions of the server',
        tags,
        response: { 200: addDescription(ServerMetadata, 'The server.') },
      },
    },
    async () => server,
  );

  app.get(
    '/v2/health/live',
    {
      config: { polled: true, errorForm },
      schema: {
        operationId: 'checkInferenceLive',
        summary: 'Check that the process answers, as GET /healthz',
        tags,
        response: { 200: addDescription(Live, 'The process answers.') },
      },
    },
    async () => ({ live: true as const }),
  );

  app.get(
    '/v2/health/ready',
    {
      config: { needs: ['store', 'queue'], polled: true, errorForm },
      schema: {
        operationId: 'checkInferenceReady',
        summary: 'Check that the service accepts work, as GET /readyz',
        tags,
        response: { 200: addDescription(Ready, 'Work is accepted.') },
      },
    },
    async (request) => {
      await checkReady(api, app.isDraining(), request.log);
      return { ready: true as const };
    },
  );
}

interface Place<Params> {
  readonly path: string;
  readonly params: Params;
  /** Of the names of operations. */
  readonly suffix: string;
  readonly of: string;
}

/** The same routes for a model and for one of its versions. */
function modelRoutes(
  app: App,
  api: ApiOptions,
  { path, params, suffix, of }: Place<typeof ById | typeof ModelVersion>,
): void {
  app.get(
    path,
    {
      config: READS,
      schema: {
        operationId: `describe${suffix}`,
        summary: `Get the tensors of ${of}`,
        tags,
        params,
        response: { 200: addDescription(ModelMetadata, 'The model.') },
      },
    },
    async (request) => describeModel(api, request.params),
  );

  app.get(
    `${path}/config`,
    {
      config: READS,
      schema: {
        operationId: `configure${suffix}`,
        summary: `Get the configuration of ${of}, for Triton's clients`,
        tags,
        params,
        response: { 200: addDescription(ModelConfiguration, 'The configuration.') },
      },
    },
    async (request) => configureModel(api, request.params),
  );

  app.get(
    `${path}/ready`,
    {
      config: { ...READS, needs: ['store', 'state'], polled: true },
      schema: {
        operationId: `check${suffix}Ready`,
        summary: `Check that ${of} can be used`,
        tags,
        params,
        response: { 200: addDescription(ModelReady, 'It can be used.') },
      },
    },
    async (request) => checkModelReady(api, request.params),
  );

  app.post(
    `${path}/infer`,
    {
      config: { ...COMPUTED, errorForm, countJsonBytes },
      schema: {
        operationId: `infer${suffix}`,
        summary: `Compute outputs of ${of}: encode, decode, reconstruct or score`,
        description:
          'Tensors can follow the JSON as bytes, if the header Inference-Header-Content-Length says how long the JSON is. The answer is then application/octet-stream with the same header, if an output asks for it. Any content type is accepted.',
        tags,
        params,
        body: InferenceRequest,
        response: {
          200: Type.Unsafe<WrittenAnswer['content']>(
            addDescription(InferenceAnswer, 'The outputs, in the order of the request.'),
          ),
        },
      },
    },
    async (request, reply) => {
      const bytes = request.tensorBytes ?? Buffer.alloc(0);
      return answerTyped(request, reply, await inferTensors(api, request.params, request.body, bytes));
    },
  );
}
