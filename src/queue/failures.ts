import { UnrecoverableError } from 'bullmq';
import { AppError, ERRORS, isRetryable, type SerializedError } from '../errors.ts';

/** Errors on their way through BullMQ, which keeps of a failure only its message: that message is our JSON. */

export function serializeError(error: unknown): SerializedError {
  return (error instanceof AppError ? error : AppError.of('internal', {})).toJSON();
}

/** What to throw at BullMQ so that it retries the job or not. */
export function failureOf(error: unknown): Error {
  const message = JSON.stringify(serializeError(error));
  return isRetryable(error) ? new Error(message) : new UnrecoverableError(message);
}

/**
 * How long a training or an evaluation waits before it is tried again. Whatever gets in the way is mostly over in a second; room on a
 * disk is made by people: ten attempts then last 25 minutes.
 */
export function retryDelayMs(failure: Error, attempt: number): number {
  const { kind } = AppError.fromJSON(parseFailure(failure.message));
  return kind === 'full' ? Math.min(10_000 * 2 ** (attempt - 1), 300_000) : 1_000;
}

/** BullMQ's own word for a job whose worker died too often. */
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
