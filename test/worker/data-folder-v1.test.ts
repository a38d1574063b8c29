import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildApp } from '../../src/api/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createOnnxRuntime } from '../../src/model/runtime/onnx/onnx-runtime.ts';
import { ADAPTERS } from '../../src/queue/adapters.ts';
import { INFER_VERSION } from '../../src/queue/operations.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { createInferProcessor } from '../../src/worker/processors/infer.ts';
import { createTrainProcessor } from '../../src/worker/processors/train.ts';
import { FakeProducer } from '../support/fake-producer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { watchedJob } from './workshop.ts';

interface RecordedModel {
  readonly name: string;
  readonly id: string;
  /** Of a training that goes on for more epochs. */
  readonly payload: object;
  /** Of the same training, done in one go. */
  readonly longerMetrics: readonly object[];
  readonly answers: readonly {
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly body?: object;
    readonly answer: unknown;
  }[];
}

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const MODELS = JSON.parse(await readFile(join(FIXTURES, 'answers-v1.json'), 'utf8')) as RecordedModel[];
/** Other processors round differently. */
const TOLERANCE = 1e-5;
const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });

const CONTEXT = {
  jobId: 'job_1',
  attempt: 1,
  signal: new AbortController().signal,
  reportProgress: async () => {},
};

/** Today's store, API and processors over a copy of the folder, with no queue between them. */
async function openCopy() {
  const dataDir = await temporaryFolder();
  await cp(join(FIXTURES, 'data-folder-v1'), dataDir, { recursive: true });
  const config = { ...loadConfig({}), dataDir };
  const store = openStore(config);
  const dependencies = { runtime, store, warn: refuseWarning };
  const infer = createInferProcessor(dependencies);
  const producer = new FakeProducer();
  producer.infer = async ({ timeoutMs, ...order }) => {
    const payload = { version: INFER_VERSION, timeLimitMs: timeoutMs, ...order } as const;
    return { ...(await infer(CONTEXT, payload)), queueMs: 0 };
  };
  const app = await buildApp({ config, store, producer });
  return { store, app, train: createTrainProcessor(dependencies) };
}

function refuseWarning(message: string): void {
  throw new Error(message);
}

describe.each(MODELS)('the $name model of a data folder of commit 8f7616b', (recorded) => {
  it('is read as what it was: its test rows validated, its rows are there', async () => {
    const { store, app } = await openCopy();
    const record = await store.models.get(recorded.id);
    expect(record).toMatchObject({ name: recorded.name, split: 'test_rows_validate' });
    const rows = await store.datasets.openRows(record.dataset_id);
    expect(rows.record).toMatchObject({ rows: 40, data_size: record.data_size });
    await rows.close();
    await expectPublished(store, recorded.id);
    await app.close();
  });

  it('gives the same answers', async () => {
    const { app } = await openCopy();
    for (const { method, path, body, answer } of recorded.answers) {
      const response = await app.inject({ method, url: path, ...(body && { payload: body }) });
      expectSame(response.json(), answer, `${method} ${path}`);
    }
    await app.close();
  });

  it('goes on from its newest checkpoint, ordered by an old payload, to where one training would have come', async () => {
    const { store, app, train } = await openCopy();
    const result = await train(watchedJob().context, ADAPTERS.train.check(recorded.payload));
    expect(result.outcome).toBe('succeeded');
    const lines = (await store.models.readMetrics(recorded.id)).map((line) => forgetTimes(line));
    expectSame(lines, recorded.longerMetrics.map(forgetTimes), 'metrics');
    await app.close();
  });
});

async function expectPublished(store: Store, id: string): Promise<void> {
  const checkpoints = await store.models.listCheckpoints(id);
  expect(checkpoints).toHaveLength(2);
  expect((await store.models.readMetrics(id)).map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
}

const forgetTimes = (line: object): object => ({ ...line, time: null, rows_per_second: null });

/** Every field that was recorded is there with the same value; today's answers may have more. */
function expectSame(found: unknown, expected: unknown, where: string): void {
  if (typeof expected === 'number') {
    if (typeof found !== 'number') expect(found, where).toBe(expected);
    else
      expect(Math.abs(found - expected), where).toBeLessThanOrEqual(
        TOLERANCE * Math.max(1, Math.abs(expected)),
      );
  } else if (Array.isArray(expected)) {
    expect(Array.isArray(found) && found.length, where).toBe(expected.length);
    expected.forEach((item, i) => {
      expectSame(Array.isArray(found) ? found[i] : undefined, item, `${where}/${i}`);
    });
  } else if (typeof expected === 'object' && expected !== null) {
    const fields = new Map(Object.entries(typeof found === 'object' && found !== null ? found : {}));
    for (const [name, value] of Object.entries(expected))
      expectSame(fields.get(name), value, `${where}/${name}`);
  } else {
    expect(found, where).toBe(expected);
  }
}
