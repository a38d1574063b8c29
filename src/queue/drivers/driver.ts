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

/** BullMQ's classes with what we keep in them, whatever is behind. */
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

/** What one kind of server adds to BullMQ. */
export interface QueueDriver {
  readonly kind: QueueBackend['kind'];
  readonly factory: BackendFactory;
  /** Nothing else can hold jobs when this one opens: those that are still active belonged to a process now dead. */
  readonly exclusive: boolean;
  /** For giving work and for hearing of its end: operations fail where the server is away. */
  readonly producing: ConnectionOptions;
  /** For taking work: operations wait until the server is back. Each call may open a connection. */
  consuming(): ConnectionOptions;
  /** Before a producer or a consumer is made. Errors: queue_unavailable where it could not set itself up later. */
  prepare(): Promise<void>;
  /** Resolves while the server can be reached. Errors: queue_unavailable, after about a second. */
  ready(): Promise<void>;
  ping(): Promise<void>;
  /** Calls back each time the connection that `producing` uses is lost. */
  onLost(listener: () => void): void;
  close(): Promise<void>;
}

export function unavailable(detail: string, cause?: unknown): AppError {
  return AppError.of('queue_unavailable', { detail }, { cause });
}
