/** Failures that only HTTP knows: code -> status and default message. All others are in src/errors.ts. */
export const HTTP_ERRORS = {
  malformed_json: { status: 400, message: 'The body is not valid JSON.' },
  malformed_gzip: { status: 400, message: 'The body is not valid gzip.' },
  empty_body: { status: 400, message: 'The body is empty.' },
  body_incomplete: { status: 400, message: 'The body ended before it was complete.' },
  client_gone: { status: 400, message: 'The client hung up before the answer was ready.' },
  malformed_request: { status: 400, message: 'The request is not valid HTTP.' },
  bad_request: { status: 400, message: 'The request cannot be read.' },
  malformed_path: { status: 400, message: 'The path is not valid: its percent-encoding is not UTF-8.' },
  method_not_allowed: { status: 405, message: 'This method is not allowed here.' },
  not_acceptable: {
    status: 406,
    message: 'The answer has none of the media types that the Accept header allows.',
  },
  request_timeout: { status: 408, message: 'The request took too long to arrive.' },
  unsupported_encoding: {
    status: 415,
    message: 'The content encoding of the body is not supported; allowed: gzip, or none.',
  },
  range_not_satisfiable: { status: 416, message: 'The file has no such bytes.' },
  expectation_failed: { status: 417, message: 'The Expect header must be 100-continue or absent.' },
  headers_too_large: { status: 431, message: 'The request headers are too large.' },
} as const;
export type HttpErrorCode = keyof typeof HTTP_ERRORS;

export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpErrorCode;
  /** Fastify reads it when a body stream fails with this error. */
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
