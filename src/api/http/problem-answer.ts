import { STATUS_CODES } from 'node:http';
import { AppError, type ErrorKind } from '../../errors.ts';
import { HTTP_ERRORS, HttpError } from './http-error.ts';
import type { ProblemDetails } from './problem-schema.ts';

export const PROBLEM_TYPE = 'application/problem+json';

const STATUS_OF_KIND: Record<ErrorKind, number> = {
  invalid: 422,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported_media: 415,
  overloaded: 429,
  unavailable: 503,
  full: 507,
  timeout: 504,
  diverged: 500,
  damaged: 500,
  internal: 500,
};

const RETRY_AFTER_SECONDS: Partial<Record<ErrorKind, number>> = { overloaded: 1, unavailable: 5, full: 60 };

export function statusOf(kind: ErrorKind): number {
  return STATUS_OF_KIND[kind];
}

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemDetails;
}

export interface ProblemContext {
  readonly requestId: string;
  /** The error names an id that stands in the path: a malformed one is not found rather than invalid. */
  readonly idInPath?: boolean;
}

/** The answer to an error. What is not meant for clients (unknown errors, internal kinds) keeps its message inside. */
export function problemAnswer(error: unknown, context: ProblemContext): ProblemAnswer {
  if (error instanceof AppError) return ofAppError(error, context);
  if (error instanceof HttpError) {
    return answer(HTTP_ERRORS[error.code].status, error.code, error.message, [], context, error.headers);
  }
  return ofAppError(AppError.of('internal', undefined), context);
}

function ofAppError(error: AppError, context: ProblemContext): ProblemAnswer {
  const lost = error.code === 'id_invalid' && context.idInPath === true;
  const status = lost ? 404 : statusOf(error.kind);
  const inside = error.kind === 'internal' || error.kind === 'damaged';
  const detail = inside ? AppError.of('internal', undefined).message : error.message;
  const wait = RETRY_AFTER_SECONDS[error.kind];
  const headers = wait === undefined ? {} : { 'retry-after': String(wait) };
  return answer(status, error.code, detail, error.problems, context, headers);
}

function answer(
  status: number,
  code: string,
  detail: string,
  problems: AppError['problems'],
  context: ProblemContext,
  headers: Readonly<Record<string, string>>,
): ProblemAnswer {
  const body: ProblemDetails = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    request_id: context.requestId,
    errors: problems.map(({ pointer, detail: what }) => ({ pointer, detail: what })),
  };
  return { status, headers, body };
}
