import { Ajv, type ValidateFunction } from 'ajv';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { expect, onTestFinished } from 'vitest';
import { buildApp, type ApiOptions, type App } from '../../src/api/app.ts';
import { loadConfig, type Config } from '../../src/config.ts';
import { createId } from '../../src/ids.ts';
import type { ModelRecord } from '../../src/store/models.ts';
import { FAKE_DATA_SIZE, FAKE_LATENT_SIZE, FakeProducer } from './fake-producer.ts';
import { createResultStore, type ResultStore } from '../../src/store/results.ts';
import { FakeDatasets, FakeModels } from './fake-stores.ts';
import { memoryDriver } from './memory-driver.ts';
import { modelSpec, trainingSpec } from './specifications.ts';

export interface TestApi {
  readonly app: App;
  readonly producer: FakeProducer;
  readonly datasets: FakeDatasets;
  readonly models: FakeModels;
  readonly results: ResultStore;
  readonly store: { pingFailure: Error | null };
  /** app.inject, and a check that status and body are as the published OpenAPI document says. */
  call(request: InjectOptions): Promise<LightMyRequestResponse>;
}

/** Apps with the usual settings that no test uses now: to make one takes as long as ten tests. */
const idle: TestApi[] = [];

/** The API over fakes that hold nothing yet; the test has it for itself until it ends. */
export async function buildTestApi(
  settings: Partial<Config> = {},
  options: Pick<ApiOptions, 'logger'> = {},
): Promise<TestApi> {
  const isUsual = Object.keys(settings).length === 0 && options.logger === undefined;
  const api = (isUsual ? idle.pop() : undefined) ?? (await makeTestApi(settings, options));
  onTestFinished(async () => {
    const { app } = api;
    if (!isUsual || app.isDraining() || app.server.listening) return app.close();
    empty(api);
    idle.push(api);
  });
  return api;
}

async function makeTestApi(settings: Partial<Config>, options: Pick<ApiOptions, 'logger'>): Promise<TestApi> {
  const [producer, datasets, models] = [new FakeProducer(), new FakeDatasets(), new FakeModels()];
  const results = createResultStore(memoryDriver());
  const store: TestApi['store'] = { pingFailure: null };
  const ping = async () => {
    if (store.pingFailure !== null) throw store.pingFailure;
  };
  const app = await buildApp({
    config: { ...loadConfig({}), ...settings },
    producer,
    store: { datasets, models, results, ping },
    ...options,
  });
  await app.ready();
  const check = (contract ??= contractCheck(app));
  const call = async (request: InjectOptions) => {
    const response = await app.inject(request);
    check(request, response);
    return response;
  };
  return { app, producer, datasets, models, results, store, call };
}

/** Puts the fakes back as they were made, whatever a test has set or replaced. */
function empty({ producer, datasets, models, store }: TestApi): void {
  for (const [fake, made] of [
    [producer, new FakeProducer()],
    [datasets, new FakeDatasets()],
    [models, new FakeModels()],
  ] as const) {
    for (const name of Object.keys(fake)) Reflect.deleteProperty(fake, name);
    Object.assign(fake, made);
  }
  store.pingFailure = null;
}

/** A model in the store that fits what the fake producer answers. */
export async function addModel(api: TestApi, fields: Partial<ModelRecord> = {}): Promise<ModelRecord> {
  const record: ModelRecord = {
    id: createId('model'),
    name: 'tiny',
    created_at: '2026-01-01T00:00:00.000Z',
    job_id: createId('job'),
    dataset_id: 'mnist',
    data_size: FAKE_DATA_SIZE,
    row_shape: [2, 2],
    split: 'separate',
    table: null,
    default_checkpoint: 'latest',
    comparison: null,
    model: modelSpec({ latent_size: FAKE_LATENT_SIZE }),
    training: trainingSpec(),
    ...fields,
  };
  await api.models.create(record);
  return record;
}

export const GAUSSIAN = modelSpec({
  latent_size: FAKE_LATENT_SIZE,
  likelihood: { family: 'gaussian', mean: 'free', variance: 'shared' },
});

export interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly request_id: string;
  readonly errors: readonly { pointer: string; detail: string }[];
}

/** The body of a problem, after checks that hold for every one of them. */
export function problemOf(response: LightMyRequestResponse): ProblemBody {
  expect(response.headers['content-type']).toBe('application/problem+json');
  const body: ProblemBody = response.json();
  expect(body).toMatchObject({ type: 'about:blank', status: response.statusCode });
  expect(body.request_id).toBe(response.headers['x-request-id']);
  expect(response.body).not.toMatch(/node_modules|\bat .*:\d+:\d+/);
  return body;
}

interface Operation {
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}

/** Types of answers that are no text. */
const BINARY = new Set([
  'image/png',
  'application/x-npy',
  'application/vnd.apache.parquet',
  'application/octet-stream',
]);

/** The document is the same for every app: it is compiled once. */
let contract: ReturnType<typeof contractCheck> | undefined;

function contractCheck(app: App) {
  const document = app.swagger();
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'openapi');
  const compiled = new Map<string, ValidateFunction>();
  return ({ method = 'GET', url }: InjectOptions, response: LightMyRequestResponse): void => {
    const target = typeof url === 'string' ? (url.split('?', 1)[0] ?? '') : '';
    const template = Object.keys(document.paths ?? {}).find((candidate) =>
      new RegExp(`^${candidate.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(target),
    );
    const operations = document.paths?.[template ?? ''] as Record<string, Operation> | undefined;
    const operation = operations?.[method.toLowerCase()];
    if (template === undefined || operation === undefined) return;
    const status = String(response.statusCode);
    expect(Object.keys(operation.responses), `${method} ${template} documents ${status}`).toContain(status);
    const type = String(response.headers['content-type'] ?? '').split(';', 1)[0] ?? '';
    if (response.body === '' || BINARY.has(type)) return;
    const pointer = ['paths', template, method.toLowerCase(), 'responses', status, 'content', type, 'schema'];
    const escaped = pointer.map((part) => encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1')));
    const $ref = `openapi#/${escaped.join('/')}`;
    const validate = compiled.get($ref) ?? ajv.compile({ $ref });
    compiled.set($ref, validate);
    const body: unknown =
      type.endsWith('json') && !type.endsWith('x-ndjson') ? response.json() : response.body;
    expect(validate(body) ? [] : validate.errors, `${method} ${template} ${status}`).toEqual([]);
  };
}
