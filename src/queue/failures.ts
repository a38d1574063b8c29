import { UnrecoverableError } from 'bullmq';
import { AppError, ERRORS, isRetryable, type SerializedError } from '../errors.ts';

/** BullMQ keeps only the message of a failure, so that message is our error as JSON. */

export function serializeError(error: unknown): SerializedError {
  return (error instanceof AppError ? error : AppError.of('internal', {})).toJSON();
}

/** What to throw at BullMQ so that it retries the job or not. */
export function toBullError(error: unknown): Error {
  const message = JSON.stringify(serializeError(error));
  return isRetryable(error) ? new Error(message) : new UnrecoverableError(message);
}

/**
 * How long a training or an evaluation waits before it is retried. Most causes are gone after a second. A full disk needs a person:
 * then ten attempts take 25 minutes.
 */
export function retryDelayMs(failure: Error, attempt: number): number {
  const { kind } = AppError.fromJSON(parseFailure(failure.message));
  return kind === 'full' ? Math.min(10_000 * 2 ** (attempt - 1), 300_000) : 1_000;
}

/** BullMQ's message for a job whose worker died too often. */
const STALLED = /stalled more than allowable limit/;

export function parseFailure(failedReason: string | undefined): SerializedError {
  const parsed = parseJson(failedReason ?? '');
  if (isSerializedError(parsed)) return parsed;
  if (STALLED.test(failedReason ?? '')) {
    return AppError.of('worker_process_died', { pid: undefined, how: 'while it ran this job' }).toJSON();
  }
  return serializeError(new Error(failedReason));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSerializedError(value: unknown): value is SerializedError {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, problems } = value as Partial<Record<keyof SerializedError, unknown>>;
  return (
    typeof code === 'string' &&
    Object.hasOwn(ERRORS, code) &&
    typeof message === 'string' &&
    Array.isArray(problems)
  );
}
