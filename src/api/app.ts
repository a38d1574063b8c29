import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import { createId } from '../ids.ts';
import { installArrayBodies } from './http/array-bodies.ts';
import { installAdmission } from './http/admission.ts';
import { installBodyGuard } from './http/body-guard.ts';
import { installCompression } from './http/compression.ts';
import { installEtags } from './http/etags.ts';
import { installDocumentation } from './http/documentation.ts';
import { answerClientError, handleFrameworkErrors, installErrors } from './http/errors.ts';
import { installJson } from './http/json.ts';
import { installProtocol } from './http/protocol.ts';
import { installTiming } from './http/timing.ts';
import { contentRoutes } from './datasets/content-routes.ts';
import { columnRoutes, datasetRoutes } from './datasets/routes.ts';
import { fidelityRoutes } from './fidelity/routes.ts';
import { imputeRoutes } from './impute/routes.ts';
import { inferenceRoutes } from './inference/routes.ts';
import { jobRoutes } from './jobs/routes.ts';
import { modelRoutes } from './models/routes.ts';
import { openInferenceRoutes } from './open-inference/routes.ts';
import { pictureRoutes } from './pictures/routes.ts';
import { scoreRoutes } from './score/routes.ts';
import { serviceRoutes } from './service/routes.ts';
import { RequestLog } from './http/request-log.ts';
import type { ApiOptions, App } from './types.ts';
import { createValidatorCompiler } from './http/validators.ts';

export type { ApiOptions, ApiStore, App } from './types.ts';

/** Builds the HTTP service on a queue and a store. The caller makes it listen. */
export async function buildApp(options: ApiOptions): Promise<App> {
  const { config } = options;
  const app: App = Fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    genReqId: () => createId('req'),
    bodyLimit: config.maxBodyBytes,
    logController: new RequestLog(),
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: config.keepAliveTimeoutMs,
    // Longer than the longest work: the socket is silent while a worker computes or a thread reads an upload.
    connectionTimeout: Math.max(config.inferenceTimeoutMs, config.uploadParseTimeoutMs) + 60_000,
    http: {
      headersTimeout: config.headersTimeoutMs,
      connectionsCheckingInterval: 1000,
      // installProtocol answers a missing one with a problem.
      requireHostHeader: false,
    },
    // While closing, the app answers requests on open connections itself: new work with a 503 problem.
    return503OnClosing: false,
    frameworkErrors: handleFrameworkErrors(config),
    clientErrorHandler: (error, socket) => {
      answerClientError(error, socket);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.server.maxConnections = config.maxConnections;
  app.removeContentTypeParser(['text/plain', 'application/json']);
  app.setValidatorCompiler(createValidatorCompiler());
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));

  installTiming(app);
  installErrors(app, config);
  installProtocol(app);
  installJson(app);
  installArrayBodies(app);
  installAdmission(app, config);
  installEtags(app);
  installCompression(app);
  installBodyGuard(app, config);
  await installDocumentation(app);
  for (const routes of [
    serviceRoutes,
    jobRoutes,
    datasetRoutes,
    columnRoutes,
    contentRoutes,
    modelRoutes,
    inferenceRoutes,
    scoreRoutes,
    imputeRoutes,
    fidelityRoutes,
    pictureRoutes,
    openInferenceRoutes,
  ]) {
    await app.register(async (scope) => {
      routes(scope.withTypeProvider<TypeBoxTypeProvider>(), options);
    });
  }
  return app;
}
