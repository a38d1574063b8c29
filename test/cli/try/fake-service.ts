import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** What a route answers: JSON, or bytes with status 200. */
type Answer = readonly [status: number, body: object | Buffer];
type Route = (body: string, query: URLSearchParams) => Answer;
export type Routes = Readonly<Record<string, Route>>;

export interface FakeService {
  readonly url: string;
  /** Method, path and query of every request so far. */
  readonly requests: string[];
}

/** A service that answers by `METHOD /path`; whatever else is asked for is not found. Ends with the test. */
export async function startFakeService(routes: Routes): Promise<FakeService> {
  const requests: string[] = [];
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
    requests.push(`${request.method ?? ''} ${decodeURIComponent(request.url ?? '')}`);
    const route = routes[`${request.method ?? ''} ${pathname}`];
    const body = await text(request);
    return route?.(body, searchParams) ?? [404, { detail: `There is no ${pathname}.`, errors: [] }];
  };
  const server = createServer((request, response) => {
    void answer(request).then(([status, body]) => {
      response.writeHead(status).end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
