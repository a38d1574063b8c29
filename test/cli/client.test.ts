import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CallFailed, createClient, JobFailed, type Client } from '../../src/cli/client.ts';

interface Service {
  readonly client: Client;
  readonly requests: string[];
  readonly abort: () => void;
}

/** A service that gives these answers, one after another, the last one for ever. */
async function answering(...answers: (readonly [status: number, body: unknown])[]): Promise<Service> {
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    void text(request).then((body) => {
      requests.push([request.method, request.url, request.headers['content-type'], body].join(' ').trim());
      const [status, answer] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, ''];
      response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const controller = new AbortController();
  const { port } = server.address() as AddressInfo;
  return {
    client: createClient(`http://127.0.0.1:${port}/`, controller.signal),
    requests,
    abort: () => {
      controller.abort(new Error('interrupted'));
    },
  };
}

const job = (state: string, more: object = {}) => [200, { id: 'job_1', state, ...more }] as const;

describe('a client', () => {
  test('gets and posts JSON, bytes and streams', async () => {
    const { client, requests } = await answering([200, { n: 1 }]);
    expect(await client.getJson('/models?limit=1')).toEqual({ n: 1 });
    expect(await client.postJson('/decode', { latents: [[1]] })).toEqual({ n: 1 });
    expect(Buffer.from(await client.getBytes('/samples')).toString()).toBe('{"n":1}');
    expect(Buffer.from(await client.postBytes('/reconstruct', {})).toString()).toBe('{"n":1}');
    expect(await client.upload('/datasets?name=a', Readable.from(['1,', '2']), 'text/csv')).toEqual({ n: 1 });
    expect(requests).toEqual([
      'GET /models?limit=1',
      'POST /decode application/json {"latents":[[1]]}',
      'GET /samples',
      'POST /reconstruct application/json {}',
      'POST /datasets?name=a text/csv 1,2',
    ]);
  });

  test('waits for a job and shows every state it finds', async () => {
    const { client } = await answering(job('queued'), job('running'), job('succeeded', { attempts: 1 }));
    const seen: string[] = [];
    const done = await client.waitForJob('job_1', ({ state }) => seen.push(state));
    expect(done).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(seen).toEqual(['queued', 'running', 'succeeded']);
  });

  test.each([
    ['failed', { error: { message: 'It broke.' } }, 'job_1 failed: It broke.'],
    ['cancelled', {}, 'job_1 was cancelled'],
  ])('rejects where a job has %s', async (state, more, message) => {
    const { client } = await answering(job(state, more));
    await expect(client.waitForJob('job_1')).rejects.toThrow(new JobFailed(message));
  });

  test('ends its waits when told to', async () => {
    const { client, abort } = await answering(job('running'));
    await expect(client.waitForJob('job_1', abort)).rejects.toThrow();
  });

  test('says what a problem says, or the answer as it is', async () => {
    const problem = {
      detail: 'The query is not valid.',
      errors: [{ pointer: 'size', detail: 'must be <= 9' }],
    };
    const { client } = await answering([422, problem], [502, 'Bad Gateway']);
    const refusal = { status: 422, detail: problem.detail, problems: problem.errors };
    await expect(client.getJson('/a')).rejects.toThrow(
      new CallFailed('GET /a: the service answered 422: The query is not valid. size: must be <= 9', {
        refusal,
      }),
    );
    await expect(client.getJson('/a')).rejects.toThrow('GET /a: the service answered 502: Bad Gateway');
  });

  test.each(['http://127.0.0.1:1', 'no url'])('says that %s does not answer', async (url) => {
    const { signal } = new AbortController();
    await expect(createClient(url, signal).getJson('/a')).rejects.toThrow(`GET /a: no answer from ${url}`);
  });
});
