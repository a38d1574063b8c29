import { HttpError } from './http-error.ts';
import type { App } from '../types.ts';

/**
 * Answers two cases with a problem that Node would answer without a body: no Host header, or an expectation that is not
 * 100-continue. The server must be created with requireHostHeader: false.
 */
export function installProtocol(app: App): void {
  app.server.on('checkExpectation', (request, response) => {
    app.routing(request, response);
  });
  app.addHook('onRequest', async ({ raw }) => {
    const { host, expect } = raw.headers;
    if (host === undefined && raw.httpVersion === '1.1') {
      throw new HttpError('malformed_request', { detail: 'The Host header is missing.' });
    }
    if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
      throw new HttpError('expectation_failed');
    }
  });
}
