import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import type { Model } from '../../src/api/models/schemas.ts';
import { describeOnRedis } from '../support/on-redis.ts';
import { asIdx, tinyImages } from '../support/tiny-images.ts';
import { LONG, SHORT, Stand, trainerAfter, trainOn } from './stand.ts';

const HEAVY = /onnxruntime|tensorflow|tfjs|pglite/i;

describeOnRedis('API and worker as two processes on Redis', (redis) => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await Stand.open({ AEVB_QUEUE_URL: redis().url });
  });
  afterEach(() => stand.close());

  it('finish a job though Redis is killed and started again meanwhile', async () => {
    const { client } = await stand.start('api');
    const worker = await stand.start('worker');
    const dataset = (await client.upload(asIdx(tinyImages(300)))).id;
    const whole = await trainOn(client, dataset, LONG);
    await client.untilState(whole.id, 'succeeded');

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

  it('keep the mathematics and the embedded database out of the API process', async () => {
    const coverage = await mkdtemp(join(tmpdir(), 'aevb-loaded-'));
    onTestFinished(() => rm(coverage, { recursive: true, force: true }));
    // With this set, Node.js writes the names of all scripts that it has loaded when it ends.
    const { client, service } = await stand.start('api', { NODE_V8_COVERAGE: coverage });
    const dataset = (await client.upload(asIdx(tinyImages(300)))).id;
    const { model_id } = await trainOn(client, dataset, SHORT);
    expect((await client.get(`/models/${model_id}`)).status).toBe(200);
    expect((await client.get('/readyz')).status).toBe(200);

    expect(await readFile(`/proc/${service.pid}/maps`, 'utf8')).not.toMatch(HEAVY);
    expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
    const loaded = await scriptsIn(coverage);
    expect(loaded.filter((url) => url.endsWith('/dist/api/app.js'))).toHaveLength(1);
    expect(loaded.filter((url) => HEAVY.test(url))).toEqual([]);
  });

  it('wait for each other: a job given before there is a worker is done when one comes', async () => {
    const { client } = await stand.start('api');
    const dataset = (await client.upload(asIdx(tinyImages(300)))).id;
    const { id } = await trainOn(client, dataset, SHORT);
    expect((await client.job(id)).state).toBe('queued');
    await stand.start('worker');
    expect(await client.untilState(id, 'succeeded')).toMatchObject({ attempts: 1 });
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
