import type { App } from '../api/app.ts';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';

const REASONS: Record<string, string> = {
  EADDRINUSE: 'another process uses this port',
  EACCES: 'this user lacks the permission',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'the host name is unknown',
};

/** Makes the API listen. Errors: cannot_listen. */
export async function listen(app: App, { host, port }: Pick<Config, 'host' | 'port'>): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    throw AppError.of('cannot_listen', { address: `${host}:${port}`, reason }, { cause: error });
  }
}
