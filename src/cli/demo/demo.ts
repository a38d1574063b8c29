import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../errors.ts';
import { createClient } from '../client.ts';
import { writeLearningCurve, writeReconstructions, writeSamples } from './artifacts.ts';
import { createCalls, type Calls } from './calls.ts';
import type { Environment } from '../../config.ts';
import { withService, type Host } from '../host.ts';
import { Interrupted, watchInterruption } from '../interruption.ts';
import { createProgress } from '../progress.ts';
import { formatReport, shortenPath, type Findings } from './report.ts';
import { scoreImages } from './scoring.ts';
import { readTestImages, type PixelRows } from './test-images.ts';
import { createPaperOrder, train, type Training } from './training.ts';

export interface DemoOptions {
  /** Folder for the pictures and the log. */
  readonly output: string;
  readonly epochs: number;
  readonly environment: Environment;
}

const MOST_EPOCHS = 1_000_000;
const SCORED = 100;
const RECONSTRUCTED = 30;

/** Runs the demo, cleans up, and resolves with the exit code. A second interruption ends the process at once. */
export async function runDemo({ output, epochs, environment }: DemoOptions): Promise<number> {
  if (!Number.isInteger(epochs) || epochs < 1 || epochs > MOST_EPOCHS) {
    return fail(`--epochs must be a whole number from 1 to ${MOST_EPOCHS}.`);
  }
  const interruption = watchInterruption();
  const { signal } = interruption;
  const folder = resolve(output);
  try {
    const logFile = await prepareOutput(folder);
    say('Starting the service with a temporary data folder; this takes a few seconds ...');
    const findings = await withService({ environment, logFile, signal }, async (host) => {
      say(`The service runs at ${host.url} and logs to ${shortenPath(logFile, process.cwd())}`);
      return await useService(host, { folder, epochs, environment, signal });
    });
    signal.throwIfAborted();
    process.stdout.write(`\n${formatReport(findings, process.cwd())}`);
    return 0;
  } catch (error) {
    const reason: unknown = signal.reason;
    if (reason instanceof Interrupted) {
      process.stderr.write(`The demo was ${reason.message}.\n`);
      return reason.exitCode;
    }
    return fail(toOneLine(error));
  } finally {
    interruption.release();
  }
}

interface Session {
  readonly folder: string;
  readonly epochs: number;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** Everything the demo does with a running service. */
async function useService(host: Host, { folder, epochs, environment, signal }: Session): Promise<Findings> {
  const calls = createCalls(createClient(host.url, signal));
  const images = await readTestImages(host.config, SCORED);
  say(`POST /jobs: ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} of MNIST, a 784-500-20 network`);
  const display = createProgress(process.stdout, environment);
  const training = await train(calls, createPaperOrder(epochs), display);
  say('POST /encode, POST /elbo, POST /reconstruct, GET /samples ...');
  return await explore(calls, training, images, folder);
}

async function explore(
  calls: Calls,
  training: Training,
  images: PixelRows,
  folder: string,
): Promise<Findings> {
  const { modelId, epochs } = training;
  const shown = images.slice(0, RECONSTRUCTED);
  const posterior = await calls.encode({
    model_id: modelId,
    data: shown.map((image) => [...image]),
    samples: 0,
  });
  const scores = await scoreImages(calls, modelId, images);
  const files = [
    await writeSamples(calls, modelId, folder),
    await writeReconstructions(calls, modelId, shown, folder),
    await writeLearningCurve(epochs, folder),
  ];
  return { training, posterior, scores, files };
}

/** Creates the folder and an empty log, so that a folder without write permission fails before the training. */
async function prepareOutput(folder: string): Promise<string> {
  const logFile = join(folder, 'service.log');
  await mkdir(folder, { recursive: true });
  await writeFile(logFile, '');
  return logFile;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(message: string): number {
  process.stderr.write(`aevb demo: ${message}\n`);
  return 1;
}

function toOneLine(error: unknown): string {
  if (error instanceof AppError) {
    return [error.message, ...error.problems.map(({ pointer, detail }) => `${pointer}: ${detail}`)].join(' ');
  }
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? message;
}
