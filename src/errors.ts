/** One problem in a request: where it is (JSON pointer or parameter name), what is wrong and what is allowed. */
export interface Problem {
  readonly pointer: string;
  readonly detail: string;
}

/** The kind of an error, never its code, decides the HTTP status (api) and whether a job is retried (worker). */
export const ERROR_KINDS = [
  'invalid',
  'not_found',
  'conflict',
  'too_large',
  'unsupported_media',
  'overloaded',
  'unavailable',
  'full',
  'diverged',
  'damaged',
  'timeout',
  'internal',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

interface Entry<Values> {
  readonly kind: ErrorKind;
  readonly message: (values: Values) => string;
}

const entry = <Values>(kind: ErrorKind, message: (values: Values) => string): Entry<Values> => ({
  kind,
  message,
});

/** Every expected error: code -> kind and message. */
export const ERRORS = {
  validation_failed: entry('invalid', (v: { what: string }) => `${v.what} is not valid.`),
  data_invalid: entry(
    'invalid',
    (v: { where: string; found: string; allowed: string; more?: number }) =>
      `At ${v.where}: found ${v.found}; allowed: ${v.allowed}.${v.more ? ` ${v.more + 1} problems in total.` : ''}`,
  ),
  id_invalid: entry('invalid', (v: { id: string }) => `${v.id} is not a valid id.`),
  job_not_found: entry('not_found', (v: { id: string }) => `There is no job ${v.id}.`),
  dataset_not_found: entry('not_found', (v: { id: string }) => `There is no data set ${v.id}.`),
  model_not_found: entry('not_found', (v: { id: string }) => `There is no model ${v.id}.`),
  checkpoint_not_found: entry(
    'not_found',
    (v: { id: string; step: number }) => `Model ${v.id} has no checkpoint of step ${v.step}.`,
  ),
  route_not_found: entry(
    'not_found',
    (v: { method: string; path: string }) => `There is no route ${v.method} ${v.path}.`,
  ),
  result_not_found: entry(
    'not_found',
    (v: { id: string }) =>
      `Job ${v.id} has no file: it has not succeeded, is of a type that writes none, or its file was removed.`,
  ),
  blob_not_found: entry('not_found', (v: { key: string }) => `Nothing is stored at ${v.key}.`),
  model_not_ready: entry(
    'conflict',
    (v: { id: string }) =>
      `Model ${v.id} has no usable checkpoint yet; try again after the training has written one.`,
  ),
  no_encoder: entry(
    'conflict',
    (v: { id: string }) =>
      `Model ${v.id} was trained by mcem, which has no encoder: it can decode and sample, and its log marginal likelihood can be estimated.`,
  ),
  not_a_table: entry(
    'conflict',
    (v: { id: string }) =>
      `Model ${v.id} was trained on arrays, but a report on its samples compares the columns of a table. An evaluation (POST /jobs) measures any model.`,
  ),
  not_two_latents: entry(
    'conflict',
    (v: { id: string; latentSize: number }) =>
      `Model ${v.id} has ${v.latentSize} latent dimensions, but a manifold needs exactly 2. A traversal (GET /models/${v.id}/traversal) works for any number.`,
  ),
  no_quantile: entry(
    'conflict',
    (v: { id: string; prior: string }) =>
      `The latent dimensions of model ${v.id} depend on each other (its prior is ${v.prior}), so a single one has no quantiles: manifolds and traversals cannot be drawn. Samples and interpolations can.`,
  ),
  model_in_use: entry(
    'conflict',
    (v: { id: string; job: string }) => `Model ${v.id} is being trained by job ${v.job}.`,
  ),
  dataset_in_use: entry(
    'conflict',
    (v: { id: string; job: string; use: 'itself' | 'model' }) =>
      `Data set ${v.id} is in use by job ${v.job}${v.use === 'model' ? ', whose model was trained on it' : ''}. Wait for the job to end, or cancel it (POST /jobs/${v.job}/cancel).`,
  ),
  dataset_built_in: entry(
    'conflict',
    (v: { id: string }) => `Data set ${v.id} is built in and cannot be deleted.`,
  ),
  job_finished: entry(
    'conflict',
    (v: { id: string; state: string }) => `Job ${v.id} has already ${v.state}.`,
  ),
  no_source: entry(
    'conflict',
    (v: { id: string }) =>
      `Data set ${v.id} has no stored table, so its columns cannot get other roles: upload the file again with columns={"name":"role"}.`,
  ),
  upload_not_kept: entry(
    'conflict',
    (v: { id: string }) =>
      `The upload of data set ${v.id} is not kept, because it is no table. Ask for its values instead: format npy, csv, jsonl or parquet.`,
  ),
  not_images: entry(
    'conflict',
    (v: { id: string; shape: string }) =>
      `The rows of data set ${v.id} have the shape [${v.shape}] and are no images, which are [height, width], [height, width, 1] or [height, width, 3]. GET /datasets/${v.id}/rows shows them as cells.`,
  ),
  blob_corrupt: entry('damaged', (v: { key: string; detail: string }) => `${v.key} is damaged: ${v.detail}.`),
  queue_folder_locked: entry(
    'conflict',
    (v: { folder: string; pid: number | string }) =>
      `The queue folder ${v.folder} is open in another process (pid ${v.pid}). Stop it, give this one another folder (AEVB_DATA_DIR), or share a queue with AEVB_QUEUE_URL=redis://...`,
  ),
  too_large: entry(
    'too_large',
    (v: { what: string; limit: number; unit: string }) =>
      `${v.what} is larger than the limit of ${v.limit} ${v.unit}.`,
  ),
  upload_too_slow: entry(
    'too_large',
    (v: { seconds: number }) =>
      `Reading the upload took longer than the limit of ${v.seconds} seconds (AEVB_UPLOAD_PARSE_TIMEOUT_MS). Upload fewer rows, or raise the limit.`,
  ),
  unsupported_media: entry(
    'unsupported_media',
    (v: { found: string; allowed: string }) =>
      `Media type ${v.found} is not supported; allowed: ${v.allowed}.`,
  ),
  overloaded: entry('overloaded', (v: { what: string }) => `${v.what} is full; try again later.`),
  queue_unavailable: entry(
    'unavailable',
    (v: { detail: string }) => `The queue cannot be reached: ${v.detail}.`,
  ),
  store_full: entry(
    'full',
    (v: { key: string; code: string }) =>
      `There is no space left to store ${v.key} (${v.code}). Free space on the disk of the data folder (AEVB_DATA_DIR) or raise its quota. Everything stored before is intact.`,
  ),
  store_unwritable: entry(
    'unavailable',
    (v: { key: string; code: string }) =>
      `${v.key} cannot be written (${v.code}): the data folder (AEVB_DATA_DIR) is read-only, belongs to another user, or is on a broken disk. Everything stored before is intact.`,
  ),
  cannot_listen: entry(
    'conflict',
    (v: { address: string; reason: string }) =>
      `Cannot listen on ${v.address}: ${v.reason}. Choose another with AEVB_HOST and AEVB_PORT (0 picks a free port).`,
  ),
  draining: entry('unavailable', () => 'The service is shutting down and takes no new work.'),
  not_ready: entry('unavailable', (v: { what: string }) => `The service is not ready: ${v.what}.`),
  answer_not_finite: entry(
    'invalid',
    (v: { what: string }) =>
      `The ${v.what} in the answer is not finite: the values sent are too large for this model.`,
  ),
  inference_timeout: entry(
    'timeout',
    (v: { seconds: number }) => `No worker answered within ${v.seconds} seconds.`,
  ),
  training_diverged: entry(
    'diverged',
    (v: { step: number; quantity: string; checkpoint: string }) =>
      `Training diverged: ${v.quantity} is not finite at step ${v.step}. ${v.checkpoint} Lower optimizer.learning_rate or look for extreme values in the data.`,
  ),
  evaluation_not_finite: entry(
    'diverged',
    (v: { quantity: string }) =>
      `${v.quantity} is not finite on these rows: look for values that did not occur in training, or evaluate another checkpoint.`,
  ),
  worker_process_died: entry(
    'internal',
    (v: { pid: number | undefined; how: string }) =>
      `The worker process (pid ${v.pid ?? '?'}) ended: ${v.how}.`,
  ),
  internal: entry('internal', () => 'Something went wrong inside the service.'),
} as const;

export type ErrorCode = keyof typeof ERRORS;
export type ErrorValues<Code extends ErrorCode> = Parameters<(typeof ERRORS)[Code]['message']>[0];

/** An expected failure: a code of {@link ERRORS}, a message built from values, and the problems in a request. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly problems: readonly Problem[];

  private constructor(
    code: ErrorCode,
    message: string,
    problems: readonly Problem[],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.kind = ERRORS[code].kind;
    this.problems = problems;
  }

  static of<Code extends ErrorCode>(
    code: Code,
    values: ErrorValues<Code>,
    extra: { problems?: readonly Problem[]; cause?: unknown } = {},
  ): AppError {
    const build = ERRORS[code].message as (values: ErrorValues<Code>) => string;
    return new AppError(code, build(values), extra.problems ?? [], { cause: extra.cause });
  }

  /** Plain JSON, to cross processes and queues. */
  toJSON(): SerializedError {
    return { code: this.code, message: this.message, problems: this.problems };
  }

  static fromJSON(error: SerializedError): AppError {
    return new AppError(error.code, error.message, error.problems);
  }
}

export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly problems: readonly Problem[];
}

/** Whether the job may succeed if it is retried. */
export function isRetryable(error: unknown): boolean {
  const retry: Record<ErrorKind, boolean> = {
    invalid: false,
    not_found: false,
    conflict: false,
    too_large: false,
    unsupported_media: false,
    overloaded: true,
    unavailable: true,
    full: true,
    diverged: false,
    damaged: false,
    // Nobody waits for it any more.
    timeout: false,
    internal: true,
  };
  return error instanceof AppError ? retry[error.kind] : true;
}
