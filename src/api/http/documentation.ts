import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifySchema } from 'fastify';
import { PUBLISHED } from './schemas.ts';
import { Dataset, DatasetDetails } from '../datasets/schemas.ts';
import { EvaluateJob, TrainJob } from '../jobs/schemas.ts';
import { Model, ModelDetails } from '../models/schemas.ts';
import { ProblemDetails } from './problem-schema.ts';
import type { App } from '../types.ts';

/** OpenAPI 3.1 at /docs/json, to be read by people at /docs. Before the routes: it collects them as they are added. */
export async function installDocumentation(app: App): Promise<void> {
  for (const schema of [
    ProblemDetails,
    TrainJob,
    EvaluateJob,
    Dataset,
    DatasetDetails,
    Model,
    ModelDetails,
  ]) {
    app.addSchema(answerSchema(schema));
  }
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'aevb',
        version: '1',
        description: 'Trains and serves Auto-Encoding Variational Bayes models.',
      },
      tags: [
        { name: 'jobs', description: 'Training and evaluating.' },
        { name: 'models', description: 'What training made.' },
        { name: 'datasets', description: 'What to train on.' },
        { name: 'inference', description: 'Using a model, from its first checkpoint on.' },
        { name: 'pictures', description: 'What a model has learned, as PNG or as numbers.' },
        { name: 'service', description: 'The service itself.' },
      ],
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => nameOf(json['$id'], index) },
    transform: ({ schema, url }) => ({ schema: publish(schema), url }),
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
}

function nameOf(id: unknown, index: number): string {
  return typeof id === 'string' ? id : `schema-${index}`;
}

function publish(schema: FastifySchema | undefined): FastifySchema {
  const { response, ...request } = schema ?? {};
  const published = requestSchema(request) as FastifySchema;
  return response === undefined ? published : { ...published, response: answerSchema(response) };
}

type Node = Record<string, unknown>;

/** What is filled in need not be sent: fields with a default are not required. */
function requestSchema(value: unknown): unknown {
  return rewrite(value, (node) => {
    const { [PUBLISHED]: published, ...rest } = node;
    const properties = (rest['properties'] ?? {}) as Record<string, Node>;
    if (Array.isArray(rest['required'])) {
      const required = (rest['required'] as string[]).filter(
        (name) => !('default' in (properties[name] ?? {})),
      );
      if (required.length > 0) rest['required'] = required;
      else delete rest['required'];
    }
    return { ...rest, ...(published as Node | undefined) };
  });
}

/** What is answered is all there: no defaults, everything required stays so. */
function answerSchema(value: unknown): unknown {
  return rewrite(value, ({ default: filledIn, ...rest }) => {
    // A property may be called `default`: then it is a schema of its own.
    return typeof filledIn === 'object' && filledIn !== null && 'type' in filledIn
      ? { ...rest, default: filledIn }
      : rest;
  });
}

/** A copy with each object rewritten, children first. */
function rewrite(value: unknown, change: (node: Node) => Node): unknown {
  if (Array.isArray(value)) return value.map((child) => rewrite(child, change));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => [key, rewrite(child, change)] as const);
  return change(Object.fromEntries(entries));
}
