import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { buildTestApi } from '../support/api.ts';

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly type?: string;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly discriminator?: { readonly mapping?: Record<string, string> };
  readonly required?: readonly string[];
  readonly $ref?: string;
}
interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly requestBody?: { content: Record<string, { schema: Schema }> };
  readonly responses: Record<string, { description?: string; content?: Record<string, { schema: Schema }> }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, Schema> };
}

async function published(): Promise<Document> {
  const api = await buildTestApi();
  const response = await api.app.inject({ url: '/docs/json' });
  expect(response.statusCode).toBe(200);
  return response.json<Document>();
}

function* objects(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const child of Object.values(value)) yield* objects(child);
}

describe('the OpenAPI document', () => {
  it('has every route', async () => {
    const { openapi, paths } = await published();
    expect(openapi).toMatch(/^3\.1/);
    const routes = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.sort()).toMatchInlineSnapshot(`
      [
        "DELETE /datasets/{id}",
        "DELETE /jobs/{id}/result",
        "DELETE /models/{id}",
        "GET /",
        "GET /datasets",
        "GET /datasets/{id}",
        "GET /datasets/{id}/download",
        "GET /datasets/{id}/preview",
        "GET /datasets/{id}/rows",
        "GET /datasets/{id}/statistics",
        "GET /healthz",
        "GET /jobs",
        "GET /jobs/{id}",
        "GET /jobs/{id}/result",
        "GET /models",
        "GET /models/{id}",
        "GET /models/{id}/fidelity",
        "GET /models/{id}/manifold",
        "GET /models/{id}/metrics",
        "GET /models/{id}/scatter",
        "GET /models/{id}/traversal",
        "GET /readyz",
        "GET /samples",
        "GET /v2",
        "GET /v2/health/live",
        "GET /v2/health/ready",
        "GET /v2/models/{id}",
        "GET /v2/models/{id}/config",
        "GET /v2/models/{id}/ready",
        "GET /v2/models/{id}/versions/{version}",
        "GET /v2/models/{id}/versions/{version}/config",
        "GET /v2/models/{id}/versions/{version}/ready",
        "POST /datasets",
        "POST /datasets/{id}/columns",
        "POST /decode",
        "POST /elbo",
        "POST /encode",
        "POST /impute",
        "POST /interpolate",
        "POST /jobs",
        "POST /jobs/{id}/cancel",
        "POST /log-likelihood",
        "POST /log-marginal-likelihood",
        "POST /reconstruct",
        "POST /samples",
        "POST /score",
        "POST /v2/models/{id}/infer",
        "POST /v2/models/{id}/versions/{version}/infer",
      ]
    `);
  });

  it('gives every route a summary, a tag, described answers, problems and a name of its own', async () => {
    const { paths } = await published();
    const names: string[] = [];
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, { operationId = '', summary, tags, responses }] of Object.entries(operations)) {
        const name = `${method} ${path}`;
        expect(operationId, name).toMatch(/^[a-z]+([A-Z][a-z]*)*$/);
        names.push(operationId);
        expect(summary, name).toBeTruthy();
        expect(tags, name).toHaveLength(1);
        const successes = Object.keys(responses).filter(
          (status) => status.startsWith('2') && status !== '206',
        );
        expect(successes, name).toHaveLength(1);
        for (const [status, response] of Object.entries(responses)) {
          expect(response.description, `${name} ${status}`).toMatch(/^(?!Default Response).+\.$/);
          if (Number(status) < 400) continue;
          const [type, error] = path.startsWith('/v2')
            ? ['application/json', 'InferenceError']
            : ['application/problem+json', 'Problem'];
          const schema = response.content?.[type]?.schema;
          expect(schema, `${name} ${status}`).toMatchObject({ $ref: `#/components/schemas/${error}` });
        }
      }
    }
    expect(new Set(names).size).toBe(names.length);
  });

  it('says what is in every array, and names every object in a union', async () => {
    const document = await published();
    for (const node of objects(document) as Generator<Schema>) {
      if (node.type === 'array') expect(node, JSON.stringify(node)).toHaveProperty('items');
      for (const member of [...(node.oneOf ?? []), ...(node.anyOf ?? [])]) {
        expect(member.type, JSON.stringify(node)).not.toBe('object');
        expect(member, JSON.stringify(node)).not.toHaveProperty('properties');
      }
    }
  });

  it('has a component for each union and each of its members', async () => {
    const { components } = await published();
    const { Optimizer, Measure, JobRequest } = components.schemas;
    const references = (schema?: Schema) => schema?.oneOf?.map(({ $ref }) => $ref?.split('/').at(-1));
    expect(references(Optimizer)).toEqual(expect.arrayContaining(['SgdOptimizer', 'AdamOptimizer']));
    expect(Optimizer?.discriminator?.mapping).toMatchObject({ adam: '#/components/schemas/AdamOptimizer' });
    expect(references(Measure)).toEqual(expect.arrayContaining(['ElboMeasure', 'MarginalMeasure']));
    expect(references(JobRequest)).toEqual([
      'TrainRequest',
      'EvaluateRequest',
      'ScoreJobRequest',
      'EncodeJobRequest',
      'ImputeJobRequest',
      'SampleJobRequest',
    ]);
    const { Posterior, Prior, Likelihood, Schedule, Algorithm, Estimator, Objective } = components.schemas;
    for (const union of [Posterior, Prior, Likelihood, Schedule, Algorithm, Estimator, Objective]) {
      expect(references(union)?.every((name = '') => name in components.schemas)).toBe(true);
    }
  });

  it('requires of a request no field that has a default, and of an answer every such field', async () => {
    const document = await published();
    expect(JSON.stringify(document)).not.toContain('x-published');
    for (const node of objects(document)) {
      const { properties = {}, required = [] } = node as Schema;
      for (const name of Array.isArray(required) ? required : []) {
        expect(properties[name as string] ?? {}, String(name)).not.toHaveProperty('default');
      }
    }
    const { schemas } = document.components;
    expect(schemas['EvaluateRequest']?.required).toEqual(['model_id', 'type']);
    expect(schemas['TrainRequest']?.required).toEqual(['dataset_id']);
    expect(schemas['ModelOrder']?.properties?.['latent_size']).toMatchObject({ maximum: 1024 });
    expect(schemas['ModelOrder']?.properties?.['latent_size']).not.toHaveProperty('default');
    expect(schemas['TrainingOrder']?.properties?.['samples_per_datapoint']).toMatchObject({ default: 1 });
    expect(schemas['ModelSpec']?.required).toContain('latent_size');
    expect(schemas['EncodeRequest']?.required).toEqual(['model_id']);
    expect(schemas['EncodeRequest']?.properties?.['data']).toHaveProperty('items.anyOf');
  });

  it('refers only to what is there, and to all of it', async () => {
    const document = await published();
    const references = [...(objects(document) as Generator<Schema>)].flatMap(({ $ref }) => $ref ?? []);
    const names = references.map((reference) => reference.replace('#/components/schemas/', ''));
    expect([...new Set(names)].sort()).toEqual(Object.keys(document.components.schemas));
  });

  it('takes files as they are', async () => {
    const { paths } = await published();
    expect(paths['/datasets']?.['post']?.requestBody?.content).toMatchObject({
      'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
    });
  });

  it('can be read by people', async () => {
    const api = await buildTestApi();
    const page = await api.app.inject({ url: '/docs' });
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect((await api.app.inject({ url: '/docs/static/swagger-ui.css' })).statusCode).toBe(200);
  });
});

describe('src/api', () => {
  it('imports neither a worker nor the mathematics', async () => {
    const folder = new URL('../../src/api/', import.meta.url);
    const files = await readdir(folder, { recursive: true });
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      const source = await readFile(new URL(file, folder), 'utf8');
      const imports = [...source.matchAll(/from '([^']+)'/g)].map((match) => match[1] ?? '');
      for (const name of imports) {
        expect(name, file).not.toMatch(
          /\/worker\/|tensorflow|onnxruntime|\/model\/(?!(?:specification|dataset|table)\.ts)/,
        );
      }
    }
  });
});
