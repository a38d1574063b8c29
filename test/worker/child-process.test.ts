import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { InterruptedError, type Processor, type QueueBackend } from '../../src/queue/queues.ts';
import { WorkerProcess } from '../../src/worker/child/child-process.ts';
import { startWorker } from '../../src/worker/worker.ts';
import type { JobName } from '../../src/queue/jobs.ts';
import { gate } from '../queue/samples.ts';
import { isRunning, untilGone } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { inferContext, sampleOf } from './inference-orders.ts';
import { LAST_STEP, openWorkshop, watchedJob, type Workshop } from './workshop.ts';

/** Compiled: a process of its own runs no TypeScript. */
const DIST = new URL('../../dist/worker/', import.meta.url);
const ENTRY = new URL('child/entry.js', DIST);

function recordLog(dataDir: string) {
  const lines: string[] = [];
  const pids: number[] = [];
  const write = (values: { pid?: number }, message: string) => {
    lines.push(message);
    pids.push(values.pid ?? NaN);
  };
  const log = { info: write, warn: write, error: write };
  const config = { ...loadConfig({}), dataDir, runtime: 'onnx', device: 'cpu', threads: 1 } as const;
  return { lines, pids, config, log };
}

function childOver(dataDir: string) {
  const { config, log, lines } = recordLog(dataDir);
  return { child: new WorkerProcess({ entry: ENTRY, settings: config, log }), lines };
}

/** All tests meet the same process; the last one kills it. */
describe('a worker process', () => {
  let [folder, lines]: [string, string[]] = ['', []];
  let shop: Workshop;
  let child: WorkerProcess;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aevb-test-'));
    shop = await openWorkshop(folder);
    ({ child, lines } = childOver(folder));
  });
  afterAll(async () => {
    await child.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('trains, tells its progress, and answers from what it trained', async () => {
    const payload = await shop.order();
    const job = watchedJob();
    const result = await child.run('train', job.context, payload);
    expect(result).toMatchObject({ outcome: 'succeeded', step: LAST_STEP });
    expect(job.progress[0]).toMatchObject({ step: 0, pid: child.pid });
    expect(job.progress.at(-1)).toMatchObject({ step: LAST_STEP, validationElbo: result.validationElbo });
    expect(lines).toEqual([expect.stringContaining('runtime onnx/cpu')]);

    const answer = await child.run('infer', inferContext(), sampleOf(payload.modelId, 3));
    expect(answer).toMatchObject({ step: LAST_STEP, output: { mean: { shape: [3, 64] } } });
  });

  it('gives the bytes that this process would give', async () => {
    const [here, there] = [await shop.order(), await shop.order()];
    await shop.train(here);
    await child.run('train', watchedJob().context, there);
    expect(await shop.bytes(there.modelId, LAST_STEP)).toEqual(await shop.bytes(here.modelId, LAST_STEP));
  });

  it('hands on errors with their code, and goes on', async () => {
    const payload = await shop.order();
    const order = sampleOf(payload.modelId, 1);
    const answer = () => child.run('infer', inferContext(), order);
    await expect(answer()).rejects.toMatchObject({ name: 'AppError', code: 'model_not_ready' });
    const wild = { ...payload.training, optimizer: { name: 'sgd', learning_rate: 1000 } as const };
    await expect(
      child.run('train', watchedJob().context, { ...payload, training: { ...wild, epochs: 20 } }),
    ).rejects.toMatchObject({ code: 'training_diverged' });
    expect(child.alive).toBe(true);
  });

  it('hears of a shutdown and of a cancel while it trains', async () => {
    for (const [reason, expected] of [
      ['shutdown', { status: 'rejected', reason: expect.any(InterruptedError) as unknown }],
      ['cancel', { status: 'fulfilled', value: { outcome: 'cancelled' } }],
    ] as const) {
      const payload = await shop.order({ epochs: 1_000_000 });
      const job = watchedJob();
      const trains = gate();
      const context = {
        ...job.context,
        reportProgress: async ({ step }: { step: number }) => {
          if (step > 0) trains.open();
        },
      };
      const settled = Promise.allSettled([child.run('train', context, payload)]);
      await trains.opened;
      job.abort(reason);
      expect((await settled)[0]).toMatchObject(expected);
      expect((await shop.store.models.listCheckpoints(payload.modelId)).length).toBeGreaterThan(0);
    }
  });

  it('leaves SIGINT, SIGTERM and SIGHUP to who started it', async () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const payload = await shop.order();
      const trains = gate();
      const context = {
        ...watchedJob().context,
        reportProgress: async () => {
          trains.open();
        },
      };
      const training = child.run('train', context, payload);
      await trains.opened;
      process.kill(child.pid ?? NaN, signal);
      expect(await training).toMatchObject({ outcome: 'succeeded' });
    }
  });

  it('fails all its calls when it is killed, and takes no more', async () => {
    const payload = await shop.order({ epochs: 1_000_000 });
    const trains = gate();
    const context = {
      ...watchedJob().context,
      reportProgress: async () => {
        trains.open();
      },
    };
    const calls = [
      child.run('train', context, payload),
      child.run('train', watchedJob().context, await shop.order({ epochs: 1_000_000 })),
    ];
    const settled = Promise.allSettled(calls);
    await trains.opened;
    process.kill(child.pid ?? NaN, 'SIGKILL');
    const died = { code: 'worker_process_died', message: expect.stringContaining('SIGKILL') as unknown };
    expect(await settled).toMatchObject([{ reason: died }, { reason: died }]);
    expect(child.alive).toBe(false);
    await expect(child.run('train', context, payload)).rejects.toMatchObject({ code: 'worker_process_died' });
  });
});

describe('a worker process without the settings of the tests', () => {
  it('leaves nothing in the folder of temporary files', async () => {
    const temporary = await temporaryFolder();
    vi.stubEnv('TMPDIR', temporary);
    vi.stubEnv('ORT_DISABLE_TELEMETRY', undefined);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const folder = await temporaryFolder();
    const shop = await openWorkshop(folder);
    const { child } = childOver(folder);
    onTestFinished(() => child.stop());
    await child.run('train', watchedJob().context, await shop.order());
    await child.stop();
    expect(await readdir(temporary)).toEqual([expect.stringMatching(/^aevb-test-/)]);
  });
});

describe('the inference processes', () => {
  it('are replaced when they were killed', async () => {
    const folder = await temporaryFolder();
    const shop = await openWorkshop(folder);
    const { config, log, pids } = recordLog(folder);
    const payload = await shop.order();
    await shop.train(payload);
    const queue = new HandedQueue();
    const consumer = await startWorker({ config, queue: queue.backend, log, childEntry: ENTRY });
    onTestFinished(() => consumer.close());
    const order = sampleOf(payload.modelId, 1);
    const answer = () => queue.processor('infer')(inferContext(), order);
    const first = await answer();
    expect(first.step).toBe(LAST_STEP);

    const killed = pids.at(-1) ?? NaN;
    // Stopped first, so that it cannot answer before it is killed.
    process.kill(killed, 'SIGSTOP');
    const begun = Promise.allSettled([answer()]);
    process.kill(killed, 'SIGKILL');
    const [outcome] = await begun;
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'worker_process_died' } });
    expect((await answer()).output).toEqual(first.output);
    expect(pids.at(-1)).not.toBe(killed);
  });
});

describe('a worker process whose parent is killed', () => {
  it.each(['before it is ready', 'while it trains'])('ends by itself %s', async (moment) => {
    const folder = await temporaryFolder();
    const shop = await openWorkshop(folder);
    const order = { payload: await shop.order({ epochs: 1_000_000 }), dataDir: folder, moment };
    const script = fileURLToPath(new URL('abandoning-parent.js', import.meta.url));
    const parent = spawn(process.execPath, [script, DIST.href, JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(parent, 'exit');
    onTestFinished(() => {
      parent.kill('SIGKILL');
    });
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
    const child = Number(line);
    expect(await isRunning(child)).toBe(true);
    parent.kill('SIGKILL');
    await ended;
    await untilGone(child);
  });
});

/** A queue that only hands over its processors. */
class HandedQueue {
  readonly #processors = new Map<JobName, unknown>();

  readonly backend: QueueBackend = {
    kind: 'redis',
    openProducer: () => Promise.reject(new Error('there is no producer')),
    openParts: async () => ({
      enqueue: async () => undefined,
      get: async () => null,
      cancel: async () => undefined,
      forget: async () => undefined,
    }),
    consume: async (name, _options, processor) => {
      this.#processors.set(name, processor);
      return { close: async () => undefined };
    },
    close: async () => undefined,
  };

  processor<Name extends JobName>(name: Name): Processor<Name> {
    return this.#processors.get(name) as Processor<Name>;
  }
}
