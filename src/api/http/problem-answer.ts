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

export function findStatus(kind: ErrorKind): number {
  return STATUS_OF_KIND[kind];
}

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemDetails;
}

export interface ProblemContext {
  readonly requestId: string;
  /** The id in question is part of the path: if it is malformed, it is not found rather than invalid. */
  readonly idInPath?: boolean;
}

/** The answer to an error. Messages of unknown errors and internal kinds are not shown to clients. */
export function toProblem(error: unknown, context: ProblemContext): ProblemAnswer {
  if (error instanceof AppError) return answerAppError(error, context);
  if (error instanceof HttpError) {
    return buildAnswer(HTTP_ERRORS[error.code].status, error.code, error.message, [], context, error.headers);
  }
  return answerAppError(AppError.of('internal', undefined), context);
}

function answerAppError(error: AppError, context: ProblemContext): ProblemAnswer {
  const isNotFound = error.code === 'id_invalid' && context.idInPath === true;
  const status = isNotFound ? 404 : findStatus(error.kind);
  const isInternal = error.kind === 'internal' || error.kind === 'damaged';
  const detail = isInternal ? AppError.of('internal', undefined).message : error.message;
  const wait = RETRY_AFTER_SECONDS[error.kind];
  const headers = wait === undefined ? {} : { 'retry-after': String(wait) };
  return buildAnswer(status, error.code, detail, error.problems, context, headers);
}

function buildAnswer(
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
