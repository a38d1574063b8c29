import { expect, it } from 'vitest';
import type { Client } from '../../src/cli/client.ts';
import { readAllMetrics } from '../../src/cli/read-metrics.ts';
import { metricsLine } from '../store/model-fixtures.ts';

const STEPS = [10, 20, 30, 40, 50];
const LINES_PER_PAGE = 2;

/** A service that gives two lines at a time, whatever the limit asked for. */
function pagedClient(): { client: Client; paths: string[] } {
  const paths: string[] = [];
  const refuse = async (): Promise<never> => Promise.reject(new Error('not a call for metrics'));
  const client: Client = {
    getJson: async <Answer>(path: string) => {
      paths.push(path);
      const after = Number(new URL(path, 'http://service').searchParams.get('after') ?? -1);
      const later = STEPS.filter((step) => step > after);
      const data = later.slice(0, LINES_PER_PAGE).map((step) => metricsLine(step));
      return { data, has_more: later.length > LINES_PER_PAGE } as Answer;
    },
    postJson: refuse,
    getBytes: refuse,
    postBytes: refuse,
    upload: refuse,
    waitForJob: refuse,
  };
  return { client, paths };
}

it('metrics are read page by page to the end', async () => {
  const { client, paths } = pagedClient();
  expect((await readAllMetrics(client, 'model_1')).map(({ step }) => step)).toEqual(STEPS);
  expect(paths).toEqual([
    '/models/model_1/metrics?limit=10000',
    '/models/model_1/metrics?limit=10000&after=20',
    '/models/model_1/metrics?limit=10000&after=40',
  ]);
});

it('metrics after a step leave out those before; there may be none', async () => {
  const { client } = pagedClient();
  expect((await readAllMetrics(client, 'model_1', 30)).map(({ step }) => step)).toEqual([40, 50]);
  expect(await readAllMetrics(client, 'model_1', 50)).toEqual([]);
});
