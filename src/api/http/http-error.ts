/** Failures that only HTTP knows: code -> status and default message. All others are of src/errors.ts. */
export const HTTP_ERRORS = {
  malformed_json: { status: 400, message: 'The body is not valid JSON.' },
  empty_body: { status: 400, message: 'The body is empty.' },
  body_incomplete: { status: 400, message: 'The body ended before it was complete.' },
  malformed_request: { status: 400, message: 'The request is not valid HTTP.' },
  bad_request: { status: 400, message: 'The request cannot be read.' },
  method_not_allowed: { status: 405, message: 'This method is not allowed here.' },
  not_acceptable: { status: 406, message: 'No answer of the wanted media type can be given.' },
  request_timeout: { status: 408, message: 'The request took too long to arrive.' },
  headers_too_large: { status: 431, message: 'The request headers are too large.' },
} as const;
export type HttpErrorCode = keyof typeof HTTP_ERRORS;

export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpErrorCode;
  /** Read by Fastify where a body stream fails with this error. */
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: HttpErrorCode,
    extra: { detail?: string; headers?: Readonly<Record<string, string>>; cause?: unknown } = {},
  ) {
    super(extra.detail ?? HTTP_ERRORS[code].message, { cause: extra.cause });
    this.code = code;
    this.statusCode = HTTP_ERRORS[code].status;
    this.headers = extra.headers ?? {};
  }
}
