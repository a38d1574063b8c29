import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import Type, { type Static } from 'typebox';
import { AppError } from './errors.ts';
import { compileCheck } from './validation.ts';

const setting = <T extends object>(schema: T, name: string) => ({ ...schema, name });
const bytes = (value: number, description: string) =>
  Type.Integer({ minimum: 1024, maximum: 2 ** 40, default: value, description });

/** Every setting of the service: its schema, default and environment variable. The README's table lists the same. */
const SETTINGS = {
  host: setting(Type.String({ default: '127.0.0.1', description: 'Address to listen on.' }), 'AEVB_HOST'),
  port: setting(
    Type.Integer({ minimum: 0, maximum: 65535, default: 8080, description: 'Port; 0 takes a free one.' }),
    'AEVB_PORT',
  ),
  dataDir: setting(
    Type.String({
      minLength: 1,
      default: 'data',
      description: 'Folder of data sets, models and the embedded queue.',
    }),
    'AEVB_DATA_DIR',
  ),
  queueUrl: setting(
    Type.String({
      pattern: '^$|^(redis|rediss|postgres|postgresql)://',
      default: '',
      description: 'redis://, rediss:// or postgres:// URL; empty: the queue embedded in the process.',
    }),
    'AEVB_QUEUE_URL',
  ),
  queuePrefix: setting(
    Type.String({
      pattern: '^[A-Za-z0-9_-]{1,64}$',
      default: 'aevb',
      description: 'Key prefix (Redis) or schema (Postgres): deployments that share a server differ in it.',
    }),
    'AEVB_QUEUE_PREFIX',
  ),
  runtime: setting(
    Type.Unsafe<'auto' | 'onnx' | 'tfjs'>({
      type: 'string',
      enum: ['auto', 'onnx', 'tfjs'],
      default: 'auto',
      description: 'What runs the mathematics: compiled (onnx) or eager TensorFlow.js (tfjs).',
    }),
    'AEVB_RUNTIME',
  ),
  device: setting(
    Type.Unsafe<'auto' | 'cpu' | 'webgpu' | 'cuda'>({
      type: 'string',
      enum: ['auto', 'cpu', 'webgpu', 'cuda'],
      default: 'auto',
      description: 'Where it runs. auto takes the best that works here.',
    }),
    'AEVB_DEVICE',
  ),
  threads: setting(
    Type.Integer({
      minimum: 1,
      maximum: 256,
      default: availableParallelism(),
      description: 'Threads of one worker process (cpu). Default: the cores of the machine.',
    }),
    'AEVB_THREADS',
  ),
  trainConcurrency: setting(
    Type.Integer({
      minimum: 0,
      maximum: 64,
      default: 1,
      description: 'Training jobs at once in this worker.',
    }),
    'AEVB_TRAIN_CONCURRENCY',
  ),
  inferConcurrency: setting(
    Type.Integer({ minimum: 0, maximum: 64, default: 1, description: 'Inference processes in this worker.' }),
    'AEVB_INFER_CONCURRENCY',
  ),
  maxUploadBytes: setting(
    bytes(2 ** 30, 'Largest data set upload, before decompression.'),
    'AEVB_MAX_UPLOAD_BYTES',
  ),
  maxDatasetBytes: setting(
    bytes(2 ** 33, 'Largest data set, decompressed, as stored.'),
    'AEVB_MAX_DATASET_BYTES',
  ),
  maxBodyBytes: setting(bytes(32 * 2 ** 20, 'Largest JSON request body.'), 'AEVB_MAX_BODY_BYTES'),
  maxInferenceValues: setting(
    Type.Integer({
      minimum: 1,
      maximum: 2 ** 26,
      default: 2 ** 21,
      description: 'Most numbers one inference request may send or be answered.',
    }),
    'AEVB_MAX_INFERENCE_VALUES',
  ),
  inferenceTimeoutMs: setting(
    Type.Integer({
      minimum: 1,
      maximum: 3_600_000,
      default: 30_000,
      description: 'Longest wait for an inference.',
    }),
    'AEVB_INFERENCE_TIMEOUT_MS',
  ),
  shutdownTimeoutMs: setting(
    Type.Integer({
      minimum: 0,
      maximum: 3_600_000,
      default: 10_000,
      description: 'How long a stopping process waits for its jobs to write a checkpoint.',
    }),
    'AEVB_SHUTDOWN_TIMEOUT_MS',
  ),
  logLevel: setting(
    Type.Unsafe<'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'>({
      type: 'string',
      enum: ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'],
      default: 'info',
      description: 'Least severe log line written.',
    }),
    'AEVB_LOG_LEVEL',
  ),
} as const;

type SettingName = keyof typeof SETTINGS;
const Schema = Type.Object(SETTINGS, { additionalProperties: false });
export type Config = Readonly<Static<typeof Schema>>;

const check = compileCheck(Schema, 'The configuration');

/** The configuration from environment variables; unknown AEVB_ names and unusable values throw validation_failed. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const names = new Map(Object.entries(SETTINGS).map(([key, value]) => [value.name, key as SettingName]));
  const raw: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('AEVB_') || text === undefined) continue;
    const key = names.get(name);
    if (key === undefined) throw unknownSetting(name, [...names.keys()]);
    raw[key] = parse(SETTINGS[key], text);
  }
  const config = check(raw);
  return Object.freeze({ ...config, dataDir: resolve(config.dataDir) });
}

/** For documentation and tests: variable, default, description of every setting. */
export function describeSettings(): { variable: string; default: unknown; description: string }[] {
  return Object.values(SETTINGS).map((schema) => {
    const {
      name,
      default: value,
      description,
    } = schema as { name: string; default?: unknown; description?: string };
    return { variable: name, default: value, description: description ?? '' };
  });
}

function parse(schema: object, text: string): unknown {
  const numeric = 'type' in schema && schema.type === 'integer';
  return numeric && text.trim() !== '' ? Number(text) : text;
}

function unknownSetting(name: string, allowed: string[]): AppError {
  const detail = `unknown setting; allowed: ${allowed.join(', ')}`;
  return AppError.of(
    'validation_failed',
    { what: 'The configuration' },
    { problems: [{ pointer: `/${name}`, detail }] },
  );
}
