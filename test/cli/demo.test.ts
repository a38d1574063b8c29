import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { runDemo } from '../../src/cli/demo/demo.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const LIMIT_MS = 240_000;
const QUEUE = new URL('../support/queue-for-demo.js', import.meta.url).href;
/** A line in the log of the service: the process that trains is at work. */
const TRAINS = 'runtime onnx/cpu';
const REFUSAL = 'aevb demo: --epochs must be a whole number from 1 to 1000000.\n';

interface Demo {
  /** Of stdout and stderr together. */
  readonly text: () => string;
  readonly output: string;
  /** Where it may make temporary folders. */
  readonly temporary: string;
  /** Resolves when it, or the log of its service, has written this. */
  written(expected: string): Promise<void>;
  /** As a terminal does: to the process and its children. */
  signal(name: NodeJS.Signals): void;
  readonly exitCode: Promise<number | null>;
  /** Whether the process or one of its children runs. */
  alive(): boolean;
}

/** `aevb demo` in a process group of its own. */
async function startDemo(flags: readonly string[], environment: Record<string, string> = {}): Promise<Demo> {
  const [output, temporary] = [await temporaryFolder(), await temporaryFolder()];
  const child = spawn(process.execPath, [MAIN, 'demo', '--output', output, ...flags], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Set for the tests' own processes; the service has to do it by itself.
    env: {
      ...process.env,
      ORT_DISABLE_TELEMETRY: undefined,
      AEVB_THREADS: '1',
      TMPDIR: temporary,
      ...environment,
    },
  });
  const group = -(child.pid ?? NaN);
  const alive = (): boolean => {
    try {
      return process.kill(group, 0);
    } catch {
      return false;
    }
  };
  onTestFinished(() => {
    if (alive()) process.kill(group, 'SIGKILL');
  });
  let text = '';
  const take = (piece: Buffer): void => {
    text += piece.toString();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const exitCode = once(child, 'close').then(([code]) => code as number | null);
  const hasEnded = exitCode.then(() => {
    throw new Error(`it ended too early:\n${text}`);
  });
  hasEnded.catch(() => undefined);
  const written = (expected: string): Promise<void> => {
    const look = async (): Promise<void> => {
      const log = await readFile(join(output, 'service.log'), 'utf8').catch(() => '');
      expect(text + log).toContain(expected);
    };
    return Promise.race([vi.waitFor(look, { timeout: LIMIT_MS, interval: 20 }), hasEnded]);
  };
  const signal = (name: NodeJS.Signals): void => {
    process.kill(group, name);
  };
  return { text: () => text, output, temporary, written, signal, exitCode, alive };
}

async function expectNothingLeft(demo: Demo): Promise<void> {
  expect(demo.alive()).toBe(false);
  expect(await readdir(demo.temporary)).toEqual([]);
}

describe('aevb demo', () => {
  test('trains, writes its pictures and ends with nothing left', { timeout: LIMIT_MS }, async () => {
    // The first three are of a service: the demo takes its own.
    const users = { AEVB_PORT: '1', AEVB_DATA_DIR: '/nowhere', AEVB_QUEUE_URL: 'redis://127.0.0.1:1' };
    const demo = await startDemo(['--epochs', '1'], { ...users, AEVB_RUNTIME: 'onnx', AEVB_DEVICE: 'cpu' });
    expect(await demo.exitCode, demo.text()).toBe(0);
    await expectNothingLeft(demo);

    const files = ['learning-curve.svg', 'reconstructions.png', 'samples.png', 'service.log'];
    expect((await readdir(demo.output)).toSorted()).toEqual(files);
    const size = async (name: string) => {
      const { width, height, data } = decode(await readFile(join(demo.output, name)));
      expect(new Set(data).size).toBeGreaterThan(50);
      return [width, height];
    };
    expect(await size('samples.png')).toEqual([867, 867]);
    expect(await size('reconstructions.png')).toEqual([897, 573]);
    expect(await readFile(join(demo.output, 'learning-curve.svg'), 'utf8')).toMatch(/^<svg [^]*<\/svg>\n$/);

    const text = demo.text();
    expect(text).toContain('epoch 1/1: train bound ');
    expect(text).toContain('(onnx/cpu)');
    const bound = Number(/Test bound +(-?[\d.]+) nats/.exec(text)?.[1]);
    // The images in a model that knows only how bright each pixel is on average: about -206 nats.
    expect(bound).toBeGreaterThan(-200);
    expect(bound).toBeLessThan(-80);
  });

  test.each([
    ['before the service is up', 'Starting the service', 'SIGTERM', 143, false],
    ['when the training has just begun', TRAINS, 'SIGINT', 130, true],
    ['when its terminal goes away', 'The service runs at', 'SIGHUP', 129, true],
  ] as const)('stops %s with nothing left', { timeout: LIMIT_MS }, async (_, moment, name, code, up) => {
    // The first test makes a queue; here only its end counts.
    const queue = { NODE_OPTIONS: `--import=${QUEUE}`, QUEUE_TEMPLATE: inject('queueTemplate') };
    const demo = await startDemo(['--epochs', '500'], up ? queue : {});
    await demo.written(moment);
    demo.signal(name);
    expect(await demo.exitCode, demo.text()).toBe(code);
    await expectNothingLeft(demo);
  });

  test.each([0, 1.5, NaN, -1])('refuses %s epochs', async (epochs) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => {
      write.mockRestore();
    });
    expect(await runDemo({ output: '/nowhere', epochs, environment: {} })).toBe(1);
    expect(write.mock.calls).toEqual([[REFUSAL]]);
  });

  test('ends whatever is left in its process', async () => {
    const lingering = 'data:text/javascript,setInterval(() => undefined, 1_000_000)';
    const demo = await startDemo(['--epochs=many'], { NODE_OPTIONS: `--import="${lingering}"` });
    expect(await demo.exitCode).toBe(1);
    expect(demo.text()).toBe(REFUSAL);
  });

  test('names the setting that cannot be used', async () => {
    const demo = await startDemo(['--epochs=1'], { AEVB_DEVICE: 'abacus' });
    expect(await demo.exitCode).toBe(1);
    expect(demo.text()).toMatch(
      /\naevb demo: The configuration is not valid\. AEVB_DEVICE: found "abacus"; allowed: .*\n$/,
    );
    await expectNothingLeft(demo);
  });
});
