import type { ServerResponse } from 'node:http';
import { HttpError } from './http-error.ts';

/** A signal that aborts with client_gone if the connection closes before the answer was sent. */
export function watchClient(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new HttpError('client_gone'));
  });
  return gone.signal;
}
