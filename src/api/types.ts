import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Config } from '../config.ts';
import type { Producer } from '../queue/queues.ts';
import type { DatasetStore } from '../store/datasets.ts';
import type { ModelStore } from '../store/models.ts';
import type { ResultStore } from '../store/results.ts';

export interface ApiStore {
  readonly datasets: DatasetStore;
  readonly models: ModelStore;
  readonly results: ResultStore;
  /** Resolves if bytes can be written and read back. */
  ping(): Promise<void>;
}

export interface ApiOptions {
  readonly config: Config;
  readonly producer: Producer;
  readonly store: ApiStore;
  /** If absent, nothing is logged. */
  readonly logger?: FastifyBaseLogger;
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
