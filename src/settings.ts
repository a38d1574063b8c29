import { availableParallelism } from 'node:os';
import Type, { type TSchema } from 'typebox';

export interface Setting<Schema extends TSchema> {
  /** The environment variable. */
  readonly variable: string;
  readonly schema: Schema;
  /** The allowed values, in words. */
  readonly allowed: string;
  /** An additional check that the schema cannot express. */
  readonly usable: (text: string) => boolean;
  /** The value may contain a password, so messages never show it. */
  readonly secret: boolean;
}

type Extras = Partial<Pick<Setting<TSchema>, 'usable' | 'secret'>>;

const defineSetting = <Schema extends TSchema>(
  variable: string,
  schema: Schema,
  allowed: string,
  extras: Extras = {},
): Setting<Schema> => ({ variable, schema, allowed, usable: () => true, secret: false, ...extras });

type Range = readonly [minimum: number, maximum: number];
const defineWhole = (variable: string, [minimum, maximum]: Range, value: number, description: string) =>
  defineSetting(
    variable,
    Type.Integer({ minimum, maximum, default: value, description }),
    `a whole number from ${minimum} to ${maximum}`,
  );

const defineChoice = <Name extends string>(
  variable: string,
  names: readonly Name[],
  value: Name,
  description: string,
) =>
  defineSetting(
    variable,
    Type.Unsafe<Name>({ type: 'string', enum: [...names], default: value, description }),
    `one of ${names.join(', ')}`,
  );

const HOUR_MS = 3_600_000;
const BYTES: Range = [1024, 2 ** 40];
const RUNTIMES = ['auto', 'onnx', 'tfjs'] as const;
const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda'] as const;
const LOG_FORMATS = ['auto', 'pretty', 'json'] as const;
const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** All settings of the service. */
export const SETTINGS = {
  host: defineSetting(
    'AEVB_HOST',
    Type.String({ minLength: 1, default: '127.0.0.1', description: 'Address to listen on.' }),
    'a host name or an address',
  ),
  port: defineWhole('AEVB_PORT', [0, 65_535], 8080, 'Port to listen on; 0 picks a free one.'),
  dataDir: defineSetting(
    'AEVB_DATA_DIR',
    Type.String({
      minLength: 1,
      default: 'data',
      description: 'Folder for data sets, models and the embedded queue.',
    }),
    'the path of a folder',
  ),
  queueUrl: defineSetting(
    'AEVB_QUEUE_URL',
    Type.String({
      pattern: '^$|^(redis|rediss|postgres|postgresql)://',
      default: '',
      description: 'URL of the queue: redis://, rediss:// or postgres://. Empty: the embedded queue.',
    }),
    'a URL that begins with redis://, rediss://, postgres:// or postgresql://, reserved characters of its user and password percent-encoded; or empty',
    { secret: true, usable: (text) => text === '' || isUrl(text) },
  ),
  queuePrefix: defineSetting(
    'AEVB_QUEUE_PREFIX',
    Type.String({
      pattern: '^[A-Za-z0-9_-]{1,64}$',
      default: 'aevb',
      description:
        'Key prefix (Redis) or schema (PostgreSQL). Deployments that share a server need different ones.',
    }),
    '1 to 64 letters, digits, _ and -',
  ),
  runtime: defineChoice(
    'AEVB_RUNTIME',
    RUNTIMES,
    'auto',
    'How models run: compiled (onnx) or eagerly in TensorFlow.js (tfjs).',
  ),
  device: defineChoice(
    'AEVB_DEVICE',
    DEVICES,
    'auto',
    'Where models run; auto picks the fastest device that works.',
  ),
  threads: defineWhole(
    'AEVB_THREADS',
    [1, 256],
    availableParallelism(),
    'Most threads per worker process on cpu. Small models use one.',
  ),
  trainConcurrency: defineWhole(
    'AEVB_TRAIN_CONCURRENCY',
    [0, 64],
    1,
    'Maximum number of trainings that a worker runs at a time.',
  ),
  evaluateConcurrency: defineWhole(
    'AEVB_EVALUATE_CONCURRENCY',
    [0, 64],
    1,
    'Maximum number of evaluations that a worker runs at a time.',
  ),
  applyConcurrency: defineWhole(
    'AEVB_APPLY_CONCURRENCY',
    [0, 64],
    1,
    'Processes per worker for jobs over whole data sets, whose parts all workers share.',
  ),
  inferConcurrency: defineWhole('AEVB_INFER_CONCURRENCY', [0, 64], 1, 'Inference processes per worker.'),
  batchDelayMs: defineWhole(
    'AEVB_BATCH_DELAY_MS',
    [0, 1000],
    0,
    'How long a request for inference waits for others that can share its run; with 0 it takes those who are there.',
  ),
  maxUploadBytes: defineWhole(
    'AEVB_MAX_UPLOAD_BYTES',
    BYTES,
    2 ** 30,
    'Maximum size of an uploaded data set, before decompression.',
  ),
  maxDatasetBytes: defineWhole(
    'AEVB_MAX_DATASET_BYTES',
    BYTES,
    2 ** 33,
    'Maximum size of a data set as stored, decompressed.',
  ),
  maxBodyBytes: defineWhole(
    'AEVB_MAX_BODY_BYTES',
    BYTES,
    32 * 2 ** 20,
    'Maximum size of a request body, of JSON or an array, also once it is decompressed.',
  ),
  maxBodiesBytes: defineWhole(
    'AEVB_MAX_BODIES_BYTES',
    BYTES,
    256 * 2 ** 20,
    'Maximum total size of the bodies being processed, decompressed; further requests are answered 429.',
  ),
  maxInferenceValues: defineWhole(
    'AEVB_MAX_INFERENCE_VALUES',
    [1, 2 ** 26],
    2 ** 21,
    'Maximum number of values that an inference may send or return.',
  ),
  maxConnections: defineWhole(
    'AEVB_MAX_CONNECTIONS',
    [1, 1_000_000],
    1024,
    'Maximum number of open connections; further ones are closed at once.',
  ),
  maxConcurrentRequests: defineWhole(
    'AEVB_MAX_CONCURRENT_REQUESTS',
    [1, 1_000_000],
    256,
    'Maximum number of concurrent uploads, job orders and inferences; further ones are answered 429.',
  ),
  headersTimeoutMs: defineWhole(
    'AEVB_HEADERS_TIMEOUT_MS',
    [1, 300_000],
    15_000,
    'Time limit for the headers of a request to arrive.',
  ),
  bodyTimeoutMs: defineWhole(
    'AEVB_BODY_TIMEOUT_MS',
    [1, HOUR_MS],
    60_000,
    'Time limit for a body to arrive.',
  ),
  uploadIdleTimeoutMs: defineWhole(
    'AEVB_UPLOAD_IDLE_TIMEOUT_MS',
    [1, HOUR_MS],
    60_000,
    'Time limit for an upload that sends nothing.',
  ),
  uploadParseTimeoutMs: defineWhole(
    'AEVB_UPLOAD_PARSE_TIMEOUT_MS',
    [1, HOUR_MS],
    300_000,
    'Time limit for reading an upload, once all of it has arrived.',
  ),
  uploadParseConcurrency: defineWhole(
    'AEVB_UPLOAD_PARSE_CONCURRENCY',
    [1, 64],
    1,
    'Maximum number of uploads that are read at a time, each in a thread; further ones wait.',
  ),
  requestTimeoutMs: defineWhole(
    'AEVB_REQUEST_TIMEOUT_MS',
    [1, 24 * HOUR_MS],
    4 * HOUR_MS,
    'Time limit for any request to arrive, uploads included.',
  ),
  keepAliveTimeoutMs: defineWhole(
    'AEVB_KEEP_ALIVE_TIMEOUT_MS',
    [1, HOUR_MS],
    72_000,
    'How long an idle connection stays open. Make it longer than the keep-alive time of a proxy in front.',
  ),
  inferenceTimeoutMs: defineWhole(
    'AEVB_INFERENCE_TIMEOUT_MS',
    [1, HOUR_MS],
    30_000,
    'Time limit for an inference.',
  ),
  shutdownTimeoutMs: defineWhole(
    'AEVB_SHUTDOWN_TIMEOUT_MS',
    [0, HOUR_MS],
    10_000,
    'How long a process that stops waits for its jobs to write a checkpoint.',
  ),
  logLevel: defineChoice('AEVB_LOG_LEVEL', LOG_LEVELS, 'info', 'Minimum severity of log lines.'),
  logFormat: defineChoice(
    'AEVB_LOG_FORMAT',
    LOG_FORMATS,
    'auto',
    'Format of the log: pretty or json; auto is pretty on a terminal and json elsewhere.',
  ),
} as const;

/** Whether the URL can be parsed and its user and password decoded. */
function isUrl(text: string): boolean {
  try {
    const { username, password } = new URL(text);
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}
