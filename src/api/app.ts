import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import { newId } from '../ids.ts';
import { installBodyGuard } from './plugins/body-guard.ts';
import { installDocumentation } from './plugins/documentation.ts';
import { installDrain } from './plugins/drain.ts';
import { answerClientError, frameworkErrors, installErrors } from './plugins/errors.ts';
import { installTiming } from './plugins/timing.ts';
import { datasetRoutes } from './routes/datasets.ts';
import { inferenceRoutes } from './routes/inference.ts';
import { jobRoutes } from './routes/jobs.ts';
import { modelRoutes } from './routes/models.ts';
import { sampleRoutes } from './routes/samples.ts';
import { serviceRoutes } from './routes/service.ts';
import type { ApiOptions, App, Patience } from './types.ts';
import { validatorCompiler } from './validators.ts';

export type { ApiOptions, ApiStore, App, Patience } from './types.ts';

const PATIENCE: Patience = {
  headersMs: 15_000,
  bodyMs: 60_000,
  uploadIdleMs: 60_000,
  requestMs: 4 * 3_600_000,
};

/** The HTTP service over a queue and a store. It never listens: that is for the caller. */
export async function buildApp(options: ApiOptions): Promise<App> {
  const { config } = options;
  const patience = { ...PATIENCE, ...options.patience };
  const app: App = Fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    genReqId: () => newId('req'),
    bodyLimit: config.maxBodyBytes,
    requestTimeout: patience.requestMs,
    // A socket is silent while a worker computes: longer than the longest inference.
    connectionTimeout: config.inferenceTimeoutMs + 60_000,
    http: { headersTimeout: patience.headersMs, connectionsCheckingInterval: 1000 },
    // A closing app still answers what comes over open connections: new work with our own 503.
    return503OnClosing: false,
    frameworkErrors: frameworkErrors(config),
    clientErrorHandler: (error, socket) => {
      answerClientError(error, socket);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler());
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));

  installTiming(app);
  installErrors(app, config);
  installDrain(app);
  installBodyGuard(app, config, patience);
  await installDocumentation(app);
  for (const routes of [
    serviceRoutes,
    jobRoutes,
    datasetRoutes,
    modelRoutes,
    inferenceRoutes,
    sampleRoutes,
  ]) {
    await app.register(async (scope) => {
      routes(scope.withTypeProvider<TypeBoxTypeProvider>(), options);
    });
  }
  return app;
}
