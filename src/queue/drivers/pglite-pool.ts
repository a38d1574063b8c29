import { EventEmitter } from 'node:events';
import type { PGlite } from '@electric-sql/pglite';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';

const LISTEN = /^\s*LISTEN\s+"?(\w+)"?/im;

/**
 * PGlite as a `pg.Pool`, as far as BullMQ uses one. All clients share the single session of the database, so nothing else may
 * run during a transaction (the migrations).
 */
export class PglitePool extends EventEmitter implements PgPool {
  /** BullMQ uses long blocking reads only on connections with keepAlive. */
  readonly options = { keepAlive: true };
  readonly #database: PGlite;

  constructor(database: PGlite) {
    super();
    this.setMaxListeners(0);
    this.#database = database;
  }

  async connect(): Promise<PglitePoolClient> {
    return new PglitePoolClient(this.#database);
  }

  query<Row>(text: string, parameters?: readonly unknown[]): Promise<PgQueryResult<Row>> {
    return runQuery<Row>(this.#database, text, parameters);
  }

  async end(): Promise<void> {
    await this.#database.close();
  }
}

class PglitePoolClient extends EventEmitter implements PgPoolClient {
  readonly #database: PGlite;
  readonly #subscriptions = new Map<string, () => Promise<void>>();

  constructor(database: PGlite) {
    super();
    this.setMaxListeners(0);
    this.#database = database;
  }

  async query<Row>(text: string, parameters?: readonly unknown[]): Promise<PgQueryResult<Row>> {
    const channel = LISTEN.exec(text)?.[1];
    if (channel === undefined) return runQuery<Row>(this.#database, text, parameters);
    if (!this.#subscriptions.has(channel)) {
      const unsubscribe = await this.#database.listen(channel, (payload) => {
        this.emit('notification', { channel, payload });
      });
      this.#subscriptions.set(channel, unsubscribe);
    }
    return { rows: [], rowCount: 0 };
  }

  release(): void {
    const subscriptions = [...this.#subscriptions.values()];
    this.#subscriptions.clear();
    // A closed database has dropped its subscriptions already.
    for (const unsubscribe of subscriptions) void unsubscribe().catch(() => undefined);
  }
}

/** Without parameters, a text may have many statements (a migration); returns the last one's result. */
async function runQuery<Row>(
  database: PGlite,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<PgQueryResult<Row>> {
  const result =
    parameters.length === 0
      ? (await database.exec(text)).at(-1)
      : await database.query<Row>(text, [...parameters]);
  const rows = (result?.rows ?? []) as Row[];
  return { rows, rowCount: result?.rowCount ?? rows.length };
}
