import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import Type, { type Static, type TSchema } from 'typebox';
import { AppError, type Problem } from './errors.ts';
import { SETTINGS, type Setting } from './settings.ts';
import { AJV_OPTIONS, compileCheck } from './validation.ts';

type SettingName = keyof typeof SETTINGS;
type Schemas = { [Name in SettingName]: (typeof SETTINGS)[Name]['schema'] };
const SCHEMAS = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, { schema }]) => [name, schema]),
) as unknown as Schemas;
const Schema = Type.Object(SCHEMAS, { additionalProperties: false });
export type Config = Readonly<Static<typeof Schema>>;

const fillIn = compileCheck(Schema, 'The configuration');

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the configuration from environment variables. Errors: validation_failed, one problem per bad variable. */
export function loadConfig(environment: Environment): Config {
  const names = new Map(
    Object.entries(SETTINGS).map(([name, { variable }]) => [variable, name as SettingName]),
  );
  const given: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('AEVB_') || text === undefined) continue;
    const name = names.get(variable);
    if (name === undefined) problems.push(describeUnknown(variable, [...names.keys()]));
    else if (isUsable(SETTINGS[name], text)) given[name] = parse(SETTINGS[name].schema, text);
    else problems.push(describeUnusable(SETTINGS[name], text));
  }
  const config = fillIn(given);
  if (config.runtime === 'tfjs' && config.device === 'webgpu') {
    const detail = 'found webgpu, which the runtime tfjs does not have; allowed: auto, cpu, cuda';
    problems.push({ pointer: SETTINGS.device.variable, detail });
  }
  // Node would swap the two limits.
  if (config.requestTimeoutMs < config.headersTimeoutMs) {
    const detail = `found ${config.requestTimeoutMs}; allowed: AEVB_HEADERS_TIMEOUT_MS (${config.headersTimeoutMs}) or more`;
    problems.push({ pointer: SETTINGS.requestTimeoutMs.variable, detail });
  }
  if (problems.length > 0) {
    throw AppError.of('validation_failed', { what: 'The configuration' }, { problems });
  }
  return Object.freeze({ ...config, dataDir: resolve(config.dataDir) });
}

/** Variable, default and description of every setting, for documentation and tests. */
export function describeSettings(): { variable: string; default: unknown; description: string }[] {
  return Object.values(SETTINGS).map(({ variable, schema }) => {
    const { default: value, description = '' } = schema as { default?: unknown; description?: string };
    return { variable, default: value, description };
  });
}

/**
 * The environment for a child process: this process's, with ONNX Runtime's telemetry and its log turned off, and with
 * what TensorFlow's native library reads when it is loaded, where the user has not set it.
 */
export function createChildEnvironment({ threads }: Pick<Config, 'threads'>): Environment {
  return { ...createTensorFlowEnvironment(threads), ...process.env, ORT_DISABLE_TELEMETRY: '1' };
}

function createTensorFlowEnvironment(threads: number): Environment {
  return {
    // Threads of one kernel. Eager kernels run one after another, so none are needed between kernels.
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: '1',
    // Otherwise each process takes all memory of the GPU at once.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // Errors only: its lines are not in the format of our log.
    TF_CPP_MIN_LOG_LEVEL: '2',
  };
}

function isUsable({ schema, usable }: Setting<TSchema>, text: string): boolean {
  return new Ajv(AJV_OPTIONS).validate(schema, parse(schema, text)) && usable(text);
}

function parse(schema: object, text: string): unknown {
  const numeric = 'type' in schema && schema.type === 'integer';
  return numeric && text.trim() !== '' ? Number(text) : text;
}

function describeUnusable({ variable, allowed, secret }: Setting<TSchema>, text: string): Problem {
  const found = secret ? 'a value that is not shown' : JSON.stringify(text.slice(0, 100));
  return { pointer: variable, detail: `found ${found}; allowed: ${allowed}` };
}

function describeUnknown(variable: string, allowed: readonly string[]): Problem {
  return { pointer: variable, detail: `unknown setting; allowed: ${allowed.join(', ')}` };
}
