#!/usr/bin/env node
import { Command } from 'commander';
import { runDemo } from './cli/demo/demo.ts';
import { addEncodeCommand } from './cli/encode/encode.ts';
import { addImputeCommand } from './cli/impute/impute.ts';
import { addPictureCommand } from './cli/picture/picture.ts';
import { REPRODUCTIONS, type Flags } from './cli/reproduce/options.ts';
import { runReproduction } from './cli/reproduce/reproduce.ts';
import { addSampleCommand } from './cli/sample/sample.ts';
import { createServiceLog, type ServiceLog } from './cli/service-log.ts';
import { addScoreCommand } from './cli/score/score.ts';
import { startService, type Parts } from './cli/service.ts';
import { waitForStop } from './cli/signals.ts';
import { addTryCommand } from './cli/try/try.ts';
import { loadConfig, type Config } from './config.ts';
import { AppError } from './errors.ts';

interface ServeFlags {
  readonly host?: string;
  readonly port?: string;
  readonly dataDir?: string;
  readonly queueUrl?: string;
}

const program = new Command('aevb').description(
  'Train and serve variational autoencoders (Auto-Encoding Variational Bayes) over HTTP.',
);

addServeCommand(
  'serve',
  'Run the API, a worker and, without a queue URL, the queue, all in one process tree.',
  {
    api: true,
    worker: true,
  },
);
addServeCommand('api', 'Run only the HTTP API, on a shared queue.', { api: true, worker: false });
addServeCommand('worker', 'Run only a worker, on a shared queue.', { api: false, worker: true });

program
  .command('demo')
  .description("Train the paper's MNIST model over HTTP, then encode, score and sample with it.")
  .option('--output <folder>', 'folder for the pictures', 'demo-output')
  .option('--epochs <number>', 'passes over the 60,000 images', '5')
  .action(async ({ output, epochs }: { output: string; epochs: string }) => {
    await end(await runDemo({ output, epochs: Number(epochs), environment: process.env }));
  });

addTryCommand(program, end, process.env);
addScoreCommand(program, end, process.env);
addImputeCommand(program, end, process.env);
addEncodeCommand(program, end, process.env);
addSampleCommand(program, end, process.env);
addPictureCommand(program, end);
program
  .command('reproduce')
  .description(
    "Repeat the paper's experiments with ordinary jobs and plot the paper's curves behind the results.",
  )
  .argument('<what>', REPRODUCTIONS.join(', '))
  .option('--panel <name...>', 'figure2: panels, such as "MNIST 20"; MNIST, Frey or all', ['MNIST 20'])
  .option('--samples <number>', 'training samples, counting repeats, such as 1e6')
  .option('--train-rows <number>', 'figure3: number of MNIST training images', '1000')
  .option('--seeds <number>', 'full-vb: number of seeds', '3')
  .option('--frey <file>', 'IDX file with the Frey faces')
  .option('--initializer <name>', 'initial weights: fan_in or paper', 'fan_in')
  .option('--seed <number>', 'seed of all trainings', '1')
  .option('--output <folder>', 'folder for results, plots and the jobs to continue', 'reproduction')
  .option('--url <url>', 'address of a running service; default: starts its own')
  .action(async (what: string, flags: Flags) => {
    await end(await runReproduction(what, flags, process.env));
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  await end(1);
}

function addServeCommand(name: string, description: string, parts: Parts): void {
  program
    .command(name)
    .description(description)
    .option('--host <address>', 'address to listen on (AEVB_HOST)')
    .option('--port <number>', 'port to listen on; 0 picks a free one (AEVB_PORT)')
    .option('--data-dir <folder>', 'folder for data sets, models and the embedded queue (AEVB_DATA_DIR)')
    .option('--queue-url <url>', 'URL of the queue, redis:// or postgres:// (AEVB_QUEUE_URL)')
    .action(async (flags: ServeFlags) => {
      const config = loadConfig({ ...process.env, ...toEnvironment(flags) });
      await serve(config, createServiceLog(config, process.stdout, process.env), parts);
      await end(0);
    });
}

async function serve(config: Config, log: ServiceLog, parts: Parts): Promise<void> {
  if (config.queueUrl === '' && !(parts.api && parts.worker)) {
    const problem = {
      pointer: 'AEVB_QUEUE_URL',
      detail:
        'the embedded queue serves only one process: run `aevb serve`, or give the URL of a Redis or PostgreSQL queue',
    };
    throw AppError.of('validation_failed', { what: 'The configuration' }, { problems: [problem] });
  }
  const stopped = waitForStop(() => process.exit(1));
  // A service that is still starting has nothing to clean up.
  const service = await Promise.race([startService(config, log, parts), stopped.then(() => null)]);
  log.announce('stopping', { reason: await stopped });
  await service?.stop();
  log.announce('stopped', {});
}

/** Flushes the output, which a pipe may buffer, and ends the process even if something still runs. */
async function end(code: number): Promise<never> {
  const flushed = [process.stdout, process.stderr].map(
    (stream) =>
      new Promise<unknown>((done) => {
        // Without this listener, a closed pipe would end the process with a stack trace.
        stream.once('error', done);
        stream.write('', done);
      }),
  );
  await Promise.all(flushed);
  process.exit(code);
}

function toEnvironment(flags: ServeFlags): Record<string, string | undefined> {
  const named = {
    AEVB_HOST: flags.host,
    AEVB_PORT: flags.port,
    AEVB_DATA_DIR: flags.dataDir,
    AEVB_QUEUE_URL: flags.queueUrl,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

function explain(error: unknown): string {
  if (!(error instanceof AppError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [error.message, ...error.problems.map(({ pointer, detail }) => `  ${pointer}: ${detail}`)].join(
    '\n',
  );
}
