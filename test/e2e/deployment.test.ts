import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TrainJob } from '../../src/api/jobs/schemas.ts';
import type { Model } from '../../src/api/models/schemas.ts';
import { describeOnRedis } from '../support/on-redis.ts';
import { asIdx, tinyImages } from '../support/tiny-images.ts';
import { LONG, SHORT, Stand, trainerAfter, trainOn, type Started } from './stand.ts';

const HEAVY = /onnxruntime|tensorflow|tfjs|pglite/i;

describeOnRedis('API and worker as two processes on Redis', (redis) => {
  let stand: Stand;
  let coverage: string;
  let api: Started;
  let worker: Started;
  let dataset: string;
  let whole: TrainJob;
  beforeAll(async () => {
    coverage = await mkdtemp(join(tmpdir(), 'aevb-loaded-'));
    stand = await Stand.open({ AEVB_QUEUE_URL: redis().url });
    // With this set, Node.js writes the names of all scripts that it has loaded when it ends.
    api = await stand.start('api', { NODE_V8_COVERAGE: coverage });
    dataset = (await api.client.upload(asIdx(tinyImages(300)))).id;
  });
  afterAll(async () => {
    await stand.close();
    await rm(coverage, { recursive: true, force: true });
  });

  it('wait for each other: a job given before there is a worker is done when one comes', async () => {
    const { client } = api;
    whole = await trainOn(client, dataset, LONG);
    expect((await client.job(whole.id)).state).toBe('queued');
    worker = await stand.start('worker');
    expect(await client.untilState(whole.id, 'succeeded')).toMatchObject({ attempts: 1 });
  });

  it('finish a job though Redis is killed and started again meanwhile', async () => {
    const { client } = api;
    const { id, model_id } = await trainOn(client, dataset, LONG);
    await trainerAfter(client, id, 300);
    const models = await listModels();
    await redis().stop();
    const order = { dataset_id: dataset, training: SHORT };
    for (const answer of [client.get(`/jobs/${id}`), client.get('/readyz'), client.post('/jobs', order)]) {
      const { status, type } = await answer;
      expect({ status, type }).toEqual({ status: 503, type: 'application/problem+json' });
    }
    expect((await client.get('/healthz')).status).toBe(200);
    expect((await client.get(`/samples?model_id=${whole.model_id}`)).status).toBe(503);
    expect(await listModels()).toEqual(models);

    await redis().start();
    await client.untilReady();
    await client.untilState(id, 'succeeded');
    expect(await stand.parameters(client, model_id)).toEqual(await stand.parameters(client, whole.model_id));
    expect((await client.get(`/samples?model_id=${model_id}`)).status).toBe(200);
    expect(await worker.service.end('SIGTERM')).toEqual({ code: 0, signal: null });

    async function listModels(): Promise<string[]> {
      const { data } = (await client.get('/models')).json<{ data: Model[] }>();
      return data.map((model) => model.id);
    }
  });

  it('have kept the mathematics and the embedded database out of the API process', async () => {
    const { client, service } = api;
    expect((await client.get(`/models/${whole.model_id}`)).status).toBe(200);
    expect((await client.get('/readyz')).status).toBe(200);

    expect(await readFile(`/proc/${service.pid}/maps`, 'utf8')).not.toMatch(HEAVY);
    expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
    const loaded = await scriptsIn(coverage);
    expect(loaded.filter((url) => url.endsWith('/dist/api/app.js'))).toHaveLength(1);
    expect(loaded.filter((url) => HEAVY.test(url))).toEqual([]);
  });
});

async function scriptsIn(folder: string): Promise<string[]> {
  const files = await readdir(folder);
  const reports = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return reports.flatMap((text) => {
    const { result } = JSON.parse(text) as { result: { url: string }[] };
    return result.map(({ url }) => url);
  });
}
