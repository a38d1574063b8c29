import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { buildTestApi } from '../support/api.ts';

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly oneOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly $ref?: string;
}
interface Operation {
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
        "DELETE /models/{id}",
        "GET /",
        "GET /datasets",
        "GET /datasets/{id}",
        "GET /healthz",
        "GET /jobs",
        "GET /jobs/{id}",
        "GET /models",
        "GET /models/{id}",
        "GET /models/{id}/manifold",
        "GET /models/{id}/metrics",
        "GET /models/{id}/scatter",
        "GET /models/{id}/traversal",
        "GET /readyz",
        "GET /samples",
        "POST /datasets",
        "POST /decode",
        "POST /elbo",
        "POST /encode",
        "POST /interpolate",
        "POST /jobs",
        "POST /jobs/{id}/cancel",
        "POST /log-likelihood",
        "POST /reconstruct",
      ]
    `);
  });

  it('gives every route a summary, a tag, a described success and problems', async () => {
    const { paths } = await published();
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, { summary, tags, responses }] of Object.entries(operations)) {
        const name = `${method} ${path}`;
        expect(summary, name).toBeTruthy();
        expect(tags, name).toHaveLength(1);
        expect(
          Object.keys(responses).some((status) => status.startsWith('2')),
          name,
        ).toBe(true);
        for (const [status, response] of Object.entries(responses)) {
          if (Number(status) < 400) continue;
          const schema = response.content?.['application/problem+json']?.schema;
          expect(schema, `${name} ${status}`).toEqual({ $ref: '#/components/schemas/Problem' });
        }
      }
    }
  });

  it('requires no field that has a default, nor shows words of our own', async () => {
    const document = await published();
    for (const node of objects(document)) {
      const { properties = {}, required = [] } = node as Schema;
      for (const name of Array.isArray(required) ? required : []) {
        expect(properties[name as string] ?? {}, String(name)).not.toHaveProperty('default');
      }
    }
    expect(JSON.stringify(document)).not.toContain('x-published');
    const order = document.paths['/jobs']?.['post']?.requestBody?.content['application/json']?.schema;
    const [job, evaluation] = order?.oneOf ?? [];
    expect(evaluation?.required).toEqual(['model_id', 'type']);
    expect(job?.required).toEqual(['dataset_id']);
    expect(job?.properties?.['model']?.properties?.['latent_size']).toMatchObject({
      default: 20,
      maximum: 1024,
    });
    const rows = document.paths['/encode']?.['post']?.requestBody?.content['application/json']?.schema;
    expect(rows?.required).toEqual(['model_id', 'data']);
    expect(rows?.properties?.['data']).toHaveProperty('items.anyOf');
  });

  it('refers only to what is there', async () => {
    const document = await published();
    for (const { $ref } of objects(document) as Generator<Schema>) {
      if ($ref === undefined) continue;
      expect(Object.keys(document.components.schemas)).toContain($ref.replace('#/components/schemas/', ''));
    }
    expect(Object.keys(document.components.schemas).sort()).toEqual([
      'Dataset',
      'DatasetDetails',
      'EvaluateJob',
      'Model',
      'ModelDetails',
      'Problem',
      'TrainJob',
    ]);
  });

  it('takes files as they are', async () => {
    const { paths } = await published();
    expect(Object.keys(paths['/datasets']?.['post']?.requestBody?.content ?? {})).toEqual([
      'application/octet-stream',
      'application/gzip',
      'text/csv',
      'application/x-npy',
    ]);
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
          /\/worker\/|tensorflow|onnxruntime|\/model\/(?!(?:specification|dataset)\.ts)/,
        );
      }
    }
  });
});
