import type {
  BackendFactory,
  IQueueBackend,
  Job,
  KeyPrefixOptions,
  Queue,
  QueueBaseOptions,
  QueueEvents,
  Worker,
} from 'bullmq';
import { AppError } from '../../errors.ts';
import type { QueueBackend } from '../queues.ts';
import type { StoredData, StoredProgress, StoredReturn } from '../stored.ts';

export type ConnectionOptions = QueueBaseOptions & KeyPrefixOptions;

/** BullMQ's classes with our contents, for any kind of server. */
export type BullQueue = Queue<
  StoredData,
  StoredReturn,
  string,
  StoredData,
  StoredReturn,
  string,
  IQueueBackend
>;
export type BullEvents = QueueEvents<StoredReturn, IQueueBackend>;
export type BullJob = Job<StoredData, StoredReturn, string, StoredProgress>;
export type BullWorker = Worker<StoredData, StoredReturn, string, IQueueBackend, StoredProgress>;

/** What differs between kinds of servers. */
export interface QueueDriver {
  readonly kind: QueueBackend['kind'];
  readonly factory: BackendFactory;
  /** No other process can hold jobs when this one opens: jobs that are still active belonged to a dead process. */
  readonly exclusive: boolean;
  /** For enqueuing and for events: operations fail if the server is away. */
  readonly producing: ConnectionOptions;
  /** For consuming: operations wait until the server is back. Each call may open a connection. */
  connectConsumer(): ConnectionOptions;
  /** Call before making a producer or a consumer. Errors: queue_unavailable if they could not recover later. */
  prepare(): Promise<void>;
  /** Resolves while the server can be reached. Errors: queue_unavailable, after about a second. */
  waitUntilReady(): Promise<void>;
  ping(): Promise<void>;
  /** Calls back each time the connection that `producing` uses is lost. */
  onLost(listener: () => void): void;
  close(): Promise<void>;
}

export function createUnavailable(detail: string, cause?: unknown): AppError {
  return AppError.of('queue_unavailable', { detail }, { cause });
}
