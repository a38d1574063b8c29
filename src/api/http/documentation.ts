import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { publishDocument } from './published.ts';
import type { App } from '../types.ts';

/** Serves OpenAPI 3.1 at /docs/json and a page for people at /docs. Install it before the routes, which it collects. */
export async function installDocumentation(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'aevb',
        version: '1',
        description: 'Trains and serves Auto-Encoding Variational Bayes models.',
      },
      tags: [
        { name: 'jobs', description: 'Train and evaluate models.' },
        { name: 'models', description: 'Trained models, and models in training.' },
        { name: 'datasets', description: 'The data to train on.' },
        { name: 'inference', description: 'Use a model, from its first checkpoint on.' },
        {
          name: 'open inference',
          description:
            'The Open Inference Protocol, version 2 (KServe, Triton), with the binary tensor data extension.',
        },
        { name: 'pictures', description: 'See what a model has learned, as PNG or as numbers.' },
        { name: 'service', description: 'The state of the service.' },
      ],
    },
    convertConstToEnum: false,
    transformObject: (found) => publishDocument('openapiObject' in found ? found.openapiObject : {}),
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
}
