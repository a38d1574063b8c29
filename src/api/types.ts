import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Config } from '../config.ts';
import type { Producer } from '../queue/queues.ts';
import type { DatasetStore } from '../store/datasets.ts';
import type { ModelStore } from '../store/models.ts';

export interface ApiStore {
  readonly datasets: DatasetStore;
  readonly models: ModelStore;
  /** Resolves where bytes can be written and read back. */
  ping(): Promise<void>;
}

/** How long a slow client is waited for, in milliseconds. */
export interface Patience {
  /** Until all headers are there. */
  readonly headersMs: number;
  /** Until all of a JSON body is there. */
  readonly bodyMs: number;
  /** Between two pieces of an upload. */
  readonly uploadIdleMs: number;
  /** Until all of any request is there. */
  readonly requestMs: number;
}

export interface ApiOptions {
  readonly config: Config;
  readonly producer: Producer;
  readonly store: ApiStore;
  /** Absent: nothing is logged. */
  readonly logger?: FastifyBaseLogger;
  readonly patience?: Partial<Patience>;
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
