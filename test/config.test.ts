import { resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createChildEnvironment, describeSettings, loadConfig } from '../src/config.ts';
import { AppError, type Problem } from '../src/errors.ts';

function problemsOf(environment: Record<string, string>): readonly Problem[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof AppError && error.code === 'validation_failed') return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('has a default for everything, and takes no notice of what is not ours', () => {
    expect(loadConfig({ HOME: '/root', AEVB_PORT: undefined })).toMatchObject({
      port: 8080,
      queueUrl: '',
      dataDir: resolve('data'),
    });
  });

  it('reads numbers, choices and text', () => {
    const given = { AEVB_PORT: '0', AEVB_DEVICE: 'cuda', AEVB_QUEUE_URL: 'redis://:a%25b@host:6379/1' };
    expect(loadConfig(given)).toMatchObject({ port: 0, device: 'cuda', queueUrl: given.AEVB_QUEUE_URL });
  });

  it.each([
    ['AEVB_PORT', 'http', 'found "http"; allowed: a whole number from 0 to 65535'],
    ['AEVB_PORT', '70000', 'found "70000"; allowed: a whole number from 0 to 65535'],
    ['AEVB_PORT', '1.5', 'found "1.5"; allowed: a whole number from 0 to 65535'],
    ['AEVB_PORT', '', 'found ""; allowed: a whole number from 0 to 65535'],
    ['AEVB_DEVICE', 'gpu', 'found "gpu"; allowed: one of auto, cpu, webgpu, cuda'],
    ['AEVB_DATA_DIR', '', 'found ""; allowed: the path of a folder'],
    ['AEVB_QUEUE_PREFIX', 'a b', 'found "a b"; allowed: 1 to 64 letters, digits, _ and -'],
  ])('names %s where it is "%s"', (pointer, text, detail) => {
    expect(problemsOf({ [pointer]: text })).toEqual([{ pointer, detail }]);
  });

  it('names every setting that cannot be used, and those that do not exist', () => {
    const problems = problemsOf({ AEVB_PORT: 'x', AEVB_PROT: '1', AEVB_LOG_LEVEL: 'loud' });
    expect(problems.map(({ pointer }) => pointer)).toEqual(['AEVB_PORT', 'AEVB_PROT', 'AEVB_LOG_LEVEL']);
    expect(problems[1]?.detail).toMatch(/^unknown setting; allowed: AEVB_HOST, AEVB_PORT, /);
  });

  it.each([
    'http://user:hunter2@host',
    'hunter2',
    'redis://user:hunter2@host:port',
    'redis://user:hunter2%@host',
    'postgres://user:hunter2@[host/db',
  ])('refuses %s as a queue without telling it', (url) => {
    const problems = problemsOf({ AEVB_QUEUE_URL: url });
    expect(problems).toMatchObject([
      { pointer: 'AEVB_QUEUE_URL', detail: expect.stringContaining('allowed: a URL that begins') as unknown },
    ]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('is refused if whole requests have less time than their headers', () => {
    const detail = 'found 10000; allowed: AEVB_HEADERS_TIMEOUT_MS (15000) or more';
    expect(problemsOf({ AEVB_REQUEST_TIMEOUT_MS: '10000' })).toEqual([
      { pointer: 'AEVB_REQUEST_TIMEOUT_MS', detail },
    ]);
    expect(problemsOf({ AEVB_REQUEST_TIMEOUT_MS: '10000', AEVB_HEADERS_TIMEOUT_MS: '10000' })).toEqual([]);
  });

  it('is refused if the runtime does not have the device', () => {
    const detail = 'found webgpu, which the runtime tfjs does not have; allowed: auto, cpu, cuda';
    expect(problemsOf({ AEVB_RUNTIME: 'tfjs', AEVB_DEVICE: 'webgpu' })).toEqual([
      { pointer: 'AEVB_DEVICE', detail },
    ]);
    expect(problemsOf({ AEVB_RUNTIME: 'tfjs', AEVB_DEVICE: 'cuda' })).toEqual([]);
    expect(problemsOf({ AEVB_DEVICE: 'webgpu' })).toEqual([]);
  });

  it('is described in full', () => {
    for (const { variable, description, default: value } of describeSettings()) {
      expect(variable).toMatch(/^AEVB_[A-Z_]+$/);
      expect(description).toMatch(/\.$/);
      expect(value).toBeDefined();
      expect(problemsOf({ [variable]: String(value) })).toEqual([]);
    }
  });
});

describe('the environment of child processes', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is ours with what ONNX Runtime reports to its makers switched off', () => {
    vi.stubEnv('ORT_DISABLE_TELEMETRY', '0');
    vi.stubEnv('SOMETHING', 'kept');
    expect(createChildEnvironment({ threads: 1 })).toMatchObject({
      ORT_DISABLE_TELEMETRY: '1',
      SOMETHING: 'kept',
    });
  });

  it('tells TensorFlow its threads, to take memory of a GPU as it needs it, and to log errors only', () => {
    expect(createChildEnvironment({ threads: 3 })).toMatchObject({
      TF_NUM_INTRAOP_THREADS: '3',
      TF_NUM_INTEROP_THREADS: '1',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      TF_CPP_MIN_LOG_LEVEL: '2',
    });
  });

  it('leaves to TensorFlow what the user has set', () => {
    const set = {
      TF_NUM_INTRAOP_THREADS: '7',
      TF_FORCE_GPU_ALLOW_GROWTH: 'false',
      TF_CPP_MIN_LOG_LEVEL: '0',
    };
    for (const [name, value] of Object.entries(set)) vi.stubEnv(name, value);
    expect(createChildEnvironment({ threads: 3 })).toMatchObject(set);
  });
});
